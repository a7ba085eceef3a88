"""How one duty stands, what is still to come considered; `training.services.attainment` says the same of whole cities."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trainees.models import Duty

MET, AHEAD, SHORT, OVERDUE = STATES = ("met", "ahead", "short", "overdue")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is still to come off the job in a year."""

    hours: Decimal = ZERO
    days: Decimal = ZERO

    def of(self, measure: str) -> Decimal:
        """What it adds to a measure: an hour off the job is a required credit."""
        if measure == Duty.Measure.OFF_JOB_DAYS:
            return self.days
        return self.hours if measure in (Duty.Measure.OFF_JOB_HOURS, Duty.Measure.REQUIRED) else ZERO


@dataclass(frozen=True, slots=True)
class Reached:
    """So much of an amount, or of the other one, is done, and will be with what is to come."""

    amount: Decimal
    done: Decimal
    then: Decimal

    def by(self, part: float) -> bool:
        return self.then >= self.amount if part >= 1 else float(self.then) >= float(self.amount) * part


def state_of(duty: Duty, ahead: Ahead, today: date) -> str:
    """met, overdue, ahead (will be met; of several years: keeps pace until the year's end), short.

    `duty` carries what `DutyQuerySet.with_standing` annotates.
    """
    done, other_done = duty.done, duty.other_done
    if duty.met:
        return MET
    if duty.due < today:
        return OVERDUE
    ways = [Reached(duty.amount, done, done + ahead.of(duty.measure))]
    if duty.other_amount is not None:
        ways.append(Reached(duty.other_amount, other_done, other_done + ahead.of(duty.other_measure)))
    return AHEAD if any(way.by(1.0) or way.by(_by_year_end(duty)) for way in ways) else SHORT


def _by_year_end(duty: Duty) -> float:
    """The part of the duty's time that is over at the end of the year in whose lists it stands; 1 where all of it is."""
    return min(1.0, ((date(duty.year, 12, 31) - duty.since).days + 1) / ((duty.due - duty.since).days + 1))


def worst(states: list[str]) -> str:
    """What a person is marked with: the worst of their states."""
    return next((state for state in (OVERDUE, SHORT, AHEAD) if state in states), MET)
