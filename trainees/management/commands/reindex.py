from typing import Any

from django.core.management.base import BaseCommand

from trainees.services import renew_index


class Command(BaseCommand):
    help = "换了 INDEX_KEY 之后，重算全部身份证号索引；先停下门户，整批成功或整批不变"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已重算 {renew_index()} 个身份证号索引")
