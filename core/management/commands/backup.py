from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.backup.making import Failed, make_backup
from core.backup.programs import NoProgram


class Command(BaseCommand):
    help = "备份数据库、文件和审计存证到新的目录，附带散列清单；设了 BACKUP_KEY 就加密。密钥（.env）不在其中，另外保管"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="存放备份的目录，宜在另一台机器上")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError("缺少环境变量 DATABASE_OWNER_URL：备份须用数据库所有者账号")
        try:
            made = make_backup(options["folder"], timezone.now())
        except (Failed, NoProgram) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(made))
        if not settings.BACKUP_KEY:
            self.stderr.write("没有设 BACKUP_KEY：数据库部分没有加密，目录须另行保护")
