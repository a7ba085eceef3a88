import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.services.reconciling import reconcile_results


class Command(BaseCommand):
    help = "核对已确认的成绩（按记录重新计算）、名册上的总分等次、入账学时与考勤；有差异时逐条列出，以非零状态结束（每晚自动核对今年和去年的班一次）"

    def handle(self, *args: Any, **options: Any) -> None:
        begin = time.monotonic()
        done = reconcile_results()
        for finding in done.findings:
            self.stdout.write(str(finding))
        self.stdout.write(f"核对了 {done.classes} 个已确认成绩的班，用时 {time.monotonic() - begin:.1f} 秒")
        if done.findings:
            raise CommandError(
                f"成绩和入账学时有 {len(done.findings)} 处不符，请更正成绩，或由管理员重新入账（post_classes）"
            )
        self.stdout.write("成绩和入账学时相符")
