from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.audit import record
from core.audit.verifying import verify

SHOWN = 100


class Command(BaseCommand):
    help = "核验审计链：指出被改动、删除、插入或调换的记录；有问题时以非零状态结束"

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(Path(settings.AUDIT_SEALS_DIR))
        outcome = "ok" if report.sound else "failed"
        counts = {"seals": report.seals, "entries": report.entries, "findings": len(report.findings)}
        record("audit.verify", actor=None, result=outcome, after=counts)
        for finding in report.findings[:SHOWN]:
            self.stdout.write(str(finding))
        waiting = f"，另有 {report.waiting} 条尚未封存" if report.waiting else ""
        self.stdout.write(f"共 {report.seals} 号封存、{report.entries} 条记录{waiting}，已清除 {report.purged} 条")
        if not report.sound:
            raise CommandError(f"审计链有 {len(report.findings)} 处问题")
        self.stdout.write("审计链完整")
