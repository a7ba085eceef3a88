"""Recognition of outside learning as arithmetic: what it measures, when two filings are of one course (DOMAIN.md §3)."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from core.amounts import plain
from trainees.models.ledger import Channel

LEAST_SHARE = Decimal(90)
MINUTES_PER_HOUR = 45
CENT, STEP = Decimal("0.01"), Decimal("0.5")
MOST_HOURS_A_DAY = 12
"""Three half-days of at most four hours."""
MOST_HOURS = 500
BY_DAYS = (Channel.OFF_JOB, Channel.IN_HOUSE)
"""What was learned day by day is split over New Year; anything else counts where it ended."""
FILED_CHANNELS = tuple((value, label) for value, label in Channel.choices if value != Channel.CARRY)


def title_key(title: str) -> str:
    """A title without white space, punctuation, width and case: “《党史》 专题” and “党史专题” are one course."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in "ZPC")[:200]


def hours_of(minutes: int | Decimal, per_hour: int) -> Decimal:
    """On-line hours: 45 minutes each unless the platform says otherwise; what is over is cut, never rounded up."""
    return (Decimal(minutes) / per_hour).quantize(CENT, ROUND_DOWN)


def too_little(channel: str, share: Decimal | None) -> str:
    """Why an on-line course cannot be recognised, "" where it can: at least 90 per cent of it were done."""
    if channel != Channel.ONLINE or (share is not None and share >= LEAST_SHARE):
        return ""
    if share is None:
        return "没有写明完成比例；网络课程完成 90% 以上才能认定"
    return f"课程只完成了 {plain(share)}%，网络课程完成 90% 以上才能认定"


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of some learning that counts in one year: its last day, hours and days."""

    year: int
    on: date
    hours: Decimal
    days: Decimal


def pieces(channel: str, since: date, until: date, hours: Decimal, days: Decimal) -> list[Piece]:
    """Learning over New Year by calendar days, in steps of half an hour and half a day; the last year takes the rest."""
    if channel not in BY_DAYS or since.year == until.year:
        return [Piece(until.year, until, hours, days)]
    return list(_split(since, until, hours, days))


def _split(since: date, until: date, hours: Decimal, days: Decimal) -> Iterator[Piece]:
    length = (until - since).days + 1
    left_hours, left_days = hours, days
    for year in range(since.year, until.year):
        first, last = max(since, date(year, 1, 1)), date(year, 12, 31)
        inside = (last - first).days + 1
        part_hours, part_days = _floor(hours * inside / length), _floor(days * inside / length)
        left_hours, left_days = left_hours - part_hours, left_days - part_days
        yield Piece(year, last, part_hours, part_days)
    yield Piece(until.year, until, left_hours, left_days)


def _floor(number: Decimal) -> Decimal:
    return number // STEP * STEP


def meets(since: date, until: date, other_since: date, other_until: date) -> bool:
    """Whether two filings of one title may be one course: their days overlap, or they ended in the same year."""
    return until.year == other_until.year or (since <= other_until and other_since <= until)
