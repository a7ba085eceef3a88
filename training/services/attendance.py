"""Marks by hand and by machine: many cells in one write, a version per cell, leave untouched (考勤).

Everything is set-based: the number of queries does not grow with people or sessions. The class is held, so that the
marks of one class are written by one request at a time; each write counts the class's revision, which is also the
version of a new mark: a mark that was cleared and set again never has a version that somebody saw before.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count
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
Source = AttendanceMark.Source
WRITTEN = ["mark", "source", "leave", "by_id", "at", "version"]
STALE, ON_LEAVE = "stale", "leave"


class UnknownCell(Exception):
    """A trainee or a session that is not of this class, or no longer; nothing was written (404)."""


@dataclass(frozen=True, slots=True)
class Edit:
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


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a cell: `mark` None and `version` 0 where nothing does; who wrote it last, when, from where."""

    enrolment: UUID
    session: UUID
    mark: str | None = None
    version: int = 0
    source: str = ""
    by_id: UUID | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, row: AttendanceMark) -> "Standing":
        return cls(row.enrolment_id, row.session_id, row.mark, row.version, row.source, row.by_id, row.at)


@dataclass(frozen=True, slots=True)
class Unsaved:
    """An edit that changed nothing, because somebody was quicker (`stale`) or the mark is a leave's (`leave`)."""

    why: str
    wanted: str | None
    current: Standing


@dataclass(frozen=True, slots=True)
class Saving:
    """What became of a request's edits, and how many of them changed a row."""

    saved: Sequence[Standing]
    refused: Sequence[Unsaved]
    written: int


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
    if written:
        settle(held, {edit.session for edit in edits}, len(seats))
        _record(held, edits, writing, actor)
    return Saving(writing.saved, writing.refused, written)


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


def _marks_there(held: TrainingClass, edits: Iterable[Edit]) -> dict[Cell, AttendanceMark]:
    """The asked cells' marks, locked: leave and check-in write them too."""
    people, sessions = {edit.enrolment for edit in edits}, {edit.session for edit in edits}
    rows = AttendanceMark.objects.filter(training_class=held, enrolment__in=people, session__in=sessions)
    return {(row.enrolment_id, row.session_id): row for row in rows.order_by("pk").select_for_update(no_key=True)}


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


class _Writing:
    """Sorts edits into what is saved and what is refused, then writes: one statement to add, change, remove each."""

    def __init__(
        self, held: TrainingClass, source: str, actor: UUID, now: datetime, leaves: Mapping[tuple[Cell, str], UUID]
    ) -> None:
        self.held, self.source, self.actor, self.now, self.leaves = held, source, actor, now, leaves
        self.saved: list[Standing] = []
        self.refused: list[Unsaved] = []
        self.added: list[AttendanceMark] = []
        self.changed: list[AttendanceMark] = []
        self.removed: list[AttendanceMark] = []

    def take(self, edit: Edit, row: AttendanceMark | None) -> None:
        current = Standing.of(row) if row else Standing(*edit.cell)
        if current.mark == edit.mark:
            self.saved.append(current)
        elif current.version != edit.version:
            self.refused.append(Unsaved(STALE, edit.mark, current))
        elif current.source == Source.LEAVE and not edit.over_leave:
            self.refused.append(Unsaved(ON_LEAVE, edit.mark, current))
        else:
            self._write(edit, row)

    def _write(self, edit: Edit, row: AttendanceMark | None) -> None:
        if edit.mark is None:
            self.removed.append(row) if row else None
            self.saved.append(Standing(*edit.cell))
            return
        leave = self.leaves.get((edit.cell, edit.mark))
        facts: dict[str, Any] = {
            "mark": edit.mark, "leave_id": leave, "source": Source.LEAVE if leave else self.source,
            "by_id": self.actor, "at": self.now,
        }  # fmt: skip
        if row is None:
            version = self.held.revision + 1
            row = AttendanceMark(
                training_class=self.held, enrolment_id=edit.enrolment, session_id=edit.session, version=version, **facts
            )
            self.added.append(row)
        else:
            for name, value in facts.items():
                setattr(row, name, value)
            row.version += 1
            self.changed.append(row)
        self.saved.append(Standing.of(row))

    def carry_out(self) -> int:
        """How many rows changed. Locked rows are written by an upsert: far cheaper than a CASE a row."""
        AttendanceMark.objects.filter(pk__in=[row.pk for row in self.removed]).delete() if self.removed else None
        AttendanceMark.objects.bulk_create(
            self.changed, update_conflicts=True, update_fields=WRITTEN,
            unique_fields=["training_class", "enrolment", "session"],
        )  # fmt: skip
        try:
            with transaction.atomic():
                AttendanceMark.objects.bulk_create(self.added)
        except IntegrityError as error:
            raise Conflict("有人正在登记同一格，本次没有写入任何内容，请再试一次") from error
        return len(self.removed) + len(self.changed) + len(self.added)


def settle(held: TrainingClass, sessions: Collection[UUID], seats: int) -> None:
    """After marks changed: `recorded` of their sessions, `attendance_kept` and the revision of the class.

    A session is recorded where everybody on the roster has a mark, 出勤 included (docs/decisions/0004).
    """
    rows = AttendanceMark.objects.filter(training_class=held, session__in=sessions, enrolment__state__in=HOLDS_A_SEAT)
    counts = dict(rows.order_by().values_list("session").annotate(Count("pk")))
    full = [session for session in sessions if seats and counts.get(session, 0) == seats]
    Session.objects.filter(pk__in=full, recorded=False).update(recorded=True)
    Session.objects.filter(pk__in=sessions, recorded=True).exclude(pk__in=full).update(recorded=False)
    held.attendance_kept = bool(counts) or AttendanceMark.objects.filter(training_class=held).exists()
    held.revision += 1
    held.save(update_fields=["attendance_kept", "revision"])


def _record(held: TrainingClass, edits: Sequence[Edit], writing: _Writing, actor: Account) -> None:
    """One entry a request; the rows' own history is kept by triggers."""
    after = {
        "added": len(writing.added), "changed": len(writing.changed), "removed": len(writing.removed),
        "refused": len(writing.refused), "sessions": sorted({str(edit.session) for edit in edits})[:50],
        "source": str(writing.source),
    }  # fmt: skip
    record("attendance.save", actor=actor.pk, obj=held, unit_id=held.unit_id, after=after)
