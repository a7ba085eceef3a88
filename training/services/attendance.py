"""Marks by hand and by machine: many cells in one write, a version per cell, leave untouched (考勤).

Everything is set-based: the number of queries does not grow with people or sessions. The class is held, so that the
marks of one class are written by one request at a time; each write counts the class's revision, which is also the
version of a new mark: a mark that was cleared and set again never has a version that somebody saw before.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, F, Q
from django.utils import timezone

from core.audit import record
from core.operations import Conflict, Refused, intention
from organization.models import Account
from training.models import AttendanceMark, Enrolment, LeaveRequest, LeaveSession, Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT

MOST_CELLS = 4000
"""Cells of one request: 100 people × 40 sessions (QUALITY.md B26)."""
Cell = tuple[UUID, UUID]
"""Enrolment and session."""
Counts = dict[UUID, Counter[str]]
"""Session → mark → how many."""
Source = AttendanceMark.Source
STALE, ON_LEAVE = "stale", "leave"


class UnknownCell(Exception):
    """A trainee or a session that is not of this class, or no longer; nothing was written (404)."""


class Edit(NamedTuple):
    """What somebody wants in a cell: a mark, or None to clear it.

    `version` is that of the mark they looked at, 0 where there was none. `over_leave` says that they were told of the
    leave which wrote the mark, and want to overwrite it all the same.
    """

    enrolment: UUID
    session: UUID
    mark: str | None
    version: int = 0
    over_leave: bool = False

    @property
    def cell(self) -> Cell:
        return self.enrolment, self.session


class Standing(NamedTuple):
    """What stands in a cell: `mark` None and `version` 0 where nothing does; who wrote it last, when, from where."""

    enrolment: UUID
    session: UUID
    mark: str | None = None
    version: int = 0
    source: str = ""
    by_id: UUID | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unsaved:
    """An edit that changed nothing, because somebody was quicker (`stale`) or the mark is a leave's (`leave`)."""

    why: str
    wanted: str | None
    current: Standing


@dataclass(frozen=True, slots=True)
class Saving:
    """What became of a request's edits, and how many of them changed a row.

    Where one did, `counts` are the marks of the sessions that were asked for, of everybody who holds one of the `seats`.
    """

    saved: Sequence[Standing]
    refused: Sequence[Unsaved]
    written: int
    seats: int = 0
    counts: Counts = field(default_factory=dict)


@intention
def save_marks(
    training_class: TrainingClass, edits: Sequence[Edit], *, actor: Account, source: str = Source.PAGE
) -> Saving:
    """Write the cells whose version is current; the others are told with what stands there.

    Raises UnknownCell where a cell is not of the class (then nothing is written), Refused where the class is closed or
    its results are confirmed, Conflict where a mark appeared while this was written: the same request may come again.
    """
    held = hold_for_marks(training_class)
    seats = _seats(held)
    _demand_known(held, edits, seats)
    there = _marks_there(held, edits)
    writing = _Writing(held, source, actor.pk, timezone.now(), _leaves(edits))
    for edit in edits:
        writing.take(edit, there.get(edit.cell))
    written = writing.carry_out()
    if not written:
        return Saving(writing.saved, writing.refused, 0)
    counts = settle(held, {edit.session for edit in edits}, len(seats))
    _record(held, edits, writing, actor)
    return Saving(writing.saved, writing.refused, written, len(seats), counts)


def hold_for_marks(training_class: TrainingClass) -> TrainingClass:
    """The class, locked. Raises Refused where its marks are not open any more."""
    held = TrainingClass.objects.select_for_update(no_key=True).get(pk=training_class.pk)
    if held.state in (TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED):
        raise Refused(f"班次“{held.name}”{held.get_state_display()}，考勤只能查看；请组织部先重新打开班次")
    return held


def _seats(held: TrainingClass) -> set[UUID]:
    """Everybody on the roster. Raises Refused once grades stand on it: results are confirmed then."""
    rows = dict(Enrolment.objects.of_class(held).on_roster().order_by().values_list("pk", "grade"))
    if any(rows.values()):
        raise Refused(
            "本班成绩已确认，考勤不能再直接更改；确有差错的，请班主任以工作簿“更正成绩”方式写明理由办理，由组织部或考评工作小组确认"
        )
    return set(rows)


def _demand_known(held: TrainingClass, edits: Iterable[Edit], seats: Collection[UUID]) -> None:
    wanted = {edit.session for edit in edits}
    known = Session.objects.filter(training_class=held, pk__in=wanted).count()
    if known != len(wanted) or any(edit.enrolment not in seats for edit in edits):
        raise UnknownCell


def _marks_there(held: TrainingClass, edits: Iterable[Edit]) -> dict[Cell, tuple[int, Standing]]:
    """The asked cells' marks with their keys, locked: leave and check-in write them too."""
    people, sessions = {edit.enrolment for edit in edits}, {edit.session for edit in edits}
    rows = AttendanceMark.objects.filter(training_class=held, enrolment__in=people, session__in=sessions)
    columns = rows.order_by("pk").select_for_update(no_key=True).values_list("pk", *Standing._fields)
    return {(standing.enrolment, standing.session): (key, standing) for key, standing in map(_standing_of, columns)}


def _standing_of(row: tuple[Any, ...]) -> tuple[int, Standing]:
    return row[0], Standing._make(row[1:])


def _leaves(edits: Iterable[Edit]) -> dict[tuple[Cell, str], UUID]:
    """Granted leaves that say the same as an edit: the mark is theirs again (undo after overwriting one)."""
    asked = [edit for edit in edits if edit.mark in LeaveRequest.Kind.values]
    if not asked:
        return {}
    rows = LeaveSession.objects.filter(
        live=True, session__in={edit.session for edit in asked}, request__state=LeaveRequest.State.GRANTED,
        request__enrolment__in={edit.enrolment for edit in asked},
    )  # fmt: skip
    columns = ("request__enrolment_id", "session_id", "request__kind", "request_id")
    return {((who, when), kind): leave for who, when, kind, leave in rows.values_list(*columns)}


ADD = """
INSERT INTO training_attendancemark
    (training_class_id, enrolment_id, session_id, mark, source, leave_id, by_id, at, version)
SELECT %s, fresh.enrolment, fresh.session, fresh.mark, fresh.source, fresh.leave, %s, %s, %s
FROM jsonb_to_recordset(%s) AS fresh (enrolment uuid, session uuid, mark text, source text, leave uuid)
"""
CHANGE = """
UPDATE training_attendancemark AS held
SET mark = fresh.mark, source = fresh.source, leave_id = fresh.leave, by_id = %s, at = %s, version = held.version + 1
FROM jsonb_to_recordset(%s) AS fresh (key bigint, mark text, source text, leave uuid)
WHERE held.id = fresh.key
"""
"""Four thousand cells are one parameter: rows of models would cost several times what the database does with them."""


class _Writing:
    """Sorts edits into what is saved and what is refused, then writes: one statement to add, change, remove each."""

    def __init__(
        self, held: TrainingClass, source: str, actor: UUID, now: datetime, leaves: Mapping[tuple[Cell, str], UUID]
    ) -> None:
        self.held, self.source, self.actor, self.now, self.leaves = held, source, actor, now, leaves
        self.saved: list[Standing] = []
        self.refused: list[Unsaved] = []
        self.added: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []
        self.removed: list[int] = []

    def take(self, edit: Edit, there: tuple[int, Standing] | None) -> None:
        key, current = there or (None, Standing(*edit.cell))
        if current.mark == edit.mark:
            self.saved.append(current)
        elif current.version != edit.version:
            self.refused.append(Unsaved(STALE, edit.mark, current))
        elif current.source == Source.LEAVE and not edit.over_leave:
            self.refused.append(Unsaved(ON_LEAVE, edit.mark, current))
        elif edit.mark is None:
            self.removed.append(key) if key is not None else None
            self.saved.append(Standing(*edit.cell))
        else:
            self._write(edit, edit.mark, key, current)

    def _write(self, edit: Edit, mark: str, key: int | None, current: Standing) -> None:
        leave = self.leaves.get((edit.cell, mark))
        source = str(Source.LEAVE if leave else self.source)
        facts = {"mark": mark, "source": source, "leave": str(leave) if leave else None}
        if key is None:
            self.added.append(facts | {"enrolment": str(edit.enrolment), "session": str(edit.session)})
        else:
            self.changed.append(facts | {"key": key})
        version = self.fresh_version if key is None else current.version + 1
        self.saved.append(Standing(*edit.cell, mark, version, source, self.actor, self.now))

    @property
    def fresh_version(self) -> int:
        return self.held.revision + 1

    def carry_out(self) -> int:
        """How many rows changed."""
        AttendanceMark.objects.filter(pk__in=self.removed).delete() if self.removed else None
        with connection.cursor() as cursor:
            if self.changed:
                cursor.execute(CHANGE, [self.actor, self.now, json.dumps(self.changed)])
            if self.added:
                self._add(cursor)
        return len(self.removed) + len(self.changed) + len(self.added)

    def _add(self, cursor: CursorWrapper) -> None:
        """Raises Conflict where a mark has appeared since; with it the whole intention is taken back."""
        facts: list[Any] = [self.held.pk, self.actor, self.now, self.fresh_version, json.dumps(self.added)]
        try:
            cursor.execute(ADD, facts)
        except IntegrityError as error:
            raise Conflict("有人正在登记同一格，本次没有写入任何内容，请再试一次") from error


def settle(held: TrainingClass, sessions: Collection[UUID], seats: int) -> Counts:
    """After marks changed: `recorded` of their sessions, `attendance_kept` and the revision of the class.

    A session is recorded where everybody on the roster has a mark, 出勤 included (docs/decisions/0004). Returns how many
    of whom hold a seat have which mark in each of these sessions.
    """
    counts: Counts = {session: Counter() for session in sessions}
    recorded: dict[UUID, bool] = {}
    seated = Count("marks", filter=Q(marks__enrolment__state__in=HOLDS_A_SEAT))
    rows = Session.objects.filter(pk__in=sessions).order_by().values_list("pk", "recorded", "marks__mark")
    for session, was, mark, number in rows.annotate(number=seated):
        recorded[session] = was
        counts[session] += Counter({mark: number} if number else {})
    full = {session: bool(seats) and marks.total() == seats for session, marks in counts.items()}
    moved = [session for session, was in recorded.items() if was != full[session]]
    if moved:
        Session.objects.filter(pk__in=moved).update(recorded=~F("recorded"))
    held.attendance_kept = any(counts.values()) or AttendanceMark.objects.filter(training_class=held).exists()
    held.revision += 1
    TrainingClass.objects.filter(pk=held.pk).update(attendance_kept=held.attendance_kept, revision=held.revision)
    return counts


def _record(held: TrainingClass, edits: Sequence[Edit], writing: _Writing, actor: Account) -> None:
    """One entry a request; the rows' own history is kept by triggers."""
    after = {
        "added": len(writing.added), "changed": len(writing.changed), "removed": len(writing.removed),
        "refused": len(writing.refused), "sessions": sorted({str(edit.session) for edit in edits})[:50],
        "source": str(writing.source),
    }  # fmt: skip
    record("attendance.save", actor=actor.pk, obj=held, unit_id=held.unit_id, after=after)
