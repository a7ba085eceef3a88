from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.database import refresh_statistics
from portal.demo import build_city


class Command(BaseCommand):
    help = "建立示范市：单位、账号和各种状态的班次（已有则不变），账号写入 var/demo.json"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("示范数据只能写入示范门户的数据库：请用 make demo，或设 DEMO=1")
        made = build_city(timezone.localdate(), settings.VAR_DIR / "demo.json")
        if made and "owner" in settings.DATABASES:
            refresh_statistics()
        self.stdout.write("示范市已建立" if made else "示范市已在，没有改动")
