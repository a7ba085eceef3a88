import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trainees.services.reconciling import reconcile


class Command(BaseCommand):
    help = "核对学分学时台账：余额、有效记录、冲销、按规则重算四者一致；有差异时逐条列出、冻结那个人的那一年，以非零状态结束（每晚自动核对一次）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sums-only", action="store_true", help="只核对合计，不按规则重算")

    def handle(self, *args: Any, **options: Any) -> None:
        begin = time.monotonic()
        done = reconcile(rules=not options["sums_only"])
        for finding in done.findings:
            self.stdout.write(str(finding))
        self.stdout.write(f"核对了 {done.entries} 条记录，用时 {time.monotonic() - begin:.1f} 秒")
        if done.frozen:
            self.stdout.write(f"冻结了 {done.frozen} 人次的年度台账，查明后在“台账年度”页解除")
        if done.findings:
            raise CommandError(f"台账有 {len(done.findings)} 处不符，请立即查明，处理前不要结账")
        self.stdout.write("台账相符")
