"""What recognition measures, from the rules' text (DOMAIN.md §3): 45 minutes, 90 per cent, New Year, one course twice."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainees.rules.recognition import Piece, hours_of, meets, pieces, title_key, too_little
from trainees.services.recognition.claims import Claim

D = Decimal


@pytest.mark.parametrize(
    ("minutes", "hours"), [(45, "1"), (44, "0.97"), (90, "2"), (100, "2.22"), (2250, "50"), (4049, "89.97")]
)
def test_forty_five_minutes_are_an_hour_and_nothing_is_rounded_up(minutes, hours):
    assert hours_of(minutes, 45) == D(hours)


def test_a_platform_may_count_fifty_minutes():
    assert hours_of(100, 50) == 2


@pytest.mark.parametrize("share", ["90", "90.00", "100"])
def test_ninety_per_cent_are_enough(share):
    assert too_little("online", D(share)) == ""


def test_less_than_ninety_per_cent_is_said_in_a_sentence():
    assert too_little("online", D("89.99")) == "课程只完成了 89.99%，网络课程完成 90% 以上才能认定"
    assert "没有写明完成比例" in too_little("online", None)
    assert too_little("off_job", None) == ""


@pytest.mark.parametrize(
    "title", ["党史 专题", "《党史》专题", "党史·专题", "党史专题。", "　党史专题 ", "党史\n专题", "“党史”—专题！"]
)
def test_one_course_however_it_is_written(title):
    assert title_key(title) == title_key("党史专题")


def test_the_key_of_a_long_title_fits_its_column():
    assert len(title_key("党" * 300)) == 200


def test_width_and_case_are_no_difference_digits_are():
    assert title_key("ＡＩ应用（２）") == title_key("ai应用2") != title_key("AI应用3")


def test_learning_over_new_year_is_split_by_day():
    """28 December to 6 January: ten days, four of them in the old year; 40 hours and 10 days."""
    assert pieces("off_job", date(2025, 12, 28), date(2026, 1, 6), D(40), D(10)) == [
        Piece(2025, date(2025, 12, 31), D(16), D(4)),
        Piece(2026, date(2026, 1, 6), D(24), D(6)),
    ]


def test_steps_of_half_an_hour_and_nothing_is_lost():
    """Three days, one of them old: 10 hours are 3 (of 3.33) and 7."""
    assert [(one.hours, one.days) for one in pieces("in_house", date(2025, 12, 31), date(2026, 1, 2), D(10), D(0))] == [
        (D(3), 0), (D(7), 0),
    ]  # fmt: skip


def test_a_seventh_that_comes_out_even_is_not_cut():
    """31 December to 6 January, seven days of two hours: two in the old year."""
    found = pieces("off_job", date(2025, 12, 31), date(2026, 1, 6), D(14), D(7))
    assert [(one.hours, one.days) for one in found] == [(2, 1), (12, 6)]


def test_a_year_in_the_middle_is_whole():
    """31 December 2024 to 1 January 2026: 1, 365 and 1 of 367 days."""
    found = pieces("off_job", date(2024, 12, 31), date(2026, 1, 1), D(367), D(367))
    assert [(one.year, one.hours, one.days) for one in found] == [(2024, 1, 1), (2025, 365, 365), (2026, 1, 1)]


def test_an_online_course_counts_where_it_ended():
    assert pieces("online", date(2025, 11, 1), date(2026, 1, 2), D(8), D(0)) == [
        Piece(2026, date(2026, 1, 2), D(8), D(0))
    ]


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
halves = st.integers(0, 400).map(lambda n: D(n) / 2)


@given(days, days, halves, halves)
def test_pieces_add_up(one, other, hours, length):
    since, until = sorted((one, other))
    found = pieces("off_job", since, until, hours, length)
    assert [piece.year for piece in found] == list(range(since.year, until.year + 1))
    assert sum(piece.hours for piece in found) == hours and sum(piece.days for piece in found) == length
    assert all(piece.hours >= 0 and piece.hours % D("0.5") == 0 for piece in found)


@given(
    st.lists(st.tuples(st.sampled_from("党史专题辅导A1"), st.text("　 \n《》、·“”-—.。！", max_size=3)), max_size=20)
)
def test_signs_and_spaces_make_no_other_course(written):
    assert title_key("".join(sign + beside for sign, beside in written)) == title_key(
        "".join(sign for sign, _ in written)
    )


@pytest.mark.parametrize(
    ("since", "until", "same"),
    [
        (date(2026, 11, 1), date(2026, 11, 5), True),
        (date(2025, 12, 30), date(2026, 1, 2), True),
        (date(2025, 3, 1), date(2025, 12, 31), False),
        (date(2025, 3, 1), date(2026, 2, 1), True),
    ],
)
def test_one_course_in_one_year_or_at_one_time(since, until, same):
    assert meets(date(2026, 1, 5), date(2026, 3, 1), since, until) is same


@pytest.mark.parametrize(("other", "same"), [(date(2025, 12, 20), True), (date(2025, 12, 19), False)])
def test_one_day_in_common_is_enough_either_way(other, same):
    over, old = (date(2025, 12, 20), date(2026, 1, 5)), (date(2025, 12, 1), other)
    assert meets(*over, *old) is same and meets(*old, *over) is same


def test_a_claim_without_a_platform_counts_forty_five_minutes_an_hour():
    claim = Claim("online", "党史专题", date(2026, 3, 1), date(2026, 3, 2), minutes=90)
    assert claim.counted_hours == 2
