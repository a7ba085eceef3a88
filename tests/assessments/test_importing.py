"""A class workbook in, scores out: the samples to the last cent, twice as once, export and import, two managers."""

import pytest

from assessments.models import Answer, Result, ScoreEntry, WorkbookImport
from assessments.services import commit_workbook, export_class, load_book, rehearse_workbook
from core.models import AuditEntry
from core.operations import Conflict, Refused
from organization.models import Unit
from tests.assessments.story import figures, office, take_in, wanted
from tests.samples import expected, workbook
from trainees.models import Cadre
from training.models import AttendanceMark, Enrolment, Session, TrainingClass

pytestmark = pytest.mark.django_db
SAMPLES = ["clean", "untidy"]
COUNTED = [TrainingClass, Enrolment, Session, AttendanceMark, ScoreEntry, Answer, Result, Cadre]


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_give_their_results_to_the_last_cent(name):
    training_class = take_in(workbook(name), office())
    found, right = figures(training_class), wanted(name)
    assert found.keys() == right.keys()
    for person, row in right.items():
        items = {item: points for item, points in found[person]["items"].items() if item in row["items"]}
        assert {**found[person], "items": items} == row, person


def test_rel_06_the_faulty_sample_is_refused_whole():
    actor = office()
    imported = rehearse_workbook(workbook("faulty"), "faulty.xlsx", actor=actor, unit=Unit.objects.get(code="YL"))
    found = {(fault["sheet"], fault["row"], fault["code"]) for fault in imported.faults["errors"]}
    assert found == {(fault["sheet"], fault["row"], fault["kind"]) for fault in expected("faulty")["faults"]}
    assert imported.state == WorkbookImport.State.REFUSED
    with pytest.raises(Refused, match="有错误"):
        commit_workbook(imported, actor=actor)
    assert [model.objects.count() for model in COUNTED] == [0] * len(COUNTED)


def test_rel_06_import_twice_is_once():
    actor = office()
    first = take_in(workbook("untidy"), actor)
    before = [model.objects.count() for model in COUNTED], figures(first), load_book(first)
    second = take_in(workbook("untidy"), actor)
    assert second.pk == first.pk
    assert ([model.objects.count() for model in COUNTED], figures(second), load_book(second)) == before
    summary = WorkbookImport.objects.latest("created").summary
    assert all(row["added"] == row["changed"] == row["removed"] == 0 for row in summary["changes"])


@pytest.mark.parametrize("name", SAMPLES)
def test_export_then_import_elsewhere_gives_the_same_class(name, django_db_blocker):
    actor = office()
    first = take_in(workbook(name), actor)
    book, results, data = load_book(first), figures(first), export_class(first, actor=actor)
    TrainingClass.objects.filter(pk=first.pk).update(code="已另存", start=first.start)
    Enrolment.objects.filter(training_class=first).update(full_time=False)
    again = take_in(data, actor)
    assert again.pk != first.pk
    assert figures(again) == results
    assert load_book(again) == book
    assert AuditEntry.objects.filter(event="class.export", object_id=str(first.pk)).count() == 1


def test_rel_04_a_class_that_changed_since_the_rehearsal_is_a_conflict():
    anna, ben = office("anna"), office("ben")
    city = Unit.objects.get(code="YL")
    one = rehearse_workbook(workbook("clean"), "a.xlsx", actor=anna, unit=city)
    two = rehearse_workbook(workbook("clean"), "b.xlsx", actor=ben, unit=city)
    commit_workbook(one, actor=anna)
    with pytest.raises(Conflict, match="他人已建立班次"):
        commit_workbook(two, actor=ben)
    one = rehearse_workbook(workbook("clean"), "a.xlsx", actor=anna, unit=city)
    two = rehearse_workbook(workbook("clean"), "a2.xlsx", actor=anna, unit=city)
    commit_workbook(one, actor=anna)
    with pytest.raises(Conflict, match="已被他人更改"):
        commit_workbook(two, actor=anna)


def test_somebody_elses_class_cannot_be_taken_over():
    take_in(workbook("clean"), office("anna"))
    with pytest.raises(Refused, match="不是该班班主任"):
        rehearse_workbook(workbook("clean"), "b.xlsx", actor=office("ben"), unit=Unit.objects.get(code="YL"))


def test_an_exported_class_with_entries_from_a_page_comes_back_unchanged():
    """What a page wrote stands in the export; bringing it back neither doubles nor reverses it."""
    actor = office()
    first = take_in(workbook("clean"), actor)
    like = ScoreEntry.objects.filter(training_class=first).exclude(points=None).order_by("id").first()
    facts = {"enrolment": like.enrolment, "item": like.item, "on": like.on, "points": like.points}
    page = {"training_class": first, "source": ScoreEntry.Source.PAGE, "recorder": "韩朝雪"}
    own = ScoreEntry.objects.create(**page, **facts, reason="在页面上补记")
    double = ScoreEntry.objects.create(**{**page, "recorder": like.recorder}, **facts, reason=like.reason)
    before = ScoreEntry.objects.count()
    take_in(export_class(first, actor=actor), actor)
    assert ScoreEntry.objects.count() == before
    take_in(workbook("clean"), actor)  # the sheet without them takes nothing of the page's away
    assert set(ScoreEntry.objects.standing().filter(source="page")) == {own, double}
