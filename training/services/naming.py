"""Who has a role in a class: named for it from one day until another, or standing in for a while (DOMAIN.md §1)."""

from datetime import date
from typing import Any

from django.utils import timezone

from core.audit import record
from core.operations import Refused, intention, last_word
from organization.models import Account
from organization.preferences import preference
from organization.roles import BUSINESS
from organization.rules import faults_of_deputy, too_long
from organization.services.grants import hold
from training.models import ClassRole, TrainingClass

NO_ADMINISTRATOR = "系统、安全、审计管理员不能担任班主任或考评工作小组成员"
SENTENCES = {
    "administrator_in_class": NO_ADMINISTRATOR,
    "class_role_once": "这个账号从这一天起已经有这个班次的这个角色",
    "class_role_period": "止日不能早于起日",
}


@intention
def name_for_class(
    training_class: TrainingClass,
    account: Account,
    kind: str,
    since: date,
    *,
    actor: Account,
    until: date | None = None,
) -> ClassRole:
    """Name an account class manager (班主任) or assessor (考评工作小组) of a class."""
    account = hold(account)
    if refusal := may_be_named(account, since, until):
        raise Refused(refusal)
    named = ClassRole(training_class=training_class, account=account, kind=kind, since=since, until=until)
    return _name(named, "class_role.add", actor)


@intention
def deputise_class_role(
    original: ClassRole, account: Account, since: date, until: date, reason: str, *, actor: Account
) -> ClassRole:
    """Let an account stand in for a class manager or assessor (代理). Raises Refused where the rules say no."""
    rows = ClassRole.objects.select_related("training_class__unit").select_for_update(of=["self"], no_key=True)
    original = rows.get(pk=original.pk)
    account = hold(account)
    if refusal := may_deputise_class_role(original, account, since, until, reason, actor):
        raise Refused(refusal)
    named = ClassRole(
        training_class=original.training_class, account=account, kind=original.kind, since=since, until=until,
        deputises=original, reason=reason.strip(),
    )  # fmt: skip
    return _name(named, "class_role.deputise", actor)


def may_be_named(account: Account, since: date, until: date | None) -> str | None:
    """None of the three administrators, on any of these days (SEC-20)."""
    administers = account.grants.overlapping(since, until).exclude(kind=BUSINESS)
    return NO_ADMINISTRATOR if administers.exists() else None


def may_deputise_class_role(
    original: ClassRole, account: Account, since: date, until: date, reason: str, by: Account
) -> str | None:
    """As for grants: somebody else's role, for a reason, for some weeks, not longer than the original."""
    if original.deputises_id is not None:
        return "这本身是代理，不能再由他人代理，请从原来的班次角色指定"
    if original.account_id == account.pk:
        return "不能代理自己的班次角色"
    if account.pk == by.pk:
        return "不能指定自己代理，请由另一位同志办理"
    return (
        faults_of_deputy(original.since, since, until, reason)
        or _longest(original, until)
        or may_be_named(account, since, until)
    )


def _longest(original: ClassRole, until: date) -> str | None:
    days = preference(original.training_class.unit, "deputy_days", timezone.localdate())
    return too_long(until, original.until, int(days))


def _name(named: ClassRole, event: str, actor: Account) -> ClassRole:
    with last_word(SENTENCES):
        named.save(force_insert=True)
    unit = named.training_class.unit_id
    record(event, actor=actor.pk, obj=named, unit_id=unit, reason=named.reason, after=told(named))
    return named


def told(named: ClassRole) -> dict[str, Any]:
    """What the log keeps of a role in a class: people by key only."""
    facts = {"account": str(named.account_id), "kind": named.kind, "since": named.since.isoformat()}
    facts |= {"until": named.until.isoformat()} if named.until else {}
    return facts | ({"deputises": str(named.deputises_id)} if named.deputises_id else {})


@intention
def end_class_role(named: ClassRole, until: date, *, actor: Account) -> ClassRole:
    """Let a role in a class end with a day, and with it its deputies; both stay in the list."""
    rows = ClassRole.objects.select_related("training_class", "deputises__training_class__unit", "account")
    held = rows.select_for_update(of=["self"], no_key=True).get(pk=named.pk)
    if until < held.since:
        raise Refused(f"止日不能早于起日 {held.since}")
    if held.deputises is not None and (refusal := _longest(held.deputises, until)):
        raise Refused(refusal)
    for deputy in held.deputies.filter(until__gt=until).select_related("training_class").order_by("pk"):
        _end(deputy, max(deputy.since, until), actor, "原班次角色结束")
    _end(held, until, actor)
    named.until = until
    return named


def _end(named: ClassRole, until: date, actor: Account, reason: str = "") -> None:
    before = {"until": named.until.isoformat() if named.until else None}
    named.until = until
    with last_word(SENTENCES):
        named.save(update_fields=["until"])
    facts = {"reason": reason, "before": before, "after": {"until": until.isoformat()}}
    record("class_role.end", actor=actor.pk, obj=named, unit_id=named.training_class.unit_id, **facts)
