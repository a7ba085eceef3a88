"""Faults that meet: each is told once, under its own name, and none hides another (CLASS_WORKBOOK.md §2)."""

import pytest

from tests.assessments.workbook.samples import rehearse_here, sheets, told
from tests.assessments.workbook.test_faults import add, changed, day, drop, follows, put


@pytest.mark.parametrize("item", ["颜值", "出勤情况", None])
@pytest.mark.parametrize("rating", ["优", "未发言"])
def test_a_rating_beside_an_unknown_item_is_no_second_fault(item: str | None, rating: str):
    content = changed(put("量化记录", 4, 3, item), put("量化记录", 4, 4, rating))
    assert told(content) == [("量化记录", 4, "指标项", "unknown_item")]


def test_nonsense_beside_an_unknown_item_is_a_fault_of_its_own():
    content = changed(put("量化记录", 4, 3, "颜值"), put("量化记录", 4, 4, "三分"))
    assert [code for *_, code in told(content)] == ["unknown_item", "bad_points"]


@pytest.mark.parametrize("heading", ["2月27日上午", "3月4日上午③", "3月4日下午"])
def test_a_column_that_no_doubled_session_can_have_is_an_error_of_its_own(heading: str):
    """A session written twice explains a column of its half-day, or of its period or day inside the class."""
    content = changed(put("考勤", 1, 6, heading))
    content["课程表"].insert(2, list(content["课程表"][1]))
    assert follows(content) == [("duplicate_session", []), ("orphan_column", [])]


def test_the_second_session_of_a_half_day_without_its_number_explains_its_column():
    content = changed(put("考勤", 1, 6, "3月2日上午②"))
    content["课程表"].insert(2, list(content["课程表"][1]))
    assert follows(content) == [("duplicate_session", [("考勤", 1, "orphan_column")])]


def test_a_column_that_fits_no_session_twice_is_twice_the_same():
    """The first follows from the session that is outside; that it stands there again does not."""
    content = changed(put("课程表", 4, 1, day(1, 1, 2031)), put("考勤", 1, 6, "3月3日上午"))
    assert follows(content) == [
        ("session_outside_class", [("考勤", 1, "orphan_column")]),
        ("duplicate_column", []),
    ]


@pytest.mark.parametrize(("fact", "when"), [(5, day(1, 1, 2031)), (6, day(1, 1))], ids=["no start", "no end"])
def test_one_date_of_the_class_is_enough_to_find_a_session_outside_it(fact: int, when: object):
    content = changed(put("课程表", 4, 1, when), drop("班次信息", fact))
    assert follows(content) == [
        ("missing_fact", []),
        ("session_outside_class", [("考勤", 1, "orphan_column")]),
    ]


def test_a_mark_in_a_row_or_column_that_cannot_be_read_is_a_mark_all_the_same():
    """Nobody is said never to have missed anything where the only mark stands beside another fault."""
    content = sheets()
    assert rehearse_here(content).warnings == ()
    for change in (put("花名册", 3, 2, None), put("课程表", 3, 1, day(1, 1, 2031)), put("考勤", 1, 3, "3月4日下午")):
        codes = {warning.code for warning in rehearse_here(changed(change)).warnings}
        assert "nobody_missed" not in codes


def test_more_bonus_points_than_can_be_stored_are_a_fault_of_the_entry_that_goes_too_far():
    """One entry may be as large as the system can store; the sum may not overflow the database."""
    content = changed(*(add("量化记录", day(3, 3), "张伟", "加分项", points) for points in (9000, 900, 100, -500)))
    assert told(content) == [("量化记录", 9, "分值", "bad_points")]
