"""The timetable moves under a leave: whoever writes sessions calls `follow_timetable`, with the class held.

A half-day that was asked for as a whole stays covered: a session put there later is covered too, one moved out of it
is given back. A session that was asked for by itself stays covered wherever it goes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from core.audit import record
from core.operations import Refused
from organization.models import Account
from training.models import LeaveRequest, LeaveSession, Session, TrainingClass
from training.services.leave.asking import HOLDING, cover
from training.services.leave.holding import MEASURED, measure
from training.services.leave.marking import take_back, write_leave_marks

State = LeaveRequest.State


def follow_timetable(training_class: TrainingClass, *, actor: Account | None) -> int:
    """Bring open and granted leaves of the class to its timetable; how many changed. To be called inside an intention."""
    found = LeaveSession.objects.filter(
        live=True, request__training_class=training_class, request__state__in=(State.ASKED, State.GRANTED)
    )
    by_request: dict[LeaveRequest, list[LeaveSession]] = defaultdict(list)
    for row in found.select_related("request__enrolment", "session").order_by("pk"):
        row.request.training_class = training_class
        by_request[row.request].append(row)
    if not by_request:
        return 0
    sessions = list(Session.objects.of_class(training_class))
    return sum(_follow(request, rows, sessions, actor) for request, rows in by_request.items())


def _follow(
    request: LeaveRequest, rows: list[LeaveSession], sessions: Iterable[Session], actor: Account | None
) -> bool:
    whole = {(row.date, row.period) for row in rows if row.whole}
    moved = [row for row in rows if (row.session.date, row.session.period) != (row.date, row.period)]
    gone = [row for row in moved if row.whole and (row.session.date, row.session.period) not in whole]
    for row in moved:
        row.date, row.period = row.session.date, row.session.period
    LeaveSession.objects.bulk_update(moved, ["date", "period"])
    added = _added(request, [one for one in sessions if (one.date, one.period) in whole])
    if gone:
        take_back(request, gone, actor=actor)
    if added and request.state == State.GRANTED:
        write_leave_marks(request, added, replace=False, actor=actor)
    return _write(request, bool(moved or added), actor)


def _added(request: LeaveRequest, sessions: Iterable[Session]) -> list[LeaveSession]:
    """Sessions of whole half-days that no leave of the trainee names yet; one that was given back stays so."""
    named = LeaveSession.objects.filter(request__enrolment=request.enrolment_id, request__state__in=HOLDING)
    known: set[UUID] = set(named.values_list("session_id", flat=True))
    return LeaveSession.objects.bulk_create(cover(request, one, True) for one in sessions if one.pk not in known)


def _write(request: LeaveRequest, changed: bool, actor: Account | None) -> bool:
    """The hours may have changed without a move: a session that grew longer counts anew."""
    before = request.hours
    measure(request)
    if not changed and request.hours == before:
        return False
    request.version += 1
    request.save(update_fields=[*MEASURED, "version"])
    record(
        "leave.follow", actor=actor.pk if actor else None, obj=request, unit_id=request.training_class.unit_id,
        before={"hours": str(before)}, after={"hours": str(request.hours)},
    )  # fmt: skip
    return True


def release_sessions(gone: Sequence[Session]) -> None:
    """Before sessions are deleted: what ended without leave lets them go. Raises Refused where a leave covers one."""
    rows = LeaveSession.objects.filter(session__in=gone)
    held = rows.filter(live=True, request__state__in=HOLDING).select_related("session", "request__enrolment").first()
    if held is not None:
        raise Refused(f"“{held.session}”在{held.request.enrolment}的请假之内，不能删除；请先取消或缩短这份请假")
    rows.delete()
