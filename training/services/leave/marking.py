"""Marks of a leave: written when it is granted, taken back when it ends; a mark of anybody else is never touched.

Only a mark that still names the leave and whose source is still `leave` is taken back: who corrected it by hand has the
last word. Where the granting replaced a mark, taking back restores it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from core.operations import Refused
from organization.models import Account
from training.models import AttendanceMark, Enrolment, LeaveRequest, LeaveSession, TrainingClass
from training.services.attendance import settle

LEAVE = AttendanceMark.Source.LEAVE
WRITTEN = ["mark", "source", "leave", "by_id", "at", "version"]


@dataclass(frozen=True, slots=True)
class Marked:
    """How many sessions got the leave's mark, how many of them had another, how many keep a mark by hand."""

    written: int
    replaced: int
    kept: int


def write_leave_marks(
    request: LeaveRequest, rows: Sequence[LeaveSession], *, replace: bool, actor: Account | None
) -> Marked:
    """Mark these sessions with the leave's kind. A mark that is there stays, unless `replace` was confirmed."""
    _demand_open(request.training_class)
    found = AttendanceMark.objects.select_for_update().filter(
        enrolment=request.enrolment_id, session__in=[row.session_id for row in rows]
    )
    there = {mark.session_id: mark for mark in found}
    fresh = [_mark(request, row, actor) for row in rows if row.session_id not in there]
    AttendanceMark.objects.bulk_create(fresh, ignore_conflicts=True)  # who marked it this moment was quicker
    others = [row for row in rows if row.session_id in there and there[row.session_id].source != LEAVE]
    if replace:
        _replace(request, others, [there[row.session_id] for row in others], actor)
    _settle(request, rows)
    written = AttendanceMark.objects.filter(leave=request, source=LEAVE, session__in=[row.session_id for row in rows])
    replaced = len(others) if replace else 0
    return Marked(written.count(), replaced, len(others) - replaced)


def _mark(request: LeaveRequest, row: LeaveSession, actor: Account | None) -> AttendanceMark:
    return AttendanceMark(
        training_class_id=request.training_class_id, enrolment_id=request.enrolment_id, session_id=row.session_id,
        mark=request.kind, source=LEAVE, leave=request, by_id=actor.pk if actor else None, at=timezone.now(),
        version=request.training_class.revision + 1,
    )  # fmt: skip


def _replace(
    request: LeaveRequest, rows: Sequence[LeaveSession], marks: Sequence[AttendanceMark], actor: Account | None
) -> None:
    for row, mark in zip(rows, marks, strict=True):
        row.replaced, row.replaced_source = mark.mark, mark.source
        mark.mark, mark.source, mark.leave = request.kind, LEAVE, request
        mark.by_id, mark.at, mark.version = actor.pk if actor else None, timezone.now(), mark.version + 1
    LeaveSession.objects.bulk_update(rows, ["replaced", "replaced_source"])
    AttendanceMark.objects.bulk_update(marks, WRITTEN)


def take_back(request: LeaveRequest, rows: Sequence[LeaveSession], *, actor: Account | None) -> int:
    """Give these sessions back: the leave's own marks go, those that it replaced return; how many marks changed."""
    _demand_open(request.training_class)
    own = AttendanceMark.objects.select_for_update().filter(
        leave=request, source=LEAVE, session__in=[row.session_id for row in rows]
    )
    marks = {mark.session_id: mark for mark in own}
    restored = [row for row in rows if row.replaced and row.session_id in marks]
    for row in restored:
        mark = marks.pop(row.session_id)
        mark.mark, mark.source, mark.leave = row.replaced, row.replaced_source, None
        mark.by_id, mark.at, mark.version = actor.pk if actor else None, timezone.now(), mark.version + 1
        mark.save(update_fields=WRITTEN)
    AttendanceMark.objects.filter(pk__in=[mark.pk for mark in marks.values()]).delete()
    LeaveSession.objects.filter(pk__in=[row.pk for row in rows]).update(live=False)
    _settle(request, rows)
    return len(restored) + len(marks)


def _settle(request: LeaveRequest, rows: Sequence[LeaveSession]) -> None:
    """What the class says of these sessions follows its marks, and whoever looked at it before must look again."""
    seats = Enrolment.objects.of_class(request.training_class).on_roster().count()
    settle(request.training_class, [row.session_id for row in rows], seats)


def _demand_open(one: TrainingClass) -> None:
    """Raises Refused once results are confirmed: from then on marks change by an amendment only."""
    if Enrolment.objects.of_class(one).on_roster().exclude(grade="").exists():
        raise Refused("本班成绩已确认，考勤不能再因请假变动；确有差错的，请以“更正成绩”方式办理")
