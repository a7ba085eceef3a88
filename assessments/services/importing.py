"""The class workbook's way into the database: rehearse, then commit from the same stored bytes.

A rehearsal writes nothing about the class; it keeps the file, what it said, and the class's revision. A commit reads
the stored bytes again, refuses when somebody else was quicker, and writes everything or nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from assessments.models import ClassAssessment, Exam, Item, ScoreEntry, ScoringScheme, WorkbookImport
from assessments.services.lookups import (
    busy_elsewhere,
    directory_of,
    master_records,
    rules_of,
    schemes_of,
    taken_elsewhere,
)
from assessments.services.papers import write_paper
from assessments.services.records import write_entries, write_satisfaction
from assessments.services.scoring import score_class
from assessments.workbook.book import ClassBook
from assessments.workbook.marking_up import mark_up
from assessments.workbook.reading import peek_facts, peek_words
from assessments.workbook.rehearsal import Rehearsal, judge
from assessments.workbook.template import write_template
from core import files
from core.audit import record, record_many
from core.crypto import blind_index
from core.operations import Conflict, Refused, intention
from core.pdf.coverage import missing_characters
from core.sheets.faults import Fault, Level, Place
from core.sheets.limits import CLASS_WORKBOOK
from core.sheets.reading import read_workbook
from core.sheets.refusal import FileRefused
from organization.directory import UnitDirectory
from organization.models import Account, Unit
from organization.services import authority_of
from training.models import AttendanceMark, Enrolment, TrainingClass
from training.services import (
    Changes,
    ClassIdentity,
    Person,
    beside_pages,
    find_class,
    write_class,
    write_marks,
    write_roster,
    write_sessions,
)
from training.services.leave import follow_timetable
from training.sheets import roster


def rehearse_for(data: bytes, unit: Unit | None, today: date, directory: UnitDirectory | None = None) -> Rehearsal:
    """What a rehearsal says of these bytes for a class organised by `unit`; nothing is written.

    Units are those of the unit's authority; `directory` stands in for them where the database has no units yet.
    Raises FileRefused for what cannot be read as a workbook at all.
    """
    workbook = read_workbook(data, CLASS_WORKBOOK)
    schemes = schemes_of(unit)
    facts = peek_facts(workbook, rules_of(schemes), today) if unit else None
    known = find_class(ClassIdentity.of(facts, unit)) if facts and unit else None
    schemes |= _scheme_it_began_with(known)
    rehearsal = judge(
        workbook,
        units=directory or _directory(unit),
        schemes=rules_of(schemes),
        missing_characters=missing_characters,
        today=today,
        cadres=master_records,
        clashes=taken_elsewhere(unit, known, facts.place) if facts and unit else None,
    )
    if rehearsal.book is None or unit is None:
        return rehearsal
    return _with_overlaps(rehearsal, rehearsal.book, unit)


def _scheme_it_began_with(known: TrainingClass | None) -> dict[str, ScoringScheme]:
    """The edition that a class which is there already keeps; its entries are judged by it."""
    there = ClassAssessment.objects.select_related("scheme").filter(pk=known.pk).first() if known else None
    return {there.scheme.name: there.scheme} if there else {}


def _directory(unit: Unit | None) -> UnitDirectory:
    return directory_of(unit) if unit else UnitDirectory()


def _with_overlaps(rehearsal: Rehearsal, book: ClassBook, unit: Unit) -> Rehearsal:
    """Add an error for everybody who sits in another full-time class at that time: the database would refuse them."""
    known = find_class(ClassIdentity.of(book.facts, unit))
    people = {blind_index(row.id_number): row for row in book.roster}
    busy = busy_elsewhere(list(people), known, book.facts.start, book.facts.end)
    faults = [
        Fault(
            Level.ERROR,
            "overlapping_enrolment",
            Place(roster.NAME, people[index].row, "姓名"),
            f"同期（{there.since:%Y-%m-%d} 至 {there.until:%Y-%m-%d}）已在{_other_class(there, unit)}，不能再编入本班",
            people[index].label,
        )
        for index, there in busy.items()
    ]
    if not faults:
        return rehearsal
    faults.sort(key=lambda fault: fault.place.row or 0)
    return replace(rehearsal, book=None, errors=(*rehearsal.errors, *faults))


def _other_class(there: Enrolment, unit: Unit) -> str:
    """The class somebody sits in, by name only where it belongs to the same area."""
    same_area = there.training_class.unit.path.startswith(authority_of(unit).path)
    return f"脱产班次“{there.training_class.name}”" if same_area else "其他地方的脱产班次"


@intention
def rehearse_workbook(data: bytes, file_name: str, *, actor: Account, unit: Unit) -> WorkbookImport:
    """Keep the file (encrypted, for some days) and what a rehearsal says of it.

    Raises FileRefused for what cannot be read as a workbook, Refused when the class belongs to somebody else.
    """
    today = timezone.localdate()
    rehearsal = rehearse_for(data, unit, today)
    known = None if rehearsal.book is None else _own_class(rehearsal.book, unit, actor)
    said = _readable_words(data, unit, today) if rehearsal.book is None else _class_words(rehearsal.book)
    imported = WorkbookImport.objects.create(
        unit=unit,
        training_class=known,
        file=files.keep(data, delete_after=today + timedelta(days=settings.UPLOAD_KEEP_DAYS)),
        file_name=file_name[:200],
        state=WorkbookImport.State.REFUSED if rehearsal.book is None else WorkbookImport.State.REHEARSED,
        revision=known.revision if known else None,
        faults=rehearsal.to_json() | {"class": said},
        uploaded_by_id=actor.pk,
    )
    digest = hashlib.sha256(data).hexdigest()
    counts = {level: len(getattr(rehearsal, level)) for level in ("errors", "warnings", "notices")}
    event = "import.rejected" if rehearsal.book is None else "import.rehearsed"
    record(event, actor=actor.pk, obj=imported, unit_id=unit.pk, after={"sha256": digest, **counts})
    return imported


def note_refused(data: bytes, refused: FileRefused, *, actor: Account, unit: Unit | None) -> None:
    """A file that could not be read as a workbook at all: nothing of it is kept but its hash and why."""
    after = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "code": refused.code}
    place = unit.pk if unit else None
    record("import.rejected", actor=actor.pk, unit_id=place, result="refused", reason=refused.message, after=after)


def _own_class(book: ClassBook, unit: Unit, actor: Account) -> TrainingClass | None:
    """The class the workbook would change.

    Raises Refused when it exists but the actor does not manage it: somebody else's class cannot be taken over.
    """
    known = find_class(ClassIdentity.of(book.facts, unit))
    if known is None:
        return None
    if not TrainingClass.objects.managed_by(actor).filter(pk=known.pk).exists():
        raise Refused(f"班次“{known.name}”已由他人建立，您不是该班班主任；请联系该班班主任或组织部干部教育科")
    if known.state in (TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED):
        raise Refused(f"班次“{known.name}”{known.get_state_display()}，不能再由工作簿更改；请联系组织部干部教育科")
    return known


def _readable_words(data: bytes, unit: Unit, today: date) -> dict[str, Any]:
    """What a refused workbook says of its class, as far as it can be read; nothing was counted."""
    return dict(peek_words(read_workbook(data, CLASS_WORKBOOK), rules_of(schemes_of(unit)), today))


def _class_words(book: ClassBook) -> dict[str, Any]:
    facts = book.facts
    return {
        "name": facts.name,
        "code": facts.code,
        "organizer": facts.organizer,
        "start": facts.start.isoformat(),
        "end": facts.end.isoformat(),
        "trainees": len(book.roster),
        "sessions": len(book.sessions),
        "entries": len(book.entries or ()),
    }


@dataclass(frozen=True, slots=True)
class Committed:
    """The class that was written, and what changed, kind by kind."""

    training_class: TrainingClass
    created: bool
    changes: Sequence[Changes]

    @property
    def summary(self) -> dict[str, Any]:
        return {"created": self.created, "changes": [changes.counts() for changes in self.changes]}


@intention
def commit_workbook(imported: WorkbookImport, *, actor: Account, amending: bool = False) -> TrainingClass:
    """Write a rehearsed workbook: the class, its people, its records, and its scores.

    With `amending`, confirmed results are left to `amend_results`, which the caller runs in the same transaction.
    Raises Conflict when the class changed since the rehearsal, Refused when the workbook has errors by now, was
    committed already by somebody else, or the class's results are confirmed and this is no amendment.
    """
    imported = WorkbookImport.objects.select_for_update().get(pk=imported.pk)
    if imported.state == WorkbookImport.State.COMMITTED and imported.training_class is not None:
        return imported.training_class
    if imported.state != WorkbookImport.State.REHEARSED:
        raise Refused("工作簿有错误，不能导入；请按错误清单改正后重新上传")
    data = files.load(imported.file)
    today = timezone.localdate()
    rehearsal = rehearse_for(data, imported.unit, today)
    if rehearsal.book is None:
        raise Refused("预演之后单位或学员情况有了变化，工作簿现在有错误；请重新上传预演")
    known = _locked_class(rehearsal.book, imported, actor)
    if known is not None and _is_confirmed(known) and not amending:
        raise Refused("本班成绩已确认。如确需更正，请以“更正成绩”方式导入并写明理由，相关公文将重新印发")
    committed = write_book(rehearsal.book, known, imported.unit, actor=actor, today=today)
    if not (known is not None and _is_confirmed(known)):
        score_class(committed.training_class, actor=actor)
    imported.training_class = committed.training_class
    imported.state = WorkbookImport.State.COMMITTED
    imported.summary = committed.summary
    imported.committed = timezone.now()
    imported.save(update_fields=["training_class", "state", "summary", "committed"])
    _audit(committed, imported, actor)
    return committed.training_class


def _locked_class(book: ClassBook, imported: WorkbookImport, actor: Account) -> TrainingClass | None:
    """The class as it is now, locked; two commits of one identity stand in line."""
    identity = ClassIdentity.of(book.facts, imported.unit)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", [str(imported.unit_id), str(identity)]
        )
    known = _own_class_or_conflict(book, imported, actor)
    if known is None:
        return None
    known = TrainingClass.objects.select_for_update().get(pk=known.pk)
    if known.revision != imported.revision:
        raise Conflict(
            "预演之后，本班已被他人更改，本次导入没有写入任何内容；请重新上传，查看最新差异后再确认",
            yours=imported.revision,
            current=known.revision,
        )
    return known


def _own_class_or_conflict(book: ClassBook, imported: WorkbookImport, actor: Account) -> TrainingClass | None:
    known = find_class(ClassIdentity.of(book.facts, imported.unit))
    if known is not None and imported.training_class_id is None:
        raise Conflict(
            f"预演之后，他人已建立班次“{known.name}”，本次导入没有写入任何内容；请重新上传", current=known.revision
        )
    return _own_class(book, imported.unit, actor)


def _is_confirmed(training_class: TrainingClass) -> bool:
    return ClassAssessment.objects.filter(pk=training_class.pk, confirmed_at__isnull=False).exists()


def write_book(book: ClassBook, known: TrainingClass | None, unit: Unit, *, actor: Account, today: date) -> Committed:
    """Bring the class to what the book says, source by source; returns what changed."""
    training_class, class_changes = write_class(known, book.facts, unit, actor=actor, today=today)
    training_class.attendance_kept = book.attendance is not None or _marked_elsewhere(training_class)
    training_class.save(update_fields=["attendance_kept"])
    units = {str(row.pk): row for row in Unit.objects.filter(pk__in={row.unit.key for row in book.roster})}
    people = [Person(row, blind_index(row.id_number)) for row in book.roster]
    try:
        enrolments, roster_changes = write_roster(training_class, people, units)
        echoes, recorded = beside_pages(training_class, book.attendance, enrolments)
        sessions, session_changes = write_sessions(training_class, book.sessions, recorded)
        _check_seats_now()
    except IntegrityError as error:
        raise Conflict("名册或课程表与他人刚刚写入的内容冲突，本次导入没有写入任何内容；请重新上传") from error
    assessment = _assessment(training_class, book, unit)
    changes = [
        class_changes,
        roster_changes,
        session_changes,
        write_marks(training_class, book.attendance, enrolments, sessions, echoes),
        write_entries(training_class, book.entries or (), enrolments, _items(assessment.scheme), actor=actor.pk),
        write_paper(training_class, Exam.Kind.ENTRY, book.entry_exam, enrolments),
        write_paper(training_class, Exam.Kind.FINAL, book.final_exam, enrolments),
        write_satisfaction(training_class, book.satisfaction),
    ]
    follow_timetable(training_class, actor=actor)  # after the marks: what the office wrote into its workbook stays
    return Committed(training_class, known is None, changes)


def _marked_elsewhere(training_class: TrainingClass) -> bool:
    """Whether attendance was kept on pages, by leave or by machines: those marks count without a 考勤 sheet."""
    marks = AttendanceMark.objects.filter(training_class=training_class)
    return marks.exclude(source=AttendanceMark.Source.WORKBOOK).exists()


def _recorded_on_pages(training_class: TrainingClass) -> bool:
    """Whether the process record was kept on pages: those entries count without a 量化记录 sheet."""
    return ScoreEntry.objects.filter(training_class=training_class, source=ScoreEntry.Source.PAGE).standing().exists()


def _check_seats_now() -> None:
    """“One full-time class at a time” waits for the commit by itself, where nobody could be told in a sentence."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS enrolment_one_full_time IMMEDIATE")
        cursor.execute("SET CONSTRAINTS enrolment_one_full_time DEFERRED")


def _assessment(training_class: TrainingClass, book: ClassBook, unit: Unit) -> ClassAssessment:
    """How the class is assessed; a class keeps the scheme's version it began with, unless it names another scheme."""
    entries_kept = book.entries is not None or _recorded_on_pages(training_class)
    kept = {"entries_kept": entries_kept, "satisfaction_kept": book.satisfaction is not None}
    there = ClassAssessment.objects.select_related("scheme").filter(pk=training_class.pk).first()
    if there is None:
        scheme = schemes_of(unit)[book.facts.scheme]
        return ClassAssessment.objects.create(training_class=training_class, scheme=scheme, **kept)
    if there.scheme.name != book.facts.scheme:
        there.scheme = schemes_of(unit)[book.facts.scheme]
    for name, value in kept.items():
        setattr(there, name, value)
    there.save(update_fields=["scheme", *kept])
    return there


def _items(scheme: ScoringScheme) -> Mapping[str, Item]:
    return {item.name: item for item in Item.objects.filter(block__scheme=scheme)}


def _audit(committed: Committed, imported: WorkbookImport, actor: Account) -> None:
    """One entry for the import; for a class that was there before, one for each change as well."""
    unit_id = committed.training_class.unit_id
    record(
        "import.committed",
        actor=actor.pk,
        obj=committed.training_class,
        unit_id=unit_id,
        after={"import": str(imported.pk), "sha256": imported.file.sha256, **committed.summary},
    )
    if not committed.created:
        for changes in committed.changes:
            record_many(changes.entries(actor.pk, unit_id, f"工作簿导入 {imported.pk}"))


def template_workbook() -> bytes:
    """The empty workbook of the shipped scheme, with drop-down lists, an example row and a help sheet."""
    return write_template(rules_of(schemes_of(None))["4+1"])


@intention
def take_marked_workbook(imported: WorkbookImport, *, actor: Account) -> None:
    """Record that somebody takes the marked workbook: it holds full ID numbers. Raises FileGone after its time."""
    files.load(imported.file)
    record("import.marked", actor=actor.pk, obj=imported, unit_id=imported.unit_id)


@intention
def marked_up_workbook(imported: WorkbookImport) -> bytes:
    """The uploaded workbook with the faulty cells coloured and commented."""
    data = files.load(imported.file)
    return mark_up(data, rehearse_for(data, imported.unit, timezone.localdate()))
