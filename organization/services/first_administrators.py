"""The first three administrators of an empty installation; from then on they make each other's successors (SEC-20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.operations import Refused, intention
from organization.models import Account, Grant, Unit
from organization.roles import BUSINESS, THREE_ADMINISTRATORS
from organization.services.accounts import add_account
from organization.services.grants import grant

BY_RULE = "首次安装时建立的三员账号按规则生效"


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str


@intention
def open_first_administrators(people: Mapping[str, Person], unit: Unit, *, today: date) -> dict[str, str]:
    """One account for each of the three roles; returns the initial passwords by role, to be told once.

    Raises Refused where any administrator's grant holds today, or where the three are not three people.
    """
    if Grant.objects.on(today).filter(account__is_active=True).exclude(kind=BUSINESS).exists():
        raise Refused("系统里已有系统、安全或审计管理员，新的管理员由他们开通和授权")
    names = {Account.normalize_username(person.username) for person in people.values()}
    if set(people) != set(THREE_ADMINISTRATORS) or len(names) < len(people):
        raise Refused("系统、安全、审计管理员须是三个不同的人，请给出三个不同的用户名")
    if taken := Account.objects.filter(username__in=names).values_list("username", flat=True).first():
        raise Refused(f"用户名“{taken}”已有账号，请换一个")
    return {role: _open(role, person, unit, today) for role, person in people.items()}


def _open(role: str, person: Person, unit: Unit, today: date) -> str:
    account = Account(username=person.username, display_name=person.name, unit=unit)
    secret = add_account(account, actor=None, by_rule=BY_RULE)
    grant(account, role, unit, today, actor=None)
    return secret
