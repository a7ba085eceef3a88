"""A teacher or a place in two sessions at one time is a warning (CLASS_WORKBOOK.md §2)."""

from datetime import date

import pytest

from assessments.services import rehearse_for
from organization.models import Unit
from tests.assessments.story import office, take_in
from tests.assessments.workbook.samples import id_number, save, sheets
from training.models import TrainingClass

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def other_class(place=None):
    """The same days, teachers and rooms under another name, with other people."""
    content = sheets()
    content["班次信息"][0][1], content["班次信息"][1][1] = "另一个班", "YL2026-010"
    if place:
        content["班次信息"].append(["培训地点", place])
    for number, row in enumerate(content["花名册"][1:]):
        row[3], row[2] = id_number(f"197{number}0101"), None
    return save(content)


def warned(data):
    rehearsal = rehearse_for(data, Unit.objects.get(code="YL"), TODAY)
    return [(w.place.row, w.place.column) for w in rehearsal.warnings if w.code == "clash"], rehearsal.warnings


def test_a_teacher_and_a_room_that_another_class_has_are_a_warning_each():
    take_in(save(sheets()), office())
    places, warnings = warned(other_class())
    assert places == [(row, column) for row in (2, 3, 4, 5) for column in ("授课人", "地点")]
    assert "春季中青班" in warnings[0].message


def test_a_room_of_the_same_name_elsewhere_is_another_room():
    take_in(save(sheets()), office())
    places, _ = warned(other_class("清溪县委党校"))
    assert {column for _, column in places} == {"授课人"}


def test_a_class_does_not_clash_with_itself_nor_with_one_that_was_cancelled():
    taken = take_in(save(sheets()), office())
    assert warned(save(sheets()))[0] == []
    for state in (TrainingClass.State.PLANNED, TrainingClass.State.CANCELLED):
        TrainingClass.objects.filter(pk=taken.pk).update(state=state)
    assert warned(other_class())[0] == []
