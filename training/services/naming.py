"""Who has a role in a class: named for it from one day until another (DOMAIN.md §1)."""

from datetime import date

from core.audit import record
from core.operations import Refused, intention
from organization.models import Account
from organization.roles import THREE_ADMINISTRATORS
from training.models import ClassRole, TrainingClass


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
    if account.access.has(*THREE_ADMINISTRATORS):
        raise Refused("系统、安全、审计管理员不能担任班主任或考评工作小组成员")
    named = ClassRole.objects.create(
        training_class=training_class, account=account, kind=kind, since=since, until=until
    )
    after = {"account": str(account.pk), "kind": kind, "since": since.isoformat()}
    record("class_role.add", actor=actor.pk, obj=named, unit_id=training_class.unit_id, after=after)
    return named


@intention
def end_class_role(named: ClassRole, until: date, *, actor: Account) -> ClassRole:
    """Let a role in a class end with a day; it stays in the list."""
    named.until = until
    named.save(update_fields=["until"])
    after = {"until": until.isoformat()}
    record("class_role.end", actor=actor.pk, obj=named, unit_id=named.training_class.unit_id, after=after)
    return named
