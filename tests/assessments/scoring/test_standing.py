"""Sums, grades, ranks, candidates of a class (CLASS_WORKBOOK.md §3), worked by hand."""

from dataclasses import replace

import pytest

from assessments.scoring.rules import Entries, Paper
from assessments.scoring.standing import places_for, score_class
from tests.assessments.scoring.worked import KEYS, D, basis, trainee, with_total


def only(facts, **kept):
    return score_class(basis(**kept), [facts]).trainees[0]


def test_the_ten_items_make_a_hundred_and_the_bonus_comes_on_top():
    one = only(with_total("103", bonus="3"))
    assert (str(one.base), str(one.bonus), str(one.total)) == ("100.00", "3.00", "103.00")
    assert list(one.points) == [
        "出勤情况", "纪律建设", "学习作业", "班务与支部活动", "小组履职", "内务与廉洁", "课堂互动", "研讨交流", "结业测试", "调研报告", "加分项",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("total", "bonus", "grade"),
    [
        ("90", "0", "优秀"), ("89.99", "0", "良好"), ("90", "5", "优秀"), ("90", "5.01", "良好"),
        ("80", "0", "良好"), ("79.99", "0", "合格"), ("60", "0", "合格"), ("59.99", "0", "不合格"),
    ],
)  # fmt: skip
def test_grades_at_their_bounds(total, bonus, grade):
    assert only(with_total(total, bonus=bonus)).grade == grade


def test_four_sessions_of_absence_fail_and_three_do_not():
    assert only(with_total("100", bonus="20", absent=3)).grade != "不合格"
    assert only(with_total("100", bonus="20", absent=4)).grade == "不合格"


def test_a_veto_fails_even_without_points():
    facts = with_total("95")
    facts.entries[KEYS["否决项"]] = Entries(D(0), 0)
    assert only(facts).grade == "不合格"


def test_leave_beyond_a_seventh_is_withdrawal_with_all_points_but_no_rank():
    out, other = replace(with_total("95"), leave_hours=D("10.5"), away_hours=D("12")), with_total("70")
    scores = score_class(basis("70"), [out, other])
    gone, stays = scores.trainees
    assert (gone.grade, gone.rank, gone.candidate, str(gone.total)) == ("退学", None, "", "95.00")
    assert (gone.leave_hours, gone.attended_hours) == (D("10.5"), D(58))
    assert (stays.rank, scores.graded, scores.places) == (1, 1, 1)


def test_ties_share_a_rank_and_the_next_is_skipped():
    scores = score_class(basis(), [with_total(total) for total in ("70", "88", "75", "75")])
    assert [one.rank for one in scores.trainees] == [4, 1, 2, 2]


def test_who_fails_is_ranked_too():
    scores = score_class(basis(), [with_total("95", absent=4), with_total("50")])
    assert [(one.grade, one.rank) for one in scores.trainees] == [("不合格", 1), ("不合格", 2)]


@pytest.mark.parametrize(
    ("frame", "missing"),
    [(basis(attendance_kept=False), ["出勤情况"]), (basis(final_held=False), ["结业测试"])],
)
def test_as_long_as_one_item_is_not_assessed_nobody_has_a_grade(frame, missing):
    scores = score_class(frame, [with_total("100"), with_total("50")])
    for one in scores.trainees:
        assert (one.grade, one.rank, one.candidate) == ("未评定", None, "")
        assert [name for name, points in one.points.items() if points is None] == missing
    assert str(scores.trainees[0].total) == "85.00"  # 100 less the 15 that nobody knows
    assert (scores.graded, scores.places) == (0, 0)


def test_without_a_process_record_nine_cells_stay_empty_and_sums_take_what_is_there():
    one = only(replace(with_total("100", bonus="2"), final_paper=Paper(D(60), D(80))), entries_kept=False)
    assert len([name for name, points in one.points.items() if points is None]) == 9
    assert (str(one.base), one.bonus, str(one.total)) == ("26.25", None, "26.25")  # 15 + 60/80 × 15


def test_without_attendance_hours_are_unknown():
    one = only(trainee(leave="60"), attendance_kept=False)
    assert (one.leave_hours, one.attended_hours, one.grade) == (None, None, "未评定")


@pytest.mark.parametrize(
    ("graded", "places"), [(1, 1), (6, 1), (13, 1), (14, 2), (19, 2), (20, 3), (47, 7), (100, 15), (0, 0)]
)
def test_places_are_fifteen_percent_rounded_down_but_at_least_one(graded, places):
    assert places_for(graded, D("0.15")) == places


def test_only_the_excellent_are_candidates_and_no_place_is_filled_up():
    scores = score_class(basis(), [with_total(total) for total in ["95", "91"] + ["85"] * 12])  # 14: two places
    assert [one.candidate for one in scores.trainees] == ["是", "是"] + [""] * 12
    scores = score_class(basis(), [with_total(total) for total in ["95"] + ["85"] * 13])
    assert [one.candidate for one in scores.trainees] == ["是"] + [""] * 13
    assert score_class(basis(), [with_total("85")]).trainees[0].candidate == ""


def test_equal_totals_are_parted_by_the_ten_items_then_exam_then_attendance():
    more_base, more_bonus = with_total("95", bonus="1"), with_total("95", bonus="2")
    assert candidates([more_bonus, more_base]) == ["", "是"]
    seminar, exam = with_total("90"), with_total("90")  # 课堂互动 10, 研讨交流 15, 结业测试 15, 调研报告 0
    exam.entries[KEYS["调研报告"]] = Entries(D(3), 1)
    exam.final_paper = Paper(D(12), D(15))
    assert candidates([exam, seminar]) == ["", "是"]
    late, report = with_total("94", late=1), with_total("94")  # late: 93 with 14 for 出勤情况
    late.entries[KEYS["调研报告"]] = Entries(D(5), 1)  # 94 again, the same exam, less attendance
    assert candidates([late, report]) == ["", "是"]


def candidates(people):
    """With one place."""
    return [one.candidate for one in score_class(basis(), people).trainees]


def test_equals_across_the_last_place_wait_for_the_assessment_group():
    rest = [with_total("70") for _ in range(11)]
    scores = score_class(basis(), [with_total("96"), with_total("93"), with_total("93"), *rest])  # 14: two places
    assert [one.candidate for one in scores.trainees][:3] == ["是", "待定", "待定"]
    assert scores.tied == [one.enrolment_id for one in scores.trainees[1:3]]
    scores = score_class(basis(), [with_total("93"), with_total("93"), with_total("91"), *rest])
    assert [one.candidate for one in scores.trainees][:3] == ["是", "是", ""]
