from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.audit.archiving import NotArchived, purge


class Command(BaseCommand):
    help = "核验归档文件，然后从库中清除其中的审计记录；须有数据库所有者账号，由审计管理员办理"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="audit_archive 写出的文件")
        parser.add_argument("--by", required=True, help="办理的审计管理员的用户名")
        parser.add_argument("--days", type=int, default=settings.AUDIT_KEEP_DAYS, help="满多少天才清除，不少于 184")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError("缺少环境变量 DATABASE_OWNER_URL：清除须用数据库所有者账号")
        account = get_user_model()._default_manager.filter(username=options["by"]).first()
        if account is None or not account.has_perm("core.view_auditarchive"):
            raise CommandError("只有审计管理员可以清除审计记录")
        try:
            act = purge(options["file"], timedelta(days=options["days"]), timezone.now(), account.pk)
        except NotArchived as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已清除 {act.count} 条审计记录，封存和归档登记仍在")
