"""Each rule of CLASS_WORKBOOK.md §3, worked by hand."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from assessments.models import Item
from assessments.scoring import rules
from assessments.scoring.rules import Facts, Paper, exam_score, item_points, leave_exceeded, to_cent, withdrawn
from tests.assessments.scoring.worked import D, basis, entries, item, trainee


def points(name: str, facts: Facts, **kept: Any) -> str | None:
    found = item_points(item(name), facts, basis(**kept))
    return None if found is None else str(found)


def test_the_names_of_the_rule_kinds_are_those_of_the_model():
    assert {*rules.RULES, rules.VETO} == set(Item.Rule.values)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({}, "15.00"),
        ({"late": 1}, "14.00"),
        ({"early": 1}, "14.00"),
        ({"personal": 1}, "14.00"),
        ({"sick": 1}, "14.50"),
        ({"official": 9}, "15.00"),
        ({"absent": 1}, "10.00"),
        ({"late": 1, "early": 1, "personal": 1, "sick": 3, "absent": 2}, "0.50"),
        ({"absent": 4}, "0.00"),
    ],
)
def test_attendance_loses_points_per_mark_down_to_nought(marks, expected):
    assert points("出勤情况", trainee(**marks)) == expected


def test_full_points_plus_negative_entries_between_nought_and_the_maximum():
    assert points("纪律建设", trainee()) == "10.00"
    assert points("纪律建设", trainee(given=entries(纪律建设=["-1", "-0.5"]))) == "8.50"
    assert points("纪律建设", trainee(given=entries(纪律建设=["-8", "-7"]))) == "0.00"
    assert points("纪律建设", trainee(given=entries(纪律建设=["3"]))) == "10.00"


def test_the_base_of_six_plus_entries_between_nought_and_ten():
    assert points("课堂互动", trainee()) == "6.00"
    assert points("课堂互动", trainee(given=entries(课堂互动=["1", "1", "0.5"]))) == "8.50"
    assert points("课堂互动", trainee(given=entries(课堂互动=["9"]))) == "10.00"
    assert points("课堂互动", trainee(given=entries(课堂互动=["-9"]))) == "0.00"


def test_the_mean_of_ratings_is_rounded_half_up_and_nobody_rated_is_nought():
    assert points("研讨交流", trainee()) == "0.00"
    assert points("研讨交流", trainee(given=entries(研讨交流=["15", "12", "12"]))) == "13.00"
    assert points("研讨交流", trainee(given=entries(研讨交流=["15", "12", "15", "9", "9", "9", "12"]))) == "11.57"
    assert points("调研报告", trainee(given=entries(调研报告=["8.33", "8.34"]))) == "8.34"  # 8.335


def test_the_exam_counts_by_its_unrounded_share():
    assert points("结业测试", trainee()) == "0.00"
    assert points("结业测试", trainee(final="78")) == "11.70"
    two_thirds = replace(trainee(), final_paper=Paper(D(2), D(3)))
    assert exam_score(two_thirds.final_paper) == D("66.67")
    assert points("结业测试", two_thirds) == "10.00"  # from 66.67 it would be 10.00 too; from 0.67 it would be 10.05
    seventh = replace(trainee(), final_paper=Paper(D("0.1"), D("300")))
    assert points("结业测试", seventh) == "0.01"  # 0.005 is half a cent: up; the score 0.03 would give 0.0045


def test_bonus_has_no_cap_and_is_nought_without_entries():
    assert points("加分项", trainee()) == "0.00"
    assert points("加分项", trainee(given=entries(加分项=["5", "12.25", "-1"]))) == "16.25"


def test_an_exam_score_is_of_a_hundred_to_a_cent_half_up():
    assert exam_score(None) is None
    assert exam_score(Paper(D(13), D(80))) == D("16.25")
    assert str(exam_score(Paper(D(1), D(8000)))) == "0.01"  # 0.0125
    assert str(exam_score(Paper(D("0.005"), D(100)))) == "0.01"
    assert str(exam_score(Paper(D(0), D(0)))) == "0.00"


def test_points_are_rounded_half_up_never_half_even():
    assert [str(to_cent(D(text))) for text in ("0.005", "0.015", "8.345", "8.3449")] == ["0.01", "0.02", "8.35", "8.34"]


def test_what_was_not_kept_is_not_assessed_which_is_not_nought():
    everything = trainee(final="100", given=entries(研讨交流=["15"]), late=1)
    assert points("出勤情况", everything, attendance_kept=False) is None
    assert points("结业测试", everything, final_held=False) is None
    for name in (
        "纪律建设",
        "学习作业",
        "班务与支部活动",
        "小组履职",
        "内务与廉洁",
        "课堂互动",
        "研讨交流",
        "调研报告",
        "加分项",
    ):
        assert points(name, everything, entries_kept=False) is None
        assert points(name, everything, attendance_kept=False, final_held=False) is not None


@pytest.mark.parametrize(
    ("hours", "leave", "out"), [("70", "10", False), ("70", "10.5", True), ("76", "10.5", False), ("76", "11", True)]
)
def test_exactly_one_seventh_is_allowed_and_half_an_hour_more_is_not(hours, leave, out):
    assert withdrawn(trainee(leave=leave), basis(hours)) is out


def test_one_third_of_an_hour_is_never_a_rounded_percentage():
    # 1/7 of 76 is 10.857142…; as 14.29 % it would allow 10.8604
    assert not leave_exceeded(D("10.857"), basis("76"))
    assert leave_exceeded(D("10.858"), basis("76"))


def test_an_override_lets_leave_pass_and_unknown_hours_exceed_nothing():
    assert not withdrawn(replace(trainee(leave="60"), leave_override="援藏任务"), basis("70"))
    assert not withdrawn(trainee(leave="60"), basis("70", attendance_kept=False))


def test_sums_stay_decimal():
    assert isinstance(item_points(item("出勤情况"), trainee(sick=3), basis()), Decimal)
    assert points("加分项", trainee(given=entries(加分项=["0.1", "0.2"]))) == "0.30"
