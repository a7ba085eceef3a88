"""Every class of people: role, hours, and for the department and the person marks, points, exams, leave, activities."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from assessments.models import Result
from core.amounts import mean
from reports.gathering.archive.sight import Sight
from reports.papers.archive_classes import (
    Attended,
    BlockPoints,
    ClassLine,
    LeaveTaken,
    ResultLine,
    TookPart,
)
from training.models import ActivityPart, AttendanceMark, Enrolment, LeaveRequest, Session, TrainingClass

WHY_SESSIONS = "timetables of classes in which people fetched in scope learned"
WHY_MEANS = "means of classes in which people fetched in scope learned"
SEEN = (Result.State.SHOWN, Result.State.CONFIRMED, Result.State.AMENDED)
TAKEN = (LeaveRequest.State.GRANTED, LeaveRequest.State.RETURNED)
GONE = (Enrolment.State.SUBSTITUTED, Enrolment.State.INVITED)
Owners = Mapping[UUID, UUID]
ByKey = Mapping[UUID, list[Any]]


def classes_of(owners: Owners, sight: Sight) -> dict[UUID, list[ClassLine]]:
    """The latest first; seven queries, three for those who see hours and grades only."""
    rows = sight.rows(Enrolment).filter(cadre__in=owners).exclude(state__in=GONE)
    rows = rows.exclude(training_class__state=TrainingClass.State.CANCELLED)
    seats = list(rows.select_related("training_class", "unit").order_by("-since", "pk"))
    keys = [seat.pk for seat in seats]
    results = {one.enrolment_id: one for one in _results(keys, sight)}
    sessions = _grouped(_sessions(seats), "training_class_id")
    marks, leaves, parts = _records(keys, sight) if sight.whole else ({}, {}, {})
    found: dict[UUID, list[ClassLine]] = {}
    for seat in seats:
        line = _line(seat, results.get(seat.pk), sessions.get(seat.training_class_id, []), sight)
        if sight.whole:
            line = _with_records(line, sessions.get(seat.training_class_id, []), marks.get(seat.pk, []))
            line = replace(line, leaves=_leaves(leaves.get(seat.pk, [])), activities=_parts(parts.get(seat.pk, [])))
        found.setdefault(owners[seat.cadre_id], []).append(line)
    return found


def _results(keys: Sequence[UUID], sight: Sight) -> Any:
    return sight.rows(Result).filter(enrolment__in=keys, state__in=SEEN)


def _sessions(seats: Sequence[Enrolment]) -> Any:
    classes = {seat.training_class_id for seat in seats}
    rows = Session.objects.unscoped(WHY_SESSIONS).filter(training_class__in=classes)
    columns = ("pk", "training_class_id", "date", "title", "hours", "recorded")
    return rows.only(*columns).order_by("date", "period", "number")


def _records(keys: Sequence[UUID], sight: Sight) -> tuple[ByKey, ByKey, ByKey]:
    marks = sight.rows(AttendanceMark).filter(enrolment__in=keys)
    leaves = sight.rows(LeaveRequest).filter(enrolment__in=keys, state__in=TAKEN).order_by("first", "pk")
    parts = ActivityPart.objects.filter(enrolment__in=keys, activity__cancelled="").select_related("activity")
    found = (marks, leaves, parts.order_by("activity__date", "pk"))
    return tuple(_grouped(rows, "enrolment_id") for rows in found)  # type: ignore[return-value]


def _grouped(rows: Iterable[Any], column: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _line(seat: Enrolment, result: Result | None, sessions: Sequence[Session], sight: Sight) -> ClassLine:
    one = seat.training_class
    return ClassLine(
        enrolment=seat.pk, training_class=one.pk, name=one.name, code=one.code, kind=one.class_type,
        organizer=one.organizer, place=one.place, since=seat.since, until=seat.until, unit=seat.unit.name,
        post=seat.post, group=seat.group, committee_post=seat.committee_post, state=seat.state,
        state_word=seat.get_state_display(), class_state=one.state, full_time=seat.full_time,
        hours=result.attended_hours if result else None,
        total_hours=sum((session.hours for session in sessions), Decimal(0)),
        leave_hours=result.leave_hours if result and sight.whole else None,
        result=_result(result, sight) if result else None,
    )  # fmt: skip


def _result(row: Result, sight: Sight) -> ResultLine:
    account: dict[str, Any] = row.explanation or {}
    shown = ResultLine(
        row.state, row.get_state_display(), row.grade, row.rank, account.get("rank", {}).get("of"), row.candidate
    )
    if not sight.whole:
        return replace(shown, candidate="")
    blocks = tuple(_block(one) for one in account.get("blocks", []) if one["maximum"])
    return replace(
        shown, total=row.total, base=row.base, bonus=row.bonus, entry=row.entry_score, final=row.final_score,
        blocks=blocks,
    )  # fmt: skip


def _block(told: Mapping[str, Any]) -> BlockPoints:
    points = None if told["points"] is None else Decimal(told["points"])
    return BlockPoints(told["block"], Decimal(told["maximum"]), points)


def _with_records(line: ClassLine, sessions: Sequence[Session], marks: Sequence[AttendanceMark]) -> ClassLine:
    """The heat strip: who was there in a recorded session has no mark of their own, or 出勤."""
    of = {mark.session_id: mark for mark in marks}
    strip = []
    for session in sessions if any(one.recorded for one in sessions) else ():
        mark = of.get(session.pk)
        code = mark.mark if mark else ("present" if session.recorded else "")
        word = mark.get_mark_display() if mark else ("出勤" if session.recorded else "未记考勤")
        strip.append(Attended(session.date, session.title, session.hours, code, word))
    return replace(line, strip=tuple(strip))


def _leaves(rows: Iterable[LeaveRequest]) -> tuple[LeaveTaken, ...]:
    return tuple(
        LeaveTaken(row.get_kind_display(), row.first, row.last, row.hours, row.get_state_display()) for row in rows
    )


def _parts(rows: Iterable[ActivityPart]) -> tuple[TookPart, ...]:
    return tuple(
        TookPart(row.activity.get_kind_display(), row.activity.title, row.activity.date, row.get_part_display())
        for row in rows
    )


def means_of(classes: Iterable[UUID]) -> dict[UUID, dict[str, Decimal | None]]:
    """The mean of each block by class, to 0.01, 退学 left out as everywhere; one query."""
    rows = Result.objects.unscoped(WHY_MEANS).filter(training_class__in=set(classes))
    told = rows.exclude(grade=Result.Grade.WITHDRAWN).values_list("training_class_id", "explanation__blocks")
    held: dict[UUID, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for one, blocks in told.iterator():
        for block in blocks or []:
            if block["points"] is not None:
                held[one][block["block"]].append(Decimal(block["points"]))
    return {one: {name: mean(points) for name, points in of.items()} for one, of in held.items()}


def with_means(line: ClassLine, means: Mapping[str, Decimal | None]) -> ClassLine:
    if line.result is None:
        return line
    blocks = tuple(replace(block, mean=means.get(block.name)) for block in line.result.blocks)
    return replace(line, result=replace(line.result, blocks=blocks))
