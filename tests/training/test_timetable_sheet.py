"""时段 and the headings of 考勤 (CLASS_WORKBOOK.md §1)."""

import datetime

import pytest

from training.sheets.rows import Period, SessionKey
from training.sheets.slots import looks_like_heading, parse_heading, parse_period

SECOND = datetime.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("written", "period", "number"),
    [
        ("上午", Period.MORNING, 1),
        (" 下　午", Period.AFTERNOON, 1),
        ("晚上", Period.EVENING, 1),
        ("上午①", Period.MORNING, 1),
        ("上午②", Period.MORNING, 2),
        ("上午(2)", Period.MORNING, 2),
        ("下午（３）", Period.AFTERNOON, 3),
    ],
)
def test_periods(written: str, period: Period, number: int):
    assert parse_period(written) == (period, number)


@pytest.mark.parametrize("written", ["", "夜里", "上下午", "上午场", "上午②③", "全天", "0上午"])
def test_what_is_no_period(written: str):
    assert parse_period(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "3月2日上午",
        "03月02日上午",
        "2026年3月2日上午",
        "3 月 2 日\n上午",
        "３月２日上午",
        "3月2日(周一)上午",
        "2026-03-02上午",
        "3.2上午",
        "3/2 上午①",
    ],
)
def test_headings_of_one_session(written: str):
    heading = parse_heading(written)
    assert heading is not None
    assert heading.fits(SessionKey(SECOND, Period.MORNING))
    assert not heading.fits(SessionKey(SECOND, Period.MORNING, 2))
    assert not heading.fits(SessionKey(SECOND, Period.EVENING))


def test_a_heading_with_a_year_fits_that_year_only():
    heading = parse_heading("2027年3月2日上午")
    assert heading is not None
    assert not heading.fits(SessionKey(SECOND, Period.MORNING))


@pytest.mark.parametrize("written", ["2月30日上午", "13月1日上午", "3月2日", "上午", "三月二日上午", "第一课"])
def test_what_is_no_heading(written: str):
    assert parse_heading(written) is None


def test_what_was_meant_as_a_heading_is_seen():
    assert [
        text for text in ("三月二日上午", "3月2日", "备注", "单位", "组别", "第2组") if looks_like_heading(text)
    ] == [
        "三月二日上午",
        "3月2日",
    ]


def test_a_session_is_written_as_its_heading():
    assert str(SessionKey(SECOND, Period.MORNING)) == "3月2日上午"
    assert str(SessionKey(SECOND, Period.EVENING, 2)) == "3月2日晚上②"
