"""Who decides about leave for a school, from–until: named by the department (请假审批人)."""

from datetime import date

from core.audit import record
from core.operations import Refused, intention
from organization.models import Account, Unit
from organization.roles import BUSINESS
from training.models import LeaveApprover, LeaveLevel


@intention
def name_approver(
    unit: Unit, level: str, account: Account, since: date, *, actor: Account, until: date | None = None,
    deputy: bool = False,
) -> LeaveApprover:  # fmt: skip
    """Name an account, or its deputy, for a level of a school and all below it."""
    if level == LeaveLevel.DEPARTMENT:
        raise Refused("组织部一级由组织部干部教育科的账号审批，不必另行指定")
    if account.grants.overlapping(since, until).exclude(kind=BUSINESS).exists():
        raise Refused("系统、安全、审计管理员不能担任请假审批人")
    named = LeaveApprover.objects.create(
        unit=unit, level=level, account=account, deputy=deputy, since=since, until=until
    )
    after = {"account": str(account.pk), "level": level, "deputy": deputy, "since": since.isoformat()}
    record("leave_approver.add", actor=actor.pk, obj=named, unit_id=unit.pk, after=after)
    return named


@intention
def end_approver(named: LeaveApprover, until: date, *, actor: Account) -> LeaveApprover:
    """Let it end with a day; it stays in the list."""
    named.until = until
    named.save(update_fields=["until"])
    record("leave_approver.end", actor=actor.pk, obj=named, unit_id=named.unit_id, after={"until": until.isoformat()})
    return named
