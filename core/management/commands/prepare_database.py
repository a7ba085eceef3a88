"""Bring the schema up to date as the owner, hold its triggers, then give the app role exactly what it may do."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from core.audit.sealing import begin_era
from core.database import grant_rights, hold_triggers


class Command(BaseCommand):
    help = "迁移数据库结构（所有者账号），并给应用账号授权：追加表只许查询与插入"

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError("缺少环境变量 DATABASE_OWNER_URL：迁移须用数据库所有者账号")
        call_command("migrate", database="owner", interactive=False, verbosity=max(options["verbosity"] - 1, 0))
        owner = connections["owner"]
        hold_triggers(owner)
        grant_rights(owner, apps.get_models(include_auto_created=True), settings.DATABASES["default"]["USER"])
        owner.close()
        if begin_era(timezone.now()):
            self.stdout.write("审计记录来自另一个数据库集群，已另起一段")
