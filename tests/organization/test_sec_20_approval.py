"""SEC-20: an account that the system administrator opens takes effect when a security administrator says so."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.keys import new_key
from core.models import AuditEntry
from core.operations import Refused
from organization.models import Account, Grant
from organization.roles import Role
from organization.services import add_account, approve_account
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD, WRONG, attempt

IN, OUT = 302, 200
LIST = "admin:organization_account_changelist"


@pytest.fixture
def newcomer(town, system_admin):
    account = Account(username="xinlaizhe", display_name="辛来喆", unit=town)
    return account, add_account(account, actor=system_admin)


def act(client, name, account, **more):
    chosen = {"action": name, "_selected_action": [str(account.pk)], "op_id": str(new_key())}
    return client.post(reverse(LIST), chosen | more, follow=True)


def test_sec_20_until_it_is_approved_nobody_signs_in(newcomer, security_admin, person):
    account, secret = newcomer
    waiting, wrong = attempt(account.username, secret), attempt(person.username, WRONG)
    assert waiting.status_code == OUT
    assert errors_of(waiting) == errors_of(wrong)
    approve_account(account, actor=security_admin, now=timezone.now())
    assert attempt(account.username, secret).status_code == IN


def errors_of(answer):
    return answer.context["form"].non_field_errors()


def test_sec_20_a_refusal_looks_at_the_password_like_any_other(newcomer, person, monkeypatch):
    """The same work is done for a name that waits, a wrong password and a name that nobody has: so the same time."""
    account, secret = newcomer
    hashed = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    from django.contrib.auth.hashers import MD5PasswordHasher

    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(hasher, lambda self, *words: hashed.append(words) or encode(self, *words))
    costs = []
    for name, password in ((account.username, secret), (person.username, WRONG), ("nobody", WRONG)):
        hashed.clear()
        assert attempt(name, password).status_code == OUT
        costs.append(len(hashed))
    assert costs == [1, 1, 1]


def test_sec_20_whoever_opened_it_does_not_approve_it(newcomer, system_admin, security_admin, town):
    account, _ = newcomer
    with pytest.raises(Refused, match="由安全管理员批准"):
        approve_account(account, actor=system_admin, now=timezone.now())
    system_admin.grants.update(until=timezone.localdate() - timedelta(days=1))
    Grant.objects.create(account=system_admin, role=Role.SECURITY_ADMIN, unit=town, since=timezone.localdate())
    turned = Account.objects.get(pk=system_admin.pk)
    with pytest.raises(Refused, match="开通账号的人"):
        approve_account(account, actor=turned, now=timezone.now())
    for by in (turned, account):
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(pk=account.pk).update(approved_at=timezone.now(), approved_by=by)
    approve_account(account, actor=security_admin, now=timezone.now())
    with pytest.raises(Refused, match="已经批准过"):
        approve_account(account, actor=security_admin, now=timezone.now())


def test_sec_20_the_waiting_list(newcomer, security_admin, system_admin, browser):
    account, secret = newcomer
    officer = browser(security_admin)
    listed = officer.get(reverse(LIST), {"approval": "waiting"}).content.decode()
    assert "辛来喆" in listed and security_admin.display_name not in re.findall(r"field-display_name\">(.*?)<", listed)
    assert act(browser(system_admin), "approve", account).status_code == OUT
    assert attempt(account.username, secret).status_code == OUT
    act(officer, "approve", account)
    assert attempt(account.username, secret).status_code == IN
    row = AuditEntry.objects.get(event="account.approve", object_id=str(account.pk))
    assert (row.actor_id, row.role, row.before["approved"], row.after["approved"]) == (
        security_admin.pk, "security_admin", False, True,
    )  # fmt: skip


def test_sec_20_refused_with_a_reason(newcomer, security_admin, system_admin, browser):
    account, secret = newcomer
    officer = browser(security_admin)
    assert "理由" in act(officer, "refuse", account).content.decode()
    assert "至少五个字" in act(officer, "refuse", account, reason="不行").content.decode()
    account.refresh_from_db()
    assert account.is_active
    act(officer, "refuse", account, reason="此人已调离本市")
    account.refresh_from_db()
    assert not account.is_active and account.approved_at is None
    assert AuditEntry.objects.get(event="account.refuse").reason == "此人已调离本市"
    assert attempt(account.username, secret).status_code == OUT
    Account.objects.filter(pk=account.pk).update(is_active=True)
    assert attempt(account.username, secret).status_code == OUT


def test_sec_20_an_action_is_carried_out_once(newcomer, security_admin, browser):
    account, _ = newcomer
    officer, op_id = browser(security_admin), str(new_key())
    chosen = {"action": "approve", "_selected_action": [str(account.pk)], "op_id": op_id}
    assert officer.post(reverse(LIST), chosen).status_code == 302
    assert "已经办理过" in officer.post(reverse(LIST), chosen, follow=True).content.decode()
    assert officer.post(reverse(LIST), chosen | {"op_id": ""}).status_code == 400
    assert AuditEntry.objects.filter(event="account.approve", object_id=str(account.pk)).count() == 1


def test_sec_20_by_rule_is_said_in_the_log(town):
    account = Account(username="xueyuanjia", display_name="学员甲", unit=town)
    secret = add_account(account, actor=None, by_rule="登录条为学员开通的账号按规则生效：不带任何授权")
    row = AuditEntry.objects.get(event="account.approve")
    assert (row.actor_id, row.reason) == (None, "登录条为学员开通的账号按规则生效：不带任何授权")
    assert attempt(account.username, secret).status_code == IN


# ---- the first three ----

THREE = {"system": ("shajingbo", "沙静波"), "security": ("anshouzheng", "安守正"), "audit": ("jimingcha", "纪明察")}


def opened(**options):
    told = io.StringIO()
    call_command("first_administrators", stdout=told, **(THREE | options))
    return dict(re.findall(r"\t(\w+)\t([A-Z2-9-]{19})$", told.getvalue(), re.MULTILINE))


def test_the_first_three_administrators(town):
    secrets = opened()
    assert set(secrets) == {"shajingbo", "anshouzheng", "jimingcha"}
    held = set(Grant.objects.values_list("account__username", "role", "until"))
    assert held == {
        ("shajingbo", "system_admin", None), ("anshouzheng", "security_admin", None), ("jimingcha", "audit_admin", None),
    }  # fmt: skip
    assert attempt("anshouzheng", secrets["anshouzheng"]).status_code == IN
    assert attempt("anshouzheng", secrets["anshouzheng"]).status_code == OUT


def test_they_are_made_once_and_are_three(town):
    with pytest.raises(CommandError, match="三个不同的人"):
        opened(audit=THREE["system"])
    assert not Account.objects.exists()
    opened()
    with pytest.raises(CommandError, match="已有系统、安全或审计管理员"):
        opened(system=("jia", "甲"), security=("yi", "乙"), audit=("bing", "丙"))
    assert Account.objects.count() == 3


def test_they_need_a_unit(db):
    with pytest.raises(CommandError, match="import_units"):
        opened()


def test_the_next_one_is_made_by_them(town, browser):
    """From the first sign-in on nobody needs the command line."""
    account_of("shajingbo", "沙静波", town, Role.SYSTEM_ADMIN)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        client = browser(Account.objects.get(username="shajingbo"), PASSWORD)
        url = reverse("admin:organization_account_add")
        facts = {"username": "xinren", "display_name": "新人", "unit": town.pk, "op_id": str(new_key())}
        told = client.post(url, facts, follow=True).content.decode()
    assert "待安全管理员批准后才能登录" in told
    made = Account.objects.get(username="xinren")
    assert (made.opened_by.username, made.approved_at) == ("shajingbo", None)


pytestmark = pytest.mark.django_db
