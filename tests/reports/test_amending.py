"""A corrected workbook after the letters went out: what it touches is issued again and says so, the rest stays."""

from dataclasses import replace
from datetime import date

import pytest

from assessments.models import Result, WorkbookImport
from assessments.services import load_book, rehearse_workbook
from assessments.workbook.writing import write_book
from core.jobs import drain
from core.models import AuditEntry
from core.operations import Refused
from reports.models import Document
from reports.services import amend_by_workbook, confirm_and_issue
from reports.services.making import PAPERS
from tests.assessments.story import office, take_in
from tests.samples import workbook
from training.sheets.rows import Mark

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 20)
LATER = date(2026, 5, 6)


@pytest.fixture
def actor():
    return office()


@pytest.fixture
def issued(actor, monkeypatch):
    """The clean sample, confirmed and issued; making the files is another story's."""
    known = take_in(workbook("clean"), actor)
    batch = confirm_and_issue(known, actor=actor, on=DAY)
    for kind in Document.Kind:
        monkeypatch.setitem(PAPERS, kind, lambda document, today: b"%PDF-")
    drain(batch.pk)
    return known


def corrected(known, actor):
    """The class's workbook with one trainee's first mark set to 旷课; the import and the label of the trainee."""
    book = load_book(known)
    first = book.attendance.marks[0]
    marks = (replace(first, mark=Mark.ABSENT), *book.attendance.marks[1:])
    data = write_book(replace(book, attendance=replace(book.attendance, marks=marks)))
    return rehearse_workbook(data, "更正.xlsx", actor=actor, unit=known.unit), first.person


def test_what_a_correction_touches_is_replaced_and_nothing_else(issued, actor):
    before = set(Document.objects.filter(state="issued").values_list("pk", flat=True))
    imported, person = corrected(issued, actor)
    amend_by_workbook(imported, actor=actor, reason="3月31日上午实为旷课", on=LATER)
    result = Result.objects.get(enrolment__roster_name=person)
    assert result.state == Result.State.AMENDED
    new = Document.objects.filter(issued_on=LATER)
    touched = {row.enrolment.roster_name for row in new if row.kind == Document.Kind.SHEET}
    amended = Result.objects.filter(state=Result.State.AMENDED).select_related("enrolment")
    assert touched == {row.enrolment.roster_name for row in amended}
    letters = {row.unit_id for row in new if row.kind == Document.Kind.LETTER}
    assert letters == {row.enrolment.unit_id for row in amended}
    assert new.filter(kind=Document.Kind.BULLETIN).count() == 1
    assert {row.replaces.state for row in new} == {"replaced"}
    untouched = before - {row.replaces_id for row in new}
    assert set(Document.objects.filter(pk__in=untouched).values_list("state", flat=True)) == {"issued"}
    amendment = AuditEntry.objects.filter(reason="3月31日上午实为旷课")
    assert amendment.exists()


def test_sec_22_without_a_reason_nothing_is_written(issued, actor):
    imported, _ = corrected(issued, actor)
    with pytest.raises(Refused, match="须写明理由"):
        amend_by_workbook(imported, actor=actor, reason="错", on=LATER)
    imported.refresh_from_db()
    assert imported.state == WorkbookImport.State.REHEARSED
    assert not Document.objects.filter(issued_on=LATER).exists()


def again(known, actor, **changes):
    """Amend by the class's own workbook with some parts exchanged; the kinds and people of what was issued anew."""
    data = write_book(replace(load_book(known), **changes))
    imported = rehearse_workbook(data, "更正.xlsx", actor=actor, unit=known.unit)
    amend_by_workbook(imported, actor=actor, reason="职务以任免文件为准", on=LATER)
    return Document.objects.filter(issued_on=LATER)


def test_a_corrected_post_replaces_what_prints_it(issued, actor):
    """Letters and sheets print the post; no result changes by it."""
    first, *others = load_book(issued).roster
    new = again(issued, actor, roster=(replace(first, post="副处长（主持工作）"), *others))
    assert {row.enrolment.roster_name for row in new if row.kind == Document.Kind.SHEET} == {first.label}
    assert [str(row.unit_id) for row in new if row.kind == Document.Kind.LETTER] == [first.unit.key]
    assert not Result.objects.filter(state=Result.State.AMENDED).exists()


def test_a_corrected_place_of_the_class_replaces_everything(issued, actor):
    before = Document.objects.filter(state=Document.State.ISSUED).count()
    new = again(issued, actor, facts=replace(load_book(issued).facts, place="市委党校新校区"))
    assert new.count() == before
    assert Document.objects.filter(state=Document.State.ISSUED).count() == before


def test_what_no_document_prints_is_refused_and_nothing_is_written(issued, actor):
    first, *others = load_book(issued).roster
    with pytest.raises(Refused, match="没有变化"):
        again(issued, actor, roster=(replace(first, committee_post="学习委员"), *others))
    assert issued.enrolments.get(position=1).committee_post == first.committee_post
