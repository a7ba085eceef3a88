from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.audit import record
from core.backup.checking import check_backup, unpack
from core.backup.packing import Damaged
from core.backup.programs import NoProgram


class Command(BaseCommand):
    help = "把备份恢复到临时数据库并逐项核对（行数、审计链、每个文件）；有一处不符即以非零状态结束"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="一个备份的目录")
        parser.add_argument("--unpack", type=Path, help="不核对，只解密到这个新目录，供手工恢复")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError("缺少环境变量 DATABASE_OWNER_URL：核对须用数据库所有者账号")
        try:
            if options["unpack"]:
                unpack(options["folder"], options["unpack"])
            else:
                self._check(options["folder"])
        except (Damaged, NoProgram) as error:
            raise CommandError(str(error)) from error

    def _check(self, folder: Path) -> None:
        findings = check_backup(folder)
        facts = {"name": folder.name, "findings": len(findings)}
        record("backup.check", actor=None, result="failed" if findings else "ok", after=facts)
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError(f"备份有 {len(findings)} 处问题，不能用来恢复")
        self.stdout.write("备份完整：已恢复到临时数据库并逐项核对")
