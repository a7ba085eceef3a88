from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.sweeping import sweep


class Command(BaseCommand):
    help = "清除到期的内容：文件、无主的文件、过期的登录会话等；转发进程每小时做一次，重复运行无妨"

    def handle(self, *args: Any, **options: Any) -> None:
        counts = sweep(timezone.now())
        for name, count in counts.items():
            self.stdout.write(f"{name}\t{count if count >= 0 else '失败，见运行日志'}")
        if any(count < 0 for count in counts.values()):
            raise CommandError("有内容没有清除")
