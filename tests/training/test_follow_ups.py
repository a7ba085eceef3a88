"""回访: rows by the calendar, answers of both, the department's outcome."""

from datetime import date
from decimal import Decimal

import pytest

from core.operations import Conflict, Refused
from training.models import FollowUp, TrainingClass
from training.rules.follow_up import mean_of, questionnaire, suggested
from training.services.follow_ups import answer_follow_up, answer_for_superior, close_follow_up, make_follow_ups

pytestmark = pytest.mark.django_db
FULL = {asked.key: "5" for asked in questionnaire().questions}


@pytest.mark.parametrize("steps, outcome", [("55555", "good"), ("44444", "good"), ("44443", "fair"), ("33333", "fair"),
                                            ("33332", "poor"), ("11111", "poor")])  # fmt: skip
def test_what_the_answers_suggest(steps, outcome):
    answers = {asked.key: int(step) for asked, step in zip(questionnaire().questions, steps, strict=True)}
    assert suggested(mean_of(answers, {})) == outcome
    assert mean_of({}, {}) is None and suggested(None) == ""


def test_the_mean_is_of_both_who_answered():
    own, superior = (dict.fromkeys(FULL, step) for step in (5, 2))
    assert mean_of(own, superior) == Decimal("3.50")


def close(city, day=date(2026, 3, 20)):
    TrainingClass.objects.filter(pk=city.training_class.pk).update(state="closed", closed_on=day)


def test_rows_come_with_the_day_and_once(yunling):
    close(yunling)
    assert make_follow_ups(date(2026, 6, 19)) == 0
    assert make_follow_ups(date(2026, 6, 20)) == 3
    assert make_follow_ups(date(2026, 6, 20)) == make_follow_ups(date(2026, 7, 1)) == 0
    assert make_follow_ups(date(2027, 3, 20)) == 3
    rows = FollowUp.objects.filter(enrolment=yunling.enrolments[0]).order_by("months")
    assert list(rows.values_list("months", "due")) == [(3, date(2026, 6, 20)), (12, date(2027, 3, 20))]


def test_only_who_completed_is_asked(yunling):
    close(yunling)
    yunling.enrolments[0].state = "withdrawn"
    yunling.enrolments[0].save()
    assert make_follow_ups(date(2026, 6, 20)) == 2


@pytest.mark.parametrize("day, count", [(date(2026, 9, 18), 3), (date(2026, 9, 19), 0)])
def test_nobody_is_asked_about_a_class_of_long_ago(yunling, day, count):
    """90 days after 20 June is 18 September."""
    close(yunling)
    assert make_follow_ups(day) == count


def test_a_class_that_is_open_again_waits(yunling):
    close(yunling)
    TrainingClass.objects.filter(pk=yunling.training_class.pk).update(state="reopened", closed_on=None)
    assert make_follow_ups(date(2026, 6, 20)) == 0


@pytest.fixture
def visit(yunling) -> FollowUp:
    close(yunling)
    make_follow_ups(date(2026, 6, 20))
    return FollowUp.objects.get(enrolment=yunling.enrolments[0])


def test_the_cadre_and_the_superior_answer_and_the_department_closes(yunling, visit):
    row = answer_follow_up(visit, FULL | {"example": " 建立台账 "}, actor=yunling.trainee, seen=1)
    assert row.own_answers == {"version": 1, **dict.fromkeys(FULL, 5), "example": "建立台账", "wish": ""}
    row = answer_for_superior(row, FULL, actor=yunling.liaison, seen=2)
    assert row.superior_by_id == yunling.liaison.pk
    row = close_follow_up(row, "good", True, "", actor=yunling.staff, seen=3)
    assert (row.outcome, row.promoted, row.closed_by_id) == ("good", True, yunling.staff.pk)
    with pytest.raises(Refused, match="已办结"):
        answer_follow_up(row, FULL, actor=yunling.trainee)


@pytest.mark.parametrize("given", [{}, FULL | {"use": "6"}, FULL | {"use": "0"}, FULL | {"use": "x"}])
def test_every_question_is_answered_on_the_scale(yunling, visit, given):
    with pytest.raises(Refused, match="请回答"):
        answer_follow_up(visit, given, actor=yunling.trainee)


def test_each_answers_for_themselves(yunling, wangjiang, visit):
    with pytest.raises(Refused, match="本人填写"):
        answer_follow_up(visit, FULL, actor=yunling.liaison)
    with pytest.raises(Refused, match="不能由学员本人"):
        answer_for_superior(visit, FULL, actor=yunling.trainee)
    for who in (yunling.sibling_liaison, wangjiang.staff, yunling.leader):
        with pytest.raises(Refused, match="联络员代填"):
            answer_for_superior(visit, FULL, actor=who)
    with pytest.raises(Refused, match="组织部办结"):
        close_follow_up(visit, "good", False, "电话回访", actor=yunling.liaison)


def test_without_answers_a_remark_says_how_it_is_known(yunling, visit):
    with pytest.raises(Refused, match="都没有答复"):
        close_follow_up(visit, "fair", False, "", actor=yunling.staff)
    assert close_follow_up(visit, "fair", False, "到单位座谈了解", actor=yunling.staff).outcome == "fair"


def test_somebody_was_quicker(yunling, visit):
    answer_for_superior(visit, FULL, actor=yunling.liaison)
    with pytest.raises(Conflict):
        answer_follow_up(visit, FULL, actor=yunling.trainee, seen=1)
