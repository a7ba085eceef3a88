from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.audit.archiving import NotArchived, archive


class Command(BaseCommand):
    help = "把到期的审计记录写成签名的归档文件；库中的记录不动，核验文件后另用 audit_purge 清除"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="归档文件放在哪个目录")
        parser.add_argument("--days", type=int, default=settings.AUDIT_KEEP_DAYS, help="满多少天才归档，不少于 184")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = archive(options["folder"], timedelta(days=options["days"]), timezone.now())
        except NotArchived as error:
            raise CommandError(str(error)) from error
        if made is None:
            self.stdout.write("没有到期的审计记录")
        else:
            span = f"第 {made.first_seal}–{made.last_seal} 号封存"
            self.stdout.write(f"已归档 {made.count} 条（{span}）：{options['folder'] / made.file_name}")
