"""回访: made by the calendar three and twelve months after closing, answered by cadre and superior, closed by the department."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from core.audit import record
from core.operations import Refused, demand_current, demand_reason, intention
from organization.models import Account
from organization.roles import Role
from trainees.rules.duties import months_later
from training.models import Enrolment, FollowUp, TrainingClass
from training.rules.follow_up import questionnaire

LOOKS_BACK = timedelta(days=90)
"""How long after its day a follow-up is still made: a portal that takes in old classes asks nobody about them."""
AT_ONCE = 1000


@intention
def make_follow_ups(today: date) -> int:
    """Rows for everybody who completed a class that was closed three or twelve months ago; how many. Again makes none."""
    made = 0
    for months in FollowUp.MONTHS:
        for one, due in _classes_due(today, months):
            seats = Enrolment.objects.of_class(one).filter(state=Enrolment.State.COMPLETED)
            missing = seats.exclude(follow_ups__months=months).order_by("pk").values_list("pk", flat=True)
            rows = [FollowUp(enrolment_id=seat, months=months, due=due) for seat in missing]
            FollowUp.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
            made += len(rows)
    if made:
        record("follow_up.due", actor=None, after={"rows": made})
    return made


def _classes_due(today: date, months: int) -> list[tuple[TrainingClass, date]]:
    """Closed classes whose day has come, and not long ago."""
    first = months_later(today - LOOKS_BACK, -months) - timedelta(days=3)  # months have 28 to 31 days
    rows = TrainingClass.objects.filter(state=TrainingClass.State.CLOSED, closed_on__gte=first, closed_on__lt=today)
    days = [(one, months_later(one.closed_on, months)) for one in rows if one.closed_on]
    return [(one, due) for one, due in days if today - LOOKS_BACK <= due <= today]


@intention
def answer_follow_up(
    follow_up: FollowUp, given: Mapping[str, str], *, actor: Account, seen: int | None = None
) -> FollowUp:
    """The cadre's own answers; they may be changed until the follow-up is closed."""
    held = _hold(follow_up, seen)
    if held.enrolment.cadre.account_id != actor.pk:
        raise Refused("本人答复由学员本人填写")
    held.own_answers, held.own_at = _checked(given), timezone.now()
    return _write(held, ["own_answers", "own_at"], "follow_up.answer", actor)


@intention
def answer_for_superior(
    follow_up: FollowUp, given: Mapping[str, str], *, actor: Account, seen: int | None = None
) -> FollowUp:
    """What the superior says, entered by the unit's liaison or the department; never by the cadre."""
    held = _hold(follow_up, seen)
    if actor.pk in held.enrolment.cadre.accounts:
        raise Refused("领导答复不能由学员本人代填，请由单位其他联络员或组织部填写")
    if not actor.access.covers(held.enrolment.cadre.unit.path, Role.LIAISON, Role.STAFF):
        raise Refused(f"领导答复由{held.enrolment.cadre.unit.name}的联络员代填")
    held.superior_answers, held.superior_at, held.superior_by_id = _checked(given), timezone.now(), actor.pk
    return _write(held, ["superior_answers", "superior_at", "superior_by_id"], "follow_up.superior", actor)


@intention
def close_follow_up(
    follow_up: FollowUp, outcome: str, promoted: bool, remark: str, *, actor: Account, seen: int | None = None
) -> FollowUp:
    """The department's outcome. Raises Refused where nobody answered and no remark says why."""
    held = _hold(follow_up, seen)
    paths = (held.enrolment.training_class.unit.path, held.enrolment.cadre.managing_authority.path)
    if not any(actor.access.covers(path, Role.STAFF) for path in paths):
        raise Refused("回访由办班的组织部或管理该干部的组织部办结")
    if outcome not in FollowUp.Outcome.values:
        raise Refused("请选择回访结论")
    if not held.own_at and not held.superior_at:
        demand_reason(remark, "本人和领导都没有答复：请在回访意见中写明怎样了解到的")
    held.outcome, held.promoted, held.remark = outcome, promoted, remark.strip()[:500]
    held.closed_by_id, held.closed_at = actor.pk, timezone.now()
    fields = ["outcome", "promoted", "remark", "closed_by_id", "closed_at"]
    return _write(held, fields, "follow_up.close", actor, outcome=outcome, promoted=promoted)


def _hold(follow_up: FollowUp, seen: int | None) -> FollowUp:
    linked = ("enrolment__training_class__unit", "enrolment__cadre__unit", "enrolment__cadre__managing_authority")
    held = FollowUp.objects.select_for_update(of=("self",)).select_related(*linked).get(pk=follow_up.pk)
    demand_current(seen, held.version, "这次回访")
    if held.closed_at is not None:
        raise Refused("这次回访已办结，不能再改")
    return held


def _checked(given: Mapping[str, str]) -> dict[str, object]:
    try:
        return questionnaire().checked(given)
    except ValueError as error:
        raise Refused(str(error)) from error


def _write(held: FollowUp, fields: list[str], event: str, actor: Account, **after: Any) -> FollowUp:
    held.version += 1
    held.save(update_fields=[*fields, "version"])
    unit = held.enrolment.cadre.unit_id
    record(event, actor=actor.pk, obj=held, unit_id=unit, after={"months": held.months} | after)
    return held
