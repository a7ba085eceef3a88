"""Roles given and ended; whoever holds less or more than before signs in anew (SEC-06)."""

from datetime import date

from core.audit import record
from core.operations import Refused, intention
from organization.models import Account, Grant, Unit
from organization.rules import may_be_granted, may_be_taken
from organization.services.sessions import end_all_sessions
from organization.services.units import key_of


@intention
def grant(
    account: Account, role: str, unit: Unit, since: date, *, actor: Account | None, until: date | None = None
) -> Grant:
    """Give an account a role for a unit and all below it. Raises Refused where the rules say no."""
    if refusal := may_be_granted(account, role, actor):
        raise Refused(refusal)
    granted = Grant.objects.create(
        account=account, role=role, unit=unit, since=since, until=until, granted_by_id=key_of(actor)
    )
    record(
        "grant.add", actor=key_of(actor), obj=granted, unit_id=unit.pk, after={"account": str(account.pk), "role": role}
    )
    end_all_sessions(account, "权限有变动，请重新登录", actor=actor)
    return granted


@intention
def end_grant(granted: Grant, until: date, *, actor: Account | None) -> Grant:
    """Let a grant end with a day; it stays in the list of what was once held. Raises Refused for the last of its kind."""
    if refusal := may_be_taken(granted.account, [granted.role], actor):
        raise Refused(refusal)
    granted.until = until
    granted.save(update_fields=["until"])
    record("grant.end", actor=key_of(actor), obj=granted, unit_id=granted.unit_id, after={"until": until.isoformat()})
    end_all_sessions(granted.account, "权限有变动，请重新登录", actor=actor)
    return granted
