"""Leave: how much of it is allowed, and who decides about how long a one (DOMAIN.md §3, CLASS_WORKBOOK.md §3, 请假).

Hours are compared as fractions, never as rounded percentages: exactly one seventh is allowed. Of the kinds, 事假 and
病假 count, 公假 does not. A day has at most two half-days, as for the counting of days.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import Sum

from organization.models import Unit
from organization.preferences import preferences
from training.models import AttendanceMark, ClassRole, Enrolment, LeaveApprover, LeaveLevel, Session, TrainingClass

ONE_SEVENTH = Fraction(1, 7)
NOTHING = Decimal(0)
HALF_DAYS_A_DAY = 2
COUNTING = AttendanceMark.LEAVE
"""Kinds that count against the cap."""
WHY = "hours of a class that the caller fetched in scope"
Slot = tuple[date, int]


# ---- the meter ----


def exceeds(hours: Decimal, total: Decimal, cap: Fraction = ONE_SEVENTH) -> bool:
    """Whether so many hours of leave are more than the cap allows of `total` (退学)."""
    return Fraction(hours) > Fraction(total) * cap


@dataclass(frozen=True, slots=True)
class Meter:
    """What one trainee has missed by leave, in hours, and what is being asked for on top of it."""

    total: Decimal
    used: Decimal
    asked: Decimal = NOTHING
    cap: Fraction = ONE_SEVENTH

    @property
    def after(self) -> Decimal:
        return self.used + self.asked

    @property
    def over(self) -> bool:
        """Whether it would be over with what is asked for."""
        return exceeds(self.after, self.total, self.cap)

    @property
    def left(self) -> Decimal:
        """Hours that may still be asked for beside `asked`: the most half-hours within the cap, never below 0."""
        halves = (Fraction(self.total) * self.cap - Fraction(self.after)) * 2
        return max(NOTHING, Decimal(halves.numerator // halves.denominator) / 2)

    @property
    def percent(self) -> int:
        """How much of the cap is used up, for a bar: 0–100."""
        return percent_of(self.used, self)

    @property
    def percent_after(self) -> int:
        return percent_of(self.after, self)


def percent_of(hours: Decimal, meter: Meter) -> int:
    bound = Fraction(meter.total) * meter.cap
    return min(100, int(Fraction(hours) * 100 / bound)) if bound else 0


def total_hours(training_class: TrainingClass) -> Decimal:
    """Hours of the whole timetable, kept or not, as scoring counts them."""
    rows = Session.objects.unscoped(WHY).filter(training_class=training_class)
    return rows.aggregate(sum=Sum("hours"))["sum"] or NOTHING


def used_hours(training_class: TrainingClass, enrolments: Iterable[UUID] | None = None) -> dict[UUID, Decimal]:
    """Hours of the sessions marked 事 or 病, whoever marked them, by enrolment; who missed none is not in it."""
    rows = AttendanceMark.objects.unscoped(WHY).filter(training_class=training_class, mark__in=COUNTING)
    if enrolments is not None:
        rows = rows.filter(enrolment__in=list(enrolments))
    return dict(rows.order_by().values_list("enrolment_id").annotate(sum=Sum("session__hours")))


def meter_of(
    enrolment: Enrolment, kind: str = "", sessions: Iterable[Session] = (), cap: Fraction = ONE_SEVENTH
) -> Meter:
    """The trainee's meter with leave of a kind for these sessions on top; a session missed already counts once."""
    one = enrolment.training_class
    used = used_hours(one, [enrolment.pk]).get(enrolment.pk, NOTHING)
    asked = NOTHING
    if kind in COUNTING:
        rows = AttendanceMark.objects.unscoped(WHY).filter(enrolment=enrolment, mark__in=COUNTING)
        missed = set(rows.values_list("session_id", flat=True))
        asked = sum((session.hours for session in sessions if session.pk not in missed), NOTHING)
    return Meter(total_hours(one), used, asked, cap)


# ---- how long a leave is ----


def half_days(slots: Iterable[Slot]) -> int:
    """Half-days that these (date, period) touch, at most two of a day."""
    return sum(min(HALF_DAYS_A_DAY, count) for count in Counter(day for day, _ in set(slots)).values())


# ---- who decides ----


@dataclass(frozen=True, slots=True)
class Bounds:
    """Up to how many half-days each level decides last (the school's settings)."""

    manager: int
    office: int
    vice_president: int

    @classmethod
    def of(cls, unit: Unit, on: date) -> "Bounds":
        keys = [f"leave_{name}_half_days" for name in ("manager", "office", "vice_president")]
        values = preferences(unit, keys, on)
        return cls(*(values[key] for key in keys))


def levels_for(length: int, bounds: Bounds) -> list[LeaveLevel]:
    """Who has to agree to a leave of so many half-days, in order: each longer one asks the former first."""
    levels = [LeaveLevel.MANAGER]
    if length > bounds.manager:
        levels.append(LeaveLevel.OFFICE)
    if length > bounds.office:
        levels.append(LeaveLevel.VICE_PRESIDENT)
    if length > bounds.vice_president:
        levels.append(LeaveLevel.DEPARTMENT)
    return levels


def chain(levels: Iterable[LeaveLevel], staffed: Collection[str]) -> list[LeaveLevel]:
    """The levels that are asked: one without an approver falls to the organization department, which speaks last."""
    asked = [level for level in levels if level in staffed]
    missing = [level for level in levels if level not in staffed]
    return [*asked, LeaveLevel.DEPARTMENT] if missing else asked


def staffed_levels(training_class: TrainingClass, day: date, apart_from: UUID | None = None) -> set[str]:
    """Levels at which somebody other than the trainee's own account can decide on a day; the department's is not."""
    managers = ClassRole.objects.on(day).filter(training_class=training_class, kind=ClassRole.Kind.MANAGER)
    named = LeaveApprover.objects.on(day).above(training_class.unit.path).filter(account__is_active=True)
    active = managers.filter(account__is_active=True)
    found = {row.level for row in named if row.account_id != apart_from}
    if any(row.account_id != apart_from for row in active):
        found.add(LeaveLevel.MANAGER.value)
    return found
