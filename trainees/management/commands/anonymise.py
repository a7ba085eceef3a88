from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from organization.roles import Role
from trainees.anonymising import anonymise_cadre, due


class Command(BaseCommand):
    help = "匿名化退休、去世、调离满 PERSON_KEEP_YEARS 年的干部；不加 --by 只报人数，办理后不能恢复"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", help="办理的组织部工作人员的用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        people = due(today)
        if not options["by"]:
            self.stdout.write(f"到期 {len(people)} 人；核对后加 --by 用户名 办理")
            return
        account = get_user_model()._default_manager.filter(username=options["by"], is_active=True).first()
        if account is None or not account.access.has(Role.STAFF):
            raise CommandError("只有组织部干部教育科可以办理匿名化")
        for cadre in people:
            anonymise_cadre(cadre, actor=account, today=today)
        self.stdout.write(f"已匿名化 {len(people)} 人；文件在下一次清除时删除")
