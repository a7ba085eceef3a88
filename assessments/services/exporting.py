"""A class written back to its workbook: what was imported, and what was entered on pages since."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from assessments.models import Answer, ClassAssessment, Exam, SatisfactionCount, ScoreEntry, Suggestion
from assessments.sheets.rows import ASPECTS, RATINGS, AnswerRow, EntryRow, Paper, Question, Satisfaction, ScoreRow
from assessments.workbook.book import ClassBook
from assessments.workbook.writing import write_book
from core.audit import record
from core.names import parse
from core.operations import intention
from organization.directory import UnitRef
from organization.models import Account
from training.models import AttendanceMark, Enrolment, Session, TrainingClass
from training.sheets.rows import Attendance, ClassFacts, Mark, MarkRow, Period, RosterRow, SessionKey, SessionRow

Labels = Mapping[UUID, str]
"""Names as on the roster by enrolment, in roster order."""


@intention
def export_class(training_class: TrainingClass, *, actor: Account | None) -> bytes:
    """The class as a workbook (.xlsx); it holds full ID numbers, so every export is in the audit log."""
    book = load_book(training_class)
    record(
        "class.export",
        actor=actor.pk if actor else None,
        obj=training_class,
        unit_id=training_class.unit_id,
        after={"trainees": len(book.roster)},
    )
    return write_book(book)


def load_book(training_class: TrainingClass) -> ClassBook:
    """Everything about a class as the workbook holds it, in a fixed number of queries."""
    assessment = ClassAssessment.objects.select_related("scheme").get(pk=training_class.pk)
    roster = list(Enrolment.objects.of_class(training_class).on_roster().select_related("cadre", "unit"))
    labels = {row.pk: row.roster_name for row in roster}
    sessions = {row.pk: row for row in Session.objects.of_class(training_class)}
    return ClassBook(
        facts=_facts(training_class, assessment.scheme.name),
        roster=tuple(_roster_row(row) for row in roster),
        sessions=tuple(_session_row(row) for row in sessions.values()),
        attendance=_attendance(training_class, labels, sessions) if training_class.attendance_kept else None,
        entries=_entries(training_class, labels) if assessment.entries_kept else None,
        entry_exam=_paper(training_class, Exam.Kind.ENTRY, labels),
        final_exam=_paper(training_class, Exam.Kind.FINAL, labels),
        satisfaction=_satisfaction(training_class) if assessment.satisfaction_kept else None,
    )


def _facts(row: TrainingClass, scheme: str) -> ClassFacts:
    return ClassFacts(
        name=row.name,
        start=row.start,
        end=row.end,
        organizer=row.organizer,
        class_type=row.class_type,
        code=row.code,
        host=row.host,
        place=row.place,
        manager=row.manager_names,
        planned=row.planned_size,
        scheme=scheme,
    )


def _roster_row(row: Enrolment) -> RosterRow:
    name = parse(row.roster_name)
    return RosterRow(
        name=name.bare,
        suffix=name.suffix,
        id_number=row.cadre.open_id_number(),
        unit=UnitRef(str(row.unit_id), row.unit.name),
        serial=row.serial,
        sex=row.cadre.get_sex_display(),
        ethnic_group=row.cadre.ethnic_group,
        political_status=row.cadre.political_status,
        post=row.post,
        post_level=row.post_level,
        rank=row.rank,
        phone=row.cadre.open_phone(),
        group=row.group,
        committee_post=row.committee_post,
    )


def _session_key(row: Session) -> SessionKey:
    return SessionKey(row.date, Period(row.period), row.number)


def _session_row(row: Session) -> SessionRow:
    return SessionRow(
        _session_key(row), row.title, row.hours, row.category_name, row.form, row.teacher_name, row.place_name
    )


def _attendance(training_class: TrainingClass, labels: Labels, sessions: Mapping[UUID, Session]) -> Attendance:
    """Columns of recorded sessions, and of those where somebody is marked already (leave): the others are empty there."""
    rows = AttendanceMark.objects.filter(training_class=training_class, enrolment__in=labels)
    there = {(who, when): mark for who, when, mark in rows.values_list("enrolment_id", "session_id", "mark")}
    begun = {when for _, when in there}
    keys = {row.pk: _session_key(row) for row in sessions.values() if row.recorded or row.pk in begun}
    open_yet = [pk for pk in keys if not sessions[pk].recorded]
    blank = {(labels[who], keys[pk]) for pk in open_yet for who in labels if (who, pk) not in there}
    away = [(cell, Mark(mark)) for cell, mark in there.items() if mark != AttendanceMark.Mark.PRESENT]
    marks = [MarkRow(labels[who], keys[when], mark) for (who, when), mark in away]
    order = {label: place for place, label in enumerate(labels.values())}
    marks.sort(key=lambda mark: (order[mark.person], mark.session))
    return Attendance(tuple(sorted(keys.values())), tuple(marks), frozenset(blank))


def _entries(training_class: TrainingClass, labels: Labels) -> tuple[EntryRow, ...]:
    rows = ScoreEntry.objects.filter(training_class=training_class, enrolment__in=labels).standing()
    return tuple(
        EntryRow(row.on, labels[row.enrolment_id], row.item.name, row.points, row.rating, row.reason, row.recorder)
        for row in rows.select_related("item").order_by("id")
    )


def _paper(training_class: TrainingClass, kind: str, labels: Labels) -> Paper | None:
    exam = Exam.objects.filter(training_class=training_class, kind=kind).first()
    if exam is None:
        return None
    questions = list(exam.questions.order_by("number"))
    sheets = list(exam.sheets.filter(enrolment__in=labels).order_by("enrolment__position"))
    if not exam.by_answers:
        return Paper(scores=tuple(ScoreRow(labels[s.enrolment_id], s.score or Decimal(0)) for s in sheets))
    places = {question.pk: place for place, question in enumerate(questions)}
    given: dict[int, list[str]] = defaultdict(lambda: [""] * len(questions))
    for sheet_id, question_id, letters in Answer.objects.filter(sheet__exam=exam).values_list(
        "sheet", "question", "given"
    ):
        given[sheet_id][places[question_id]] = letters
    return Paper(
        questions=tuple(Question(row.number, row.key, row.points) for row in questions),
        answers=tuple(AnswerRow(labels[sheet.enrolment_id], tuple(given[sheet.pk])) for sheet in sheets),
    )


def _satisfaction(training_class: TrainingClass) -> Satisfaction:
    rows = SatisfactionCount.objects.filter(training_class=training_class)
    counts = {(row.aspect, row.rating): row.count for row in rows}
    texts = Suggestion.objects.filter(training_class=training_class).values_list("text", flat=True)
    return Satisfaction(
        tuple(tuple(counts.get((aspect, rating), 0) for rating in RATINGS) for aspect in ASPECTS),  # type: ignore[misc]
        tuple(sorted(texts)),
    )
