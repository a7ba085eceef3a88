"""Rows held while leave is changed: the class first, like everybody who writes a class, then the request."""

from collections.abc import Collection, Iterable

from django.utils import timezone

from core.operations import Refused, demand_current
from core.scope import unscoped
from organization.models import Account
from training.models import LeaveRequest, LeaveSession, Session, TrainingClass
from training.rules import Bell, times
from training.rules.leave import half_days

OVER = (TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED)
State = LeaveRequest.State


def hold_class(training_class: TrainingClass) -> TrainingClass:
    """The class, locked. Raises Refused when nobody takes leave of it any more."""
    held = TrainingClass.objects.select_for_update(of=("self",), no_key=True).select_related("unit")
    one = held.get(pk=training_class.pk)
    if one.state in OVER:
        raise Refused(f"班次“{one.name}”{one.get_state_display()}，不能再办理请假；请组织部先重新打开班次")
    return one


def hold_request(request: LeaveRequest, states: Collection[str], word: str, seen: int | None) -> LeaveRequest:
    """The request, locked with its class. Raises Conflict when it moved on, Refused when its state does not fit."""
    one = hold_class(request.training_class)
    rows = LeaveRequest.objects.select_for_update(of=("self",), no_key=True).select_related("enrolment__cadre")
    held = rows.get(pk=request.pk)
    held.training_class = held.enrolment.training_class = one
    demand_current(seen, held.version, "这份请假")
    if held.state not in states:
        raise Refused(f"这份请假{held.get_state_display()}，不能{word}")
    return held


def live_sessions(request: LeaveRequest) -> list[LeaveSession]:
    """The covered sessions that are not given back, in the order of the timetable."""
    rows = LeaveSession.objects.filter(request=request, live=True).select_related("session")
    return list(rows.order_by("session__date", "session__period", "session__number"))


def is_own(request: LeaveRequest, actor: Account) -> bool:
    return actor.pk in request.enrolment.cadre.accounts


def begun(training_class: TrainingClass, sessions: Iterable[Session]) -> list[Session]:
    """Which of these have begun: by their own times, else by the school's bell. One after midnight is of its own time."""
    rows = list(sessions)
    if not rows:
        return []
    day = Session.objects.filter(training_class=training_class, date__in={row.date for row in rows})
    starts = {one.pk: span[0] for one, span in times(day, Bell.of(training_class.unit, rows[0].date)).items()}
    return [row for row in rows if starts[row.pk] <= timezone.now()]


def has_begun(request: LeaveRequest) -> bool:
    """Whether a covered session has begun: from then on the trainee cannot cancel the leave."""
    with unscoped("sessions of a request that was fetched in scope"):
        return bool(begun(request.training_class, [row.session for row in live_sessions(request)]))


def measure(request: LeaveRequest) -> None:
    """Write into `request` what it covers now: first and last day, hours, half-days. Nothing changes when none is left."""
    rows = [row.session for row in live_sessions(request)]
    if rows:
        request.first, request.last = rows[0].date, rows[-1].date
        request.hours = sum(row.hours for row in rows)
        request.half_days = half_days((row.date, row.period) for row in rows)


MEASURED = ["first", "last", "hours", "half_days"]
