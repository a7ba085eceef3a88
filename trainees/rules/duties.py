"""What one cadre has to learn in a year, from the facts of that year: pure (DOMAIN.md §3).

* Whoever becomes a cadre within a window is asked for its months from that one on, the month itself counted.
* An exemption takes its share off its year; of two for the same year the larger one holds.
* Whoever retires within the year is exempt; of whoever died or left before its end nothing is asked.
* Whoever came into a higher band before the old band's requirement was met learns what was missing within a year of
  the promotion; what was learned from that day on counts. The year ends on the same day a year later (民法典第二百零二条).
* An amount that was reduced is rounded up to half an hour.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil
from uuid import UUID

from trainees.models import Cadre
from trainees.rules.requirements import PROMOTION, Requirement, Requirements

ZERO, HALF = Decimal(0), Decimal("0.5")
NONE, WHOLE = Fraction(0), 100


@dataclass(frozen=True, slots=True)
class Relief:
    """An exemption in force: which year, which requirement ("" is all), what percentage is taken off."""

    year: int
    code: str
    share: int


@dataclass(frozen=True, slots=True)
class Learned:
    """So much of a measure, learned on a day."""

    on: date
    measure: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Promotion:
    """The day somebody came into a higher band, and what they had learned before that day."""

    on: date
    old_band: str
    learned: Sequence[Learned] = ()

    def done(self, measure: str, since: date) -> Decimal:
        return sum((one.amount for one in self.learned if one.measure == measure and since <= one.on < self.on), ZERO)


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a cadre on the last day of the year asked about, or on the day of asking where that is earlier."""

    cadre_id: UUID
    band: str
    status: str = Cadre.Status.SERVING
    status_since: date | None = None
    entered_on: date | None = None
    promotion: Promotion | None = None
    reliefs: Sequence[Relief] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to learn: a row of Duty without the cadre and the year."""

    code: str
    name: str
    measure: str
    amount: Decimal
    other_measure: str
    other_amount: Decimal | None
    since: date
    due: date
    by_entries: bool = False
    exempt: bool = False
    note: str = ""


def duties_of(person: Person, requirements: Requirements, year: int) -> list[Asked]:
    """Everything asked of a person in the lists of a year, ordered by code."""
    if _not_there(person, year):
        return []
    retires = person.status == Cadre.Status.RETIRED
    rows = [_asked(person, line, year, retires=retires) for line in requirements.of_band(person.band)]
    rows += _after_promotion(person, requirements, year, retires=retires)
    return sorted((row for row in rows if row is not None), key=lambda row: row.code)


def _not_there(person: Person, year: int) -> bool:
    """Died or left by the year's end, retired before the year, or not yet a cadre."""
    if person.entered_on and person.entered_on.year > year:
        return True
    since = person.status_since
    if person.status in (Cadre.Status.DIED, Cadre.Status.LEFT):
        return since is None or since.year <= year
    return person.status == Cadre.Status.RETIRED and (since is None or since.year < year)


def _asked(person: Person, line: Requirement, year: int, *, retires: bool) -> Asked | None:
    first, last = line.window(year)
    since = max(date(first, 1, 1), _begins(person, line))
    if since.year > last:
        return None
    retires = retires and person.status_since is not None and person.status_since.year == year
    part = NONE if retires else _part(person, line, since, last)
    return Asked(
        code=line.code,
        name=line.name,
        measure=line.measure,
        amount=share_of(line.amount, part),
        other_measure=line.other_measure,
        other_amount=None if line.other_amount is None else share_of(line.other_amount, part),
        since=since,
        due=date(last, 12, 31),
        exempt=not part,
        note=_note(person, line, since, first, last, retires=retires),
    )


def _begins(person: Person, line: Requirement) -> date:
    """The day from which a requirement of several years holds for somebody: entry, or the promotion into its band."""
    begins = person.entered_on or date.min
    if line.years > 1 and person.promotion and not line.holds_for(person.promotion.old_band):
        begins = max(begins, person.promotion.on)
    return begins


def _part(person: Person, line: Requirement, since: date, last: int) -> Fraction:
    """The part of the whole amount that is asked, 0 to 1: months that count, each less its year's relief.

    A fraction, not a decimal: a sixth of 48 hours is 8, and must not be rounded up.
    """
    months = NONE
    for year in range(since.year, last + 1):
        counted = 13 - since.month if year == since.year else 12
        months += counted * Fraction(WHOLE - _share_off(person.reliefs, line.code, year), WHOLE)
    return months / (12 * line.years)


def _share_off(reliefs: Sequence[Relief], code: str, year: int) -> int:
    return max((one.share for one in reliefs if one.year == year and one.code in ("", code)), default=0)


def share_of(amount: Decimal, part: Fraction) -> Decimal:
    """A part of an amount, rounded up to half an hour; the whole is left as it is."""
    return amount if part == 1 else ceil(Fraction(amount) * part / Fraction(HALF)) * HALF


def _note(person: Person, line: Requirement, since: date, first: int, last: int, *, retires: bool) -> str:
    if retires:
        return "当年退休，免除"
    words = []
    if (since.year, since.month) != (first, 1):
        why = "提任" if person.promotion and since == person.promotion.on else "进入干部队伍"
        months = 12 * (last - since.year) + 13 - since.month
        words.append(f"{since.year}年{since.month}月{why}，按 {months} 个月计")
    for year in range(since.year, last + 1):
        if off := _share_off(person.reliefs, line.code, year):
            words.append(f"{year}年免除" if off == WHOLE else f"{year}年减免 {off}%")
    return "；".join(words)


# ---- after a promotion ----


def _after_promotion(person: Person, requirements: Requirements, year: int, *, retires: bool) -> list[Asked]:
    """What was missing of each requirement that the new band does not go on with, due within a year."""
    promotion = person.promotion
    if promotion is None or person.band == promotion.old_band:
        return []
    due = months_later(promotion.on, requirements.promotion_months)
    if not promotion.on.year <= year <= due.year:
        return []
    goes_on = {line.code for line in requirements.of_band(person.band)}
    left = [line for line in requirements.of_band(promotion.old_band) if line.code not in goes_on]
    asked = [(line, _before(person, promotion, line)) for line in left]
    lacking = [(line, then) for line, then in asked if then is not None and _lacked(then, promotion)]
    off = max((one.share for one in person.reliefs if one.code.startswith(PROMOTION)), default=0)
    part = NONE if retires else Fraction(WHOLE - off, WHOLE)
    return [
        replace(
            _rest(then, promotion, part),
            code=PROMOTION if place == 1 else f"{PROMOTION}_{place}",
            name=requirements.promotion_name,
            due=due,
            note=f"{promotion.on:%Y年%-m月%-d日}提任，此前的“{line.name}”未完成",
        )
        for place, (line, then) in enumerate(lacking, 1)
    ]


def _before(person: Person, promotion: Promotion, line: Requirement) -> Asked | None:
    """What the old band asked in the year of the promotion."""
    then = replace(person, band=promotion.old_band, status=Cadre.Status.SERVING, promotion=None)
    return _asked(then, line, promotion.on.year, retires=False)


def _lacked(asked: Asked, promotion: Promotion) -> bool:
    reached = promotion.done(asked.measure, asked.since) >= asked.amount
    other = asked.other_amount
    otherwise = other is not None and promotion.done(asked.other_measure, asked.since) >= other
    return not (asked.exempt or reached or otherwise)


def _rest(asked: Asked, promotion: Promotion, part: Fraction) -> Asked:
    """The part of what was missing on the day of the promotion; what is learned from that day on counts."""
    amount = asked.amount - promotion.done(asked.measure, asked.since)
    other = asked.other_amount
    left = None if other is None else other - promotion.done(asked.other_measure, asked.since)
    return replace(
        asked,
        amount=share_of(amount, part),
        other_amount=None if left is None else share_of(left, part),
        since=promotion.on,
        by_entries=True,
        exempt=not part,
    )


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


# ---- the band in the course of time ----


def rise(bands: Sequence[tuple[date, str]]) -> tuple[date, str] | None:
    """The last day on which a series of (since, band), oldest first, came into the higher band, and the band before."""
    rises = [
        (since, before)
        for (_, before), (since, band) in pairwise(bands)
        if (before, band) == (Cadre.Band.TOWNSHIP_DOWN, Cadre.Band.COUNTY_UP)
    ]
    return rises[-1] if rises else None
