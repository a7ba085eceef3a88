from typing import Any

from django.core.management.base import BaseCommand

from portal.personal_data import page


class Command(BaseCommand):
    help = "写出个人信息清单（docs/personal-data.md 的内容）"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
