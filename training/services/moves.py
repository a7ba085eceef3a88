"""Where a class stands: its days, closing, opening again, cancelling. Who moves a class moves its enrolments."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from core.audit import entry, record, record_many
from core.operations import Refused, demand_current, intention
from organization.models import Account
from training.models import Enrolment, TrainingClass
from training.services.classes import state_on
from training.services.dossier import TIMETABLE, dossier
from training.services.posting import post_classes, withdraw_classes

State = TrainingClass.State
PASSED = ("优秀", "良好", "合格")


@intention
def follow_calendar(today: date) -> int:
    """Classes begin and end with their days: planned → running → ended; how many moved.

    No `revision`: what a workbook holds is as it was. A class that somebody else holds is left to the next time.
    """
    due = Q(state=State.PLANNED, start__lte=today) | Q(state=State.RUNNING, end__lt=today)
    held = list(TrainingClass.objects.filter(due).select_for_update(skip_locked=True))
    before = {one.pk: one.state for one in held}
    for one in held:
        one.state, one.version = state_on(one.start, one.end, today), one.version + 1
    TrainingClass.objects.bulk_update(held, ["state", "version"], batch_size=500)
    record_many(
        entry(
            f"class.{one.state}", actor=None, obj=one, unit_id=one.unit_id, reason="按起止日期",
            before={"state": before[one.pk]}, after={"state": str(one.state)},
        )
        for one in held
    )  # fmt: skip
    return len(held)


@intention
def close_class(
    training_class: TrainingClass, *, actor: Account, on: date, seen: int | None = None, by_dates: bool = False
) -> TrainingClass:
    """结班: with the dossier complete, who passed has completed the class, and the hours of all go to the ledger.

    `by_dates`: the class has no timetable, and its hours are those of its dates. Raises Refused with all that is missing.
    """
    held = _hold(training_class, (State.ENDED, State.REOPENED), "结班", seen)
    owed = [item.told for item in dossier(held) if not item.ok and not (by_dates and item.key == TIMETABLE)]
    if owed:
        raise Refused(f"“{held.name}”还不能结班：{'；'.join(owed)}")
    passed = Enrolment.objects.of_class(held).on_roster().filter(grade__in=PASSED)
    passed.order_by().update(state=Enrolment.State.COMPLETED)
    closed = _move(held, State.CLOSED, actor=actor, reason="按起止日期折算学时" if by_dates else "", closed_on=on)
    post_classes([held.pk], actor=actor, reason="结班")
    return closed


@intention
def reopen_class(
    training_class: TrainingClass, *, actor: Account, reason: str, seen: int | None = None
) -> TrainingClass:
    """Open a closed class again for a correction, with the reason; those who completed it stay so.

    The ledger takes its hours back until the class is closed again.
    """
    held = _hold(training_class, (State.CLOSED,), "重新打开", seen)
    _demand_reason(reason, "重新打开")
    withdraw_classes([held.pk], actor=actor, reason=reason.strip()[:200])
    return _move(held, State.REOPENED, actor=actor, reason=reason.strip(), closed_on=None)


@intention
def cancel_class(
    training_class: TrainingClass, *, actor: Account, reason: str, seen: int | None = None
) -> TrainingClass:
    """Cancel a class that has not ended; its trainees are free for other classes."""
    held = _hold(training_class, (State.PLANNED, State.RUNNING), "取消", seen)
    _demand_reason(reason, "取消")
    Enrolment.objects.of_class(held).on_roster().order_by().update(state=Enrolment.State.WITHDRAWN)
    return _move(held, State.CANCELLED, actor=actor, reason=reason.strip(), closed_on=None)


def _hold(training_class: TrainingClass, sources: Collection[str], word: str, seen: int | None) -> TrainingClass:
    held = TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    demand_current(seen, held.version, "班次")
    if held.state not in sources:
        raise Refused(f"班次“{held.name}”{held.get_state_display()}，不能{word}")
    return held


def _demand_reason(reason: str, word: str) -> None:
    if not reason.strip():
        raise Refused(f"{word}班次须说明原因")


def _move(held: TrainingClass, state: str, *, actor: Account, reason: str, closed_on: date | None) -> TrainingClass:
    before = held.state
    held.state, held.state_reason, held.closed_on = state, reason[:200], closed_on
    held.version += 1
    held.revision += 1
    held.save(update_fields=["state", "state_reason", "closed_on", "version", "revision"])
    record(
        f"class.{state}", actor=actor.pk, obj=held, unit_id=held.unit_id, reason=reason, before={"state": before},
        after={"state": str(state)},
    )  # fmt: skip
    return held
