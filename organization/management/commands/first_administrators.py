from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.operations import Refused
from organization.models import Unit
from organization.roles import Role
from organization.services import Person, open_first_administrators

ROLES = {"system": Role.SYSTEM_ADMIN, "security": Role.SECURITY_ADMIN, "audit": Role.AUDIT_ADMIN}


class Command(BaseCommand):
    help = "首次安装：建立系统、安全、审计管理员三个账号，初始密码只显示一次；已有管理员时拒绝"

    def add_arguments(self, parser: ArgumentParser) -> None:
        for option, role in ROLES.items():
            parser.add_argument(f"--{option}", nargs=2, metavar=("用户名", "姓名"), help=f"{role.label}；不给出则询问")
        parser.add_argument("--unit", metavar="编码", help="三员所在单位的编码；只有一棵单位树时可省略，即树根")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = self._unit(options["unit"])
        people: dict[str, Person] = {role: self._person(role, options[option]) for option, role in ROLES.items()}
        try:
            secrets = open_first_administrators(people, unit, today=timezone.localdate())
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write("三个账号已建立。初始密码只显示这一次，七十二小时内有效，只能登录一次，请分别当面交给本人：")
        for role, person in people.items():
            self.stdout.write(f"{Role(role).label}\t{person.username}\t{secrets[role]}")

    def _unit(self, code: str | None) -> Unit:
        found = Unit.objects.filter(code=code) if code else Unit.objects.filter(depth=1)
        units = list(found[:2])
        if not units:
            raise CommandError(f"没有编码为“{code}”的单位" if code else "还没有单位，请先运行 import_units")
        if len(units) > 1:
            raise CommandError("有不止一棵单位树，请用 --unit 指明三员所在单位的编码")
        return units[0]

    def _person(self, role: Role, given: list[str] | None) -> Person:
        """As given, else asked for at the terminal."""
        username, name = given or (self._ask(f"{role.label}的用户名"), self._ask(f"{role.label}的姓名"))
        if not username.strip() or not name.strip():
            raise CommandError(f"请给出{role.label}的用户名和姓名")
        return Person(username.strip(), name.strip())

    def _ask(self, what: str) -> str:
        return input(f"{what}：")
