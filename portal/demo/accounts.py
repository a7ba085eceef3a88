"""Who can sign in to the demo city, and var/demo.json that says so."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from core.audit import record
from core.operations import intention
from organization.models import Account, Unit
from organization.roles import Role
from organization.services import add_account, grant
from portal.demo.people import LEARNER, LEARNER_UNIT

SINCE = date(2020, 1, 1)
GROUPS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")


@dataclass(frozen=True, slots=True)
class Part:
    """An account of the demo: `held` is the unit of its grant, `unit` where the person works."""

    username: str
    role: str
    name: str
    unit: str
    grant: str = ""
    held: str = ""


# Classes of the city are organised by the department, so the class manager may import there; he works at the school.
PARTS = (
    Part("zuzhibu", "组织部干部教育科", "程守拙", "YL", Role.STAFF, "YL"),
    Part("zuzhibu2", "组织部干部教育科（经办）", "叶知微", "YL", Role.STAFF, "YL"),
    Part("banzhuren", "班主任", "闻书砚", "YLDX", Role.SCHOOL, "YL"),
    Part("lianluoyuan", "单位联络员", "方砚秋", "YL01", Role.LIAISON, "YL01"),
    Part("xueyuan", "学员", LEARNER, LEARNER_UNIT),
    Part("lingdao", "领导", "陆明澈", "YL", Role.LEADER, "YL"),
    Part("guanliyuan", "系统管理员", "郭维宁", "YL", Role.SYSTEM_ADMIN, "YL"),
    Part("anquan", "安全管理员", "安立衡", "YL", Role.SECURITY_ADMIN, "YL"),
    Part("shenji", "审计管理员", "季清源", "YL", Role.AUDIT_ADMIN, "YL"),
    Part("kaoping", "考评工作小组", "梁允衡", "YLDX"),
    Part("jiaowu", "教务处（请假审批）", "何慎言", "YLDX"),
    Part("fenguan", "分管校领导（请假审批）", "苏景行", "YLDX"),
    Part("qingxi", "清溪县委组织部", "乔知行", "QX", Role.STAFF, "QX"),
    Part("qingshan", "青山区委组织部", "石清川", "QS", Role.STAFF, "QS"),
)


def open_accounts(units: Mapping[str, Unit], password: str) -> dict[str, Account]:
    """The demo's accounts by username, each with its grant."""
    hashed = make_password(password)
    return {part.username: _open(part, units, password, hashed) for part in PARTS}


@intention
def _open(part: Part, units: Mapping[str, Unit], password: str, hashed: str) -> Account:
    account = Account(username=part.username, display_name=part.name, unit=units[part.unit])
    add_account(account, actor=None, by_rule="示范环境的账号按规则生效")
    validate_password(password, account)
    _give(account, hashed)
    if part.grant:
        grant(account, part.grant, units[part.held], SINCE, actor=None)
    return account


def new_password() -> str:
    """Twelve characters of three kinds, without those that are read wrongly, in groups of four."""
    while True:
        drawn = "".join(secrets.choice("".join(GROUPS)) for _ in range(12))
        if all(set(drawn) & set(group) for group in GROUPS):
            return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def settle_password(path: Path) -> str:
    """The password that all accounts of the demo share; theirs are set anew where the file does not know it."""
    password = known_password(path)
    first = Account.objects.filter(username=PARTS[0].username).first()
    if password and (first is None or check_password(password, first.password)):
        return password
    password = new_password()
    if first is not None:
        _reset(password)
    return password


@intention
def _reset(password: str) -> None:
    hashed = make_password(password)
    for account in Account.objects.filter(username__in=[part.username for part in PARTS]):
        _give(account, hashed)


def _give(account: Account, hashed: str) -> None:
    account.password, account.password_set, account.initial_until = hashed, timezone.now(), None
    account.save(update_fields=["password", "password_set", "initial_until"])
    record("account.password_reset", actor=None, obj=account, unit_id=account.unit_id)


def known_password(path: Path) -> str:
    """What an earlier run wrote down, "" where there is none."""
    accounts = _facts(path).get("accounts") or [{}]
    return str(accounts[0].get("password", ""))


def write_down(path: Path, password: str) -> None:
    """Put the accounts into var/demo.json, readable by its owner alone; the address beside them stays."""
    rows = [{"role": part.role, "username": part.username, "password": password} for part in PARTS]
    facts = _facts(path) | {"accounts": rows}
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(facts, file, ensure_ascii=False, indent=2)


def _facts(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts
