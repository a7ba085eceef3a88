from typing import Any

from django.core.management.base import BaseCommand

from core.audit.keeping import kept
from core.relay import Relay


class Command(BaseCommand):
    help = "把排队的批次通知给 Celery 工作进程（门铃）；以 SIGTERM 结束"

    def handle(self, *args: Any, **options: Any) -> None:
        with kept():
            Relay().run()
