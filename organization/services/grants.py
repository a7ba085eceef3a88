"""Roles given, stood in for and ended; whoever holds less or more than before signs in anew (SEC-06, SEC-20).

Grants are held before accounts, by every service, so that two of them never wait for each other.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from core.audit import record
from core.operations import Refused, intention, last_word
from organization.models import Account, Grant, Unit
from organization.roles import THREE_ADMINISTRATORS, THREE_PEOPLE
from organization.rules import may_be_granted, may_deputise, may_end
from organization.services.sessions import end_all_sessions
from organization.services.units import key_of

CHANGED = "权限有变动，请重新登录"
IN_CLASS = "administrator_in_class"  # the constraint's name, which training's trigger says
SENTENCES = {
    "grant_one_kind": THREE_PEOPLE,
    "grant_once": "这个账号从这一天起已经有这个单位的这个角色",
    "grant_period": "止日不能早于起日",
    IN_CLASS: "该账号在这段时间是班主任、考评工作小组成员或请假审批人，不能担任系统、安全、审计管理员；请先结束这些角色",
}


@intention
def grant(
    account: Account, role: str, unit: Unit, since: date, *, actor: Account | None, until: date | None = None
) -> Grant:
    """Give an account a role for a unit and all below it. Raises Refused where the rules say no."""
    account = hold(account)
    if refusal := may_be_granted(account, role, actor, since, until):
        raise Refused(refusal)
    granted = Grant(account=account, role=role, unit=unit, since=since, until=until, granted_by_id=key_of(actor))
    return _give(granted, "grant.add", actor)


@intention
def deputise(
    original: Grant, account: Account, since: date, until: date, reason: str, *, actor: Account | None
) -> Grant:
    """Let an account hold somebody else's grant for a while (代理). Raises Refused where the rules say no."""
    original = Grant.objects.select_for_update(of=["self"], no_key=True).select_related("unit").get(pk=original.pk)
    account = hold(account)
    if refusal := may_deputise(original, account, since, until, reason, actor):
        raise Refused(refusal)
    granted = Grant(
        account=account, role=original.role, unit=original.unit, since=since, until=until,
        granted_by_id=key_of(actor), deputises=original, reason=reason.strip(),
    )  # fmt: skip
    return _give(granted, "grant.deputise", actor)


def _give(granted: Grant, event: str, actor: Account | None) -> Grant:
    with last_word(SENTENCES):
        granted.save(force_insert=True)
    record(event, actor=key_of(actor), obj=granted, unit_id=granted.unit_id, reason=granted.reason, after=told(granted))
    end_all_sessions(granted.account, CHANGED, actor=actor)
    return granted


def told(granted: Grant) -> dict[str, Any]:
    """What the log keeps of a grant: people by key only."""
    facts = {"account": str(granted.account_id), "role": granted.role, "since": granted.since.isoformat()}
    facts |= {"until": granted.until.isoformat()} if granted.until else {}
    return facts | ({"deputises": str(granted.deputises_id)} if granted.deputises_id else {})


@intention
def end_grant(granted: Grant, until: date, *, actor: Account | None) -> Grant:
    """Let a grant end with a day, and with it its deputies; both stay in the list of what was once held.

    Raises Refused for the last of its kind.
    """
    hold_administrators([granted.role])
    rows = Grant.objects.select_related("account", "unit", "deputises__unit")
    held = rows.select_for_update(of=["self"], no_key=True).get(pk=granted.pk)
    if refusal := may_end(held, until, actor) or _longer(held, until, actor):
        raise Refused(refusal)
    for deputy in held.deputies.filter(until__gt=until).select_for_update(of=["self"], no_key=True).order_by("pk"):
        _end(deputy, max(deputy.since, until), actor, "原授权结束")
    _end(held, until, actor)
    granted.until = until
    return granted


def _longer(held: Grant, until: date, actor: Account | None) -> str | None:
    """A grant that had ended, or would, goes on: that is asked like a new one, about the days that are added."""
    if held.until is None or until <= held.until:
        return None
    if actor is not None and actor.pk == held.account_id:
        return "不能给自己授权，请由另一位安全管理员办理"
    others = Grant.objects.filter(account=held.account).exclude(kind=held.kind)
    return THREE_PEOPLE if others.overlapping(held.until, until).exists() else None


def _end(granted: Grant, until: date, actor: Account | None, reason: str = "") -> None:
    before = {"until": granted.until.isoformat() if granted.until else None}
    granted.until = until
    with last_word(SENTENCES):
        granted.save(update_fields=["until"])
    after = {"until": until.isoformat()}
    record(
        "grant.end",
        actor=key_of(actor),
        obj=granted,
        unit_id=granted.unit_id,
        reason=reason,
        before=before,
        after=after,
    )
    end_all_sessions(granted.account, CHANGED, actor=actor)


def hold(account: Account) -> Account:
    """The account's row, held until the transaction ends: what it holds is decided one after the other."""
    return Account.objects.select_for_update(no_key=True).get(pk=account.pk)


def hold_administrators(roles: Iterable[str]) -> None:
    """Of two who would both take the last one but themselves, the second sees what the first did (B34)."""
    asked = sorted(set(roles) & set(THREE_ADMINISTRATORS))
    if asked:
        rows = Grant.objects.select_for_update(of=["self"], no_key=True).filter(role__in=asked)
        list(rows.order_by("pk").values_list("pk", flat=True))
