"""Writing attendance from a workbook: only cells that came from a workbook may change.

A new row's version is the class's revision, as on pages (training.services.attendance).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from training.models import AttendanceMark, Enrolment, Session, TrainingClass
from training.services.changes import Changes
from training.sheets.rows import Attendance, Period, SessionKey

Cell = tuple[UUID, UUID]
WORKBOOK = AttendanceMark.Source.WORKBOOK


def write_marks(
    training_class: TrainingClass,
    attendance: Attendance | None,
    enrolments: Mapping[str, Enrolment],
    sessions: Mapping[SessionKey, Session],
    echoes: Collection[SessionKey] = (),
) -> Changes:
    """Bring the marks that came from a workbook to the sheet; rows from pages, leave or machines are untouched.

    A recorded session holds a mark for everybody, 出勤 included. Without the sheet the workbook's marks go. In a column
    that is an echo (`beside_pages`) an empty cell says nothing.
    """
    changes = Changes("mark", "考勤")
    there = {
        (row.enrolment_id, row.session_id): row for row in AttendanceMark.objects.filter(training_class=training_class)
    }
    quiet = {sessions[key].pk for key in echoes}
    wanted = dict(_wanted(attendance, enrolments, sessions)) if attendance else {}
    wanted = {cell: mark for cell, mark in wanted.items() if cell in there or cell[1] not in quiet}
    fresh = not there
    added = [
        AttendanceMark(
            training_class=training_class,
            enrolment_id=cell[0],
            session_id=cell[1],
            mark=mark,
            source=WORKBOOK,
            version=training_class.revision,
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


def beside_pages(
    training_class: TrainingClass, attendance: Attendance | None, enrolments: Mapping[str, Enrolment]
) -> tuple[set[SessionKey], set[SessionKey]]:
    """(echoes, recorded): what a sheet means beside marks from pages, leave, machines and check-in.

    A column that says of an unrecorded session exactly what is marked there, and nothing of anybody else, is an echo of
    our own export: nobody has kept that session's attendance yet. A session that pages have kept in full stays recorded
    where the sheet has no column for it.
    """
    columns = set(attendance.sessions) if attendance else set()
    rows = AttendanceMark.objects.filter(training_class=training_class, enrolment__in=enrolments.values())
    if not rows.exclude(source=WORKBOOK).exists():
        return set(), columns
    labels = {enrolment.pk: label for label, enrolment in enrolments.items()}
    stands: dict[SessionKey, dict[str, str]] = defaultdict(dict)
    elsewhere, kept = Counter[SessionKey](), set[SessionKey]()
    for row in rows.select_related("session"):
        key = SessionKey(row.session.date, Period(row.session.period), row.session.number)
        stands[key][labels[row.enrolment_id]] = row.mark
        elsewhere[key] += row.source != WORKBOOK
        if row.session.recorded:
            kept.add(key)
    echoes = {key for key in columns & set(stands) if key not in kept and _repeats(attendance, key, stands[key])}
    full = {key for key in kept if elsewhere[key] == len(enrolments)}
    return echoes, (columns - echoes) | full


def _repeats(attendance: Attendance | None, key: SessionKey, stands: Mapping[str, str]) -> bool:
    """Whether a column says what stands there: the same marks, and as many ticks as people marked present."""
    if attendance is None:
        return False
    said = {mark.person: mark.mark.value for mark in attendance.marks if mark.session == key}
    away = {label: mark for label, mark in stands.items() if mark != AttendanceMark.Mark.PRESENT}
    return said == away and attendance.ticks.get(key, 0) == len(stands) - len(away)
