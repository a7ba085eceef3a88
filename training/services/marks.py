"""Writing attendance from a workbook: only cells that came from a workbook may change."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from training.models import AttendanceMark, Enrolment, Session, TrainingClass
from training.services.changes import Changes
from training.sheets.rows import Attendance, SessionKey

Cell = tuple[UUID, UUID]
WORKBOOK = AttendanceMark.Source.WORKBOOK


def write_marks(
    training_class: TrainingClass,
    attendance: Attendance | None,
    enrolments: Mapping[str, Enrolment],
    sessions: Mapping[SessionKey, Session],
) -> Changes:
    """Bring the marks that came from a workbook to the sheet; rows from pages, leave or machines are untouched.

    A recorded session holds a mark for everybody, 出勤 included. Without the sheet the workbook's marks go.
    """
    changes = Changes("mark", "考勤")
    wanted = dict(_wanted(attendance, enrolments, sessions)) if attendance else {}
    there = {
        (row.enrolment_id, row.session_id): row for row in AttendanceMark.objects.filter(training_class=training_class)
    }
    fresh = not there
    added = [
        AttendanceMark(
            training_class=training_class, enrolment_id=cell[0], session_id=cell[1], mark=mark, source=WORKBOOK
        )
        for cell, mark in wanted.items()
        if cell not in there
    ]
    ours = {cell: row for cell, row in there.items() if row.source == WORKBOOK}
    changed = [row for cell, row in ours.items() if cell in wanted and row.mark != wanted[cell]]
    removed = [row for cell, row in ours.items() if cell not in wanted]
    for row in changed:
        cell = (row.enrolment_id, row.session_id)
        changes.note("changed", row, {"mark": row.mark}, {"mark": str(wanted[cell])})
        row.mark, row.version = wanted[cell], row.version + 1
    for row in removed:
        changes.note("removed", row, {"mark": row.mark})
    AttendanceMark.objects.filter(pk__in=[row.pk for row in removed]).delete()
    AttendanceMark.objects.bulk_update(changed, ["mark", "version"], batch_size=1000)
    AttendanceMark.objects.bulk_create(added, batch_size=5000)
    for row in added:
        if not fresh or row.mark != AttendanceMark.Mark.PRESENT:
            changes.note("added", row, after={"mark": row.mark, "enrolment_id": str(row.enrolment_id)})
    return changes


def _wanted(
    attendance: Attendance, enrolments: Mapping[str, Enrolment], sessions: Mapping[SessionKey, Session]
) -> Iterator[tuple[Cell, str]]:
    away = {(mark.person, mark.session): mark.mark.value for mark in attendance.marks}
    for key in attendance.sessions:
        session = sessions[key]
        for label, enrolment in enrolments.items():
            yield (enrolment.pk, session.pk), away.get((label, key), AttendanceMark.Mark.PRESENT.value)
