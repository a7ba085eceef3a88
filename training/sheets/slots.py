"""When a session is: what stands in 时段 (上午, 上午②) and in the headings of 考勤 (3月2日上午②)."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.sheets.text import key
from training.sheets.rows import Period, SessionKey

_PERIODS = {period.label: period for period in Period}
_NUMBER = r"(?P<number>[①-⑳]|[1-9]|1[0-9]|20|\((?:[1-9]|1[0-9]|20)\))?"
_PERIOD = rf"(?P<period>上午|下午|晚上){_NUMBER}"
_DAY = r"(?:(?P<year>[0-9]{4})[年./-])?(?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})[日号]?"
_WEEKDAY = r"(?:\(?(?:星期|周)[一二三四五六日天]\)?)?"
_SLOT = re.compile(_PERIOD)
_HEADING = re.compile(_DAY + _WEEKDAY + _PERIOD)
_CLUE = re.compile(r"上午|下午|晚上|[0-9]{1,2}月|月[0-9]{1,2}|[0-9]{1,4}[./-][0-9]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of an attendance column; the year is None where it is not written."""

    year: int | None
    month: int
    day: int
    period: Period
    number: int

    def fits(self, session: SessionKey) -> bool:
        """Tell whether a session is meant."""
        day = session.date
        same_day = (day.month, day.day) == (self.month, self.day) and self.year in (None, day.year)
        return same_day and (session.period, session.number) == (self.period, self.number)

    def within(self, start: datetime.date, end: datetime.date) -> bool:
        """Tell whether the day lies in the span, in any year where none is written."""
        years: Iterable[int] = [self.year] if self.year else range(start.year, min(end.year, start.year + 10) + 1)
        return any(start <= day <= end for year in years if (day := _date(year, self.month, self.day)))


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def parse_period(text: str) -> tuple[Period, int] | None:
    """Return (period, number) of a 时段: 上午 is (MORNING, 1), 上午② is (MORNING, 2)."""
    found = _SLOT.fullmatch(key(text))
    return (_PERIODS[found["period"]], _number(found["number"])) if found else None


def parse_heading(text: str) -> Heading | None:
    """Return what an attendance column's heading says, None if it does not name a session."""
    found = _HEADING.fullmatch(key(text))
    if found is None or _date(int(found["year"] or 2000), int(found["month"]), int(found["day"])) is None:
        return None
    year = int(found["year"]) if found["year"] else None
    return Heading(year, int(found["month"]), int(found["day"]), _PERIODS[found["period"]], _number(found["number"]))


def looks_like_heading(text: str) -> bool:
    """Tell whether a text was meant to name a session, though perhaps it cannot be read."""
    return _CLUE.search(key(text)) is not None


def _number(text: str | None) -> int:
    if not text:
        return 1
    digits = text.strip("()")
    return ord(digits) - 0x2460 + 1 if "①" <= digits <= "⑳" else int(digits)
