"""What pages, leave and machines wrote goes out in the workbook, and comes in again without a change."""

from decimal import Decimal

import pytest

from assessments.scoring.compute import compute
from assessments.services import commit_workbook, export_class, rehearse_workbook
from tests import factories as make
from training.models import AttendanceMark, Enrolment, Session
from training.services.attendance import Edit, save_marks

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(yunling):
    """The cast's open class with three trainees and four half-days: one kept in full, one begun, two untouched."""
    one = yunling.open_class
    for place, person in enumerate(yunling.cadres[1:], 2):
        make.enrolment(one, person, place, state="reported")
    Session.objects.filter(training_class=one).update(recorded=False)
    lessons = [one.sessions.get(), *(make.session(one, number, recorded=False) for number in range(1, 4))]
    seats = list(Enrolment.objects.of_class(one))
    edits = [Edit(who.pk, lessons[0].pk, mark) for who, mark in zip(seats, ("present", "late", "absent"), strict=True)]
    edits += [Edit(seats[1].pk, lessons[2].pk, "sick"), Edit(seats[2].pk, lessons[2].pk, "present")]
    save_marks(one, edits, actor=yunling.manager)
    one.refresh_from_db()
    return one, seats, lessons


def rows(one):
    found = AttendanceMark.objects.filter(training_class=one).order_by("pk")
    return list(found.values_list("pk", "mark", "source", "version", "at"))


def bring(city, data):
    imported = rehearse_workbook(data, "本班.xlsx", actor=city.manager, unit=city.root)
    assert imported.faults["errors"] == []
    commit_workbook(imported, actor=city.manager)
    imported.refresh_from_db()
    return {
        change["label"]: change["added"] + change["changed"] + change["removed"]
        for change in imported.summary["changes"]
    }


def test_export_and_import_change_nothing(yunling, story):
    one, _, lessons = story
    before = rows(one), set(one.sessions.filter(recorded=True))
    changed = bring(yunling, export_class(one, actor=yunling.manager))
    assert set(changed.values()) == {0}
    assert (rows(one), set(one.sessions.filter(recorded=True))) == before
    assert before[1] == {lessons[0]}


def test_what_the_office_adds_to_the_column_is_written(yunling, story):
    """The begun session is finished by a page meanwhile; the former export's column is no echo any more."""
    one, seats, lessons = story
    data = export_class(one, actor=yunling.manager)
    save_marks(one, [Edit(seats[0].pk, lessons[2].pk, "late")], actor=yunling.manager)
    assert one.sessions.get(pk=lessons[2].pk).recorded
    changed = bring(yunling, data)
    assert changed["考勤"] == 0
    assert AttendanceMark.objects.get(enrolment=seats[0], session=lessons[2]).mark == "late"


def test_a_session_that_pages_kept_stays_recorded_without_a_column(yunling, story):
    one, seats, lessons = story
    data = export_class(one, actor=yunling.manager)
    save_marks(one, [Edit(who.pk, lessons[3].pk, "present") for who in seats], actor=yunling.manager)
    changed = bring(yunling, data)
    assert changed["课次"] == 0
    assert one.sessions.get(pk=lessons[3].pk).recorded


def test_the_export_scores_as_the_class_does(yunling, story):
    """15 − 0.5 for 病 − 1 for 迟, 4 hours of leave; 15 − 5 for 旷. A begun session costs nobody else anything."""
    one, seats, _ = story
    (scores,) = compute([one.pk])
    points = {row.enrolment_id: row.points["出勤情况"] for row in scores.trainees}
    assert [points[who.pk] for who in seats] == [Decimal("15.00"), Decimal("13.50"), Decimal("10.00")]
