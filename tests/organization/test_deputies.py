"""Deputising: for somebody else, for a reason, for some weeks, never longer than the original, and said wherever it shows."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.audit import Facts, facts_of_request, record
from core.models import AuditEntry
from core.operations import Refused
from organization.models import Account, Grant
from organization.roles import Role
from organization.services import deputise, end_grant, grant, set_preference
from portal.pages.audit import role_words
from portal.rail import Standing
from tests import factories as make
from training.models import ClassRole
from training.services.naming import deputise_class_role, end_class_role

pytestmark = pytest.mark.django_db
REASON = "本人休产假"


def days(ahead: int) -> date:
    return timezone.localdate() + timedelta(days=ahead)


def again(who: Account) -> Account:
    """The account as the next request reads it."""
    return Account.objects.get(pk=who.pk)


def stand_in(city, who, *, since=0, until=30, reason=REASON, original=None):
    held = original or city.staff.grants.get()
    return deputise(held, who, days(since), days(until), reason, actor=city.security_admin)


def test_a_deputy_holds_what_the_original_holds(yunling):
    made = stand_in(yunling, yunling.liaison)
    assert (made.role, made.unit, made.deputises.account) == (Role.STAFF, yunling.root, yunling.staff)
    assert again(yunling.liaison).access.has(Role.STAFF)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert not again(yunling.liaison).access.has(Role.STAFF)


def test_with_the_original_the_deputy_ends(yunling):
    made = stand_in(yunling, yunling.liaison)
    yesterday = days(-1)
    end_grant(yunling.staff.grants.get(), yesterday, actor=yunling.security_admin)
    made.refresh_from_db()
    assert not again(yunling.liaison).access.has(Role.STAFF)
    assert made.until == made.since
    ended = AuditEntry.objects.get(event="grant.end", object_id=str(made.pk))
    assert (ended.reason, ended.before, ended.after) == (
        "原授权结束", {"until": days(30).isoformat()}, {"until": made.since.isoformat()},
    )  # fmt: skip


def test_without_the_service_too(yunling, query_count):
    """Plain SQL ended the original and forgot the deputy: it holds no more, and that costs no further query."""
    stand_in(yunling, yunling.liaison)
    who = again(yunling.liaison)
    assert query_count(lambda: who.access) == 1
    assert who.access.has(Role.STAFF)
    Grant.objects.filter(account=yunling.staff).update(until=days(-1))
    assert not again(yunling.liaison).access.has(Role.STAFF)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"until": 91}, "代理最长 90 天"),
        ({"reason": "休假"}, "至少 5 个字"),
        ({"since": 10, "until": 9}, "止日不能早于起日"),
    ],
)
def test_what_a_deputy_asks(yunling, facts, said):
    with pytest.raises(Refused, match=said):
        stand_in(yunling, yunling.liaison, **facts)
    assert stand_in(yunling, yunling.liaison, until=90).until == days(90)


def test_how_long_is_a_setting(yunling):
    set_preference(yunling.root, "deputy_days", 30, date(2026, 1, 1), actor=yunling.staff)
    with pytest.raises(Refused, match="代理最长 30 天"):
        stand_in(yunling, yunling.liaison, until=31)


def test_never_longer_than_the_original_nor_before_it(yunling):
    held = grant(yunling.leader, Role.LIAISON, yunling.bureau, days(-5), until=days(20), actor=yunling.security_admin)
    with pytest.raises(Refused, match="代理不能更长"):
        stand_in(yunling, yunling.sibling_liaison, until=21, original=held)
    with pytest.raises(Refused, match="不能早于原授权的起日"):
        stand_in(yunling, yunling.sibling_liaison, since=-6, until=20, original=held)
    made = stand_in(yunling, yunling.sibling_liaison, since=-5, until=20, original=held)
    with pytest.raises(Refused, match="代理不能更长"):
        end_grant(made, days(25), actor=yunling.security_admin)
    end_grant(made, days(3), actor=yunling.security_admin)


def test_nobody_deputises_themselves_nor_a_deputy_nor_names_themselves(yunling):
    with pytest.raises(Refused, match="不能代理自己的授权"):
        stand_in(yunling, yunling.staff)
    with pytest.raises(Refused, match="不能给自己授权"):
        stand_in(yunling, yunling.security_admin)
    made = stand_in(yunling, yunling.liaison)
    with pytest.raises(Refused, match="不能再由他人代理"):
        stand_in(yunling, yunling.leader, original=made)


def test_an_administrators_deputy_has_no_other_role(yunling):
    held = yunling.audit_admin.grants.get()
    with pytest.raises(Refused, match="三名专人"):
        stand_in(yunling, yunling.liaison, original=held)
    with pytest.raises(Refused, match="三名专人"):
        stand_in(yunling, yunling.system_admin, original=held)
    with pytest.raises(Refused, match="考评工作小组成员"):
        stand_in(yunling, yunling.assessor, original=held)
    nobody = make.account("yl_ruzhi", "入职新", unit=yunling.root)
    assert stand_in(yunling, nobody, original=held).kind == "audit"


def test_a_deputy_is_no_successor(yunling, wangjiang):
    Account.objects.filter(pk=wangjiang.audit_admin.pk).update(is_active=False)
    nobody = make.account("yl_ruzhi", "入职新", unit=yunling.root)
    held = yunling.audit_admin.grants.get()
    made = stand_in(yunling, nobody, original=held)
    with pytest.raises(Refused, match="最后一位审计管理员"):
        end_grant(held, days(0), actor=yunling.security_admin)
    end_grant(made, days(0), actor=yunling.security_admin)


@pytest.mark.parametrize(
    "facts",
    [
        {"until": None},
        {"reason": ""},
        {"role": Role.LEADER},
        {"since": date(2019, 12, 31)},
    ],
)
def test_the_database_refuses_other_deputies(yunling, facts):
    held = yunling.staff.grants.get()
    right = {"account": yunling.liaison, "role": Role.STAFF, "unit": yunling.root, "since": date(2026, 1, 1),
             "until": date(2026, 2, 1), "deputises": held, "reason": REASON}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.bulk_create([Grant(**(right | facts))])
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.bulk_create([Grant(**(right | {"account": yunling.staff}))])
    Grant.objects.bulk_create([Grant(**right)])


def test_it_is_said_in_the_account_menu_and_in_the_log(yunling):
    stand_in(yunling, yunling.liaison)
    who = again(yunling.liaison)
    assert Standing.of(who).words == "单位联络员、组织部干部教育科（代理 顾云舟）"
    with facts_of_request(Facts(account=who)):
        assert record("unit.change", actor=who.pk).role == "liaison,staff（代理）"
    assert role_words("liaison,staff（代理）") == "单位联络员、组织部干部教育科（代理）"


# ---- roles in classes ----


def named(city) -> ClassRole:
    return city.training_class.roles.get(kind=ClassRole.Kind.MANAGER)


def test_a_deputy_class_manager(yunling):
    made = deputise_class_role(named(yunling), yunling.liaison, days(0), days(30), REASON, actor=yunling.staff)
    assert (made.kind, made.training_class) == (ClassRole.Kind.MANAGER, yunling.training_class)
    assert Standing.of(again(yunling.liaison)).words == "单位联络员、班主任（代理 韩朝雪）"
    end_class_role(made.deputises, days(-1), actor=yunling.staff)
    assert not ClassRole.objects.on(days(0)).filter(account=yunling.liaison).exists()


def test_what_a_deputy_class_manager_asks(yunling):
    original = named(yunling)
    for who, until, reason, said in (
        (yunling.manager, 10, REASON, "不能代理自己"),
        (yunling.staff, 10, REASON, "不能指定自己"),
        (yunling.liaison, 91, REASON, "代理最长 90 天"),
        (yunling.liaison, 10, "休假", "至少 5 个字"),
        (yunling.audit_admin, 10, REASON, "审计管理员不能担任"),
    ):
        with pytest.raises(Refused, match=said):
            deputise_class_role(original, who, days(0), days(until), reason, actor=yunling.staff)
