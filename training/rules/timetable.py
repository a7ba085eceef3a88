"""When a school's half-days begin, how long an hour is, and what a timetable may hold (DOMAIN.md §3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from core.amounts import plain
from organization.models import Unit
from organization.preferences import preferences
from training.models import Session

MOST_HOURS = Decimal(4)
"""Hours of a half-day at most."""
STEP = Decimal("0.5")
"""The smallest step of hours."""
BEGINS = {
    Session.Period.MORNING: "morning_begins",
    Session.Period.AFTERNOON: "afternoon_begins",
    Session.Period.EVENING: "evening_begins",
}
Times = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Bell:
    """When a school's half-days begin, by period, and how many minutes one hour (学时) takes, its pause included."""

    begins: Mapping[int, time]
    minutes: int

    @classmethod
    def of(cls, unit: Unit, on: date) -> "Bell":
        """The school's settings in force on a day; one query."""
        values = preferences(unit, [*BEGINS.values(), "lesson_minutes"], on)
        begins = {int(period): time.fromisoformat(values[key]) for period, key in BEGINS.items()}
        return cls(begins, values["lesson_minutes"])

    def span(self, day: date, period: int, before: Decimal, hours: Decimal) -> Times:
        """From–to of a session with `hours`, when `before` hours of its half-day were given already."""
        begin = timezone.make_aware(datetime.combine(day, self.begins[period]))
        start = begin + timedelta(minutes=float(before * self.minutes))
        return start, start + timedelta(minutes=float(hours * self.minutes))


def times(sessions: Iterable[Session], bell: Bell) -> dict[Session, Times]:
    """From–to of each session: its own, else by the bell, one after the other in its half-day."""
    found: dict[Session, Times] = {}
    before: dict[tuple[date, int], Decimal] = {}
    for one in sorted(sessions, key=lambda row: (row.date, row.period, row.number)):
        given = before.get((one.date, one.period), Decimal(0))
        found[one] = (one.span.lower, one.span.upper) if one.span else bell.span(one.date, one.period, given, one.hours)
        before[one.date, one.period] = given + one.hours
    return found


def may_hold(hours: Decimal, others: Decimal) -> str | None:
    """None, or why a half-day that has `others` hours cannot take `hours` more."""
    if hours <= 0 or hours % STEP:
        return "学时应大于 0，并且是 0.5 的倍数"
    if hours + others > MOST_HOURS:
        return f"这个半天已排 {plain(others)} 学时，再排 {plain(hours)} 学时就超过了 {MOST_HOURS} 学时的上限"
    return None
