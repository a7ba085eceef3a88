"""Figures of the attendance grid: marks a session over the whole roster, and totals a trainee over the whole class."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django.db.models import Count

from portal.pages import words
from training.models import AttendanceMark, Enrolment, LeaveRequest, Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT
from training.services.attendance import Counts
from training.sheets.rows import Mark

WHY = "the class was fetched in scope, and its door lets its attendance be seen"
SIGNS = {mark.value: mark.sign for mark in Mark}
LABELS = dict(AttendanceMark.Mark.choices)
CAP = 7
"""Leave beyond one seventh of the class's hours is 退学 (CLASS_WORKBOOK.md §3)."""


# ---- a session ----


def session_counts(one: TrainingClass, sessions: Iterable[UUID], seats: int) -> dict[str, dict[str, Any]]:
    """Each session's marks over the whole roster, and the share that was there; one query."""
    keys = list(sessions)
    rows = AttendanceMark.objects.unscoped(WHY).filter(
        training_class=one, session__in=keys, enrolment__state__in=HOLDS_A_SEAT
    )
    counts: Counts = {key: Counter() for key in keys}
    for session, mark, number in rows.order_by().values_list("session", "mark").annotate(Count("pk")):
        counts[session][mark] = number
    return sessions_in_words(counts, seats)


def seats_of(one: TrainingClass) -> int:
    return Enrolment.objects.unscoped(WHY).of_class(one).on_roster().count()


def sessions_in_words(counts: Counts, seats: int) -> dict[str, dict[str, Any]]:
    return {str(key): session_words(marks, seats) for key, marks in counts.items()}


def session_words(counts: Counter[str], seats: int) -> dict[str, Any]:
    marked = sum(counts.values())
    away = sum(counts[mark] for mark in AttendanceMark.AWAY)
    granted = sum(counts[mark] for mark in LeaveRequest.Kind.values)
    called = marked > granted or marked == seats  # leave that was granted beforehand is nobody's roll call
    share = round(100 * (marked - away) / marked) if marked and called else None
    said = [f"{LABELS[mark]} {counts[mark]}" for mark in LABELS if mark != "present" and counts[mark]]
    left = seats - marked
    return {"share": share, "heat": heat(share), "marked": marked, "left": left,
            "words": "、".join(said) or ("全勤" if marked and not left else "")}  # fmt: skip


def heat(share: int | None) -> str:
    """The tone of a share: under 80, under 90, under 95, under 100 per cent, all."""
    return "none" if share is None else str(sum(share >= bound for bound in (80, 90, 95, 100)))


# ---- a trainee ----


@dataclass(frozen=True, slots=True)
class Whole:
    """All sessions of a class, as totals need them: the place of each in the strip, hours, which were recorded."""

    places: Mapping[UUID, int]
    hours: Mapping[UUID, Decimal]
    recorded: frozenset[UUID]
    total: Decimal

    @classmethod
    def of(cls, sessions: Iterable[tuple[UUID, Decimal, bool]]) -> Self:
        rows = list(sessions)
        hours = {key: each for key, each, _ in rows}
        recorded = frozenset(key for key, _, was in rows if was)
        return cls({key: place for place, key in enumerate(hours)}, hours, recorded, sum(hours.values(), Decimal(0)))

    @classmethod
    def of_class(cls, one: TrainingClass) -> Self:
        """One query."""
        return cls.of(Session.objects.unscoped(WHY).of_class(one).values_list("pk", "hours", "recorded"))

    @property
    def cap(self) -> str:
        return words.hours((self.total / CAP).quantize(Decimal("0.1")))


def person_totals(one: TrainingClass, whole: Whole, people: Iterable[UUID]) -> dict[str, dict[str, Any]]:
    """Each trainee's marks over the whole class; one query."""
    keys = list(people)
    rows = AttendanceMark.objects.unscoped(WHY).filter(training_class=one, enrolment__in=keys)
    found: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for who, session, mark in rows.exclude(mark="present").order_by().values_list("enrolment", "session", "mark"):
        if session in whole.places:  # one that was added this moment counts the next time
            found[who][session] = mark
    cap = whole.cap
    return {str(who): person_words(found[who], whole) | {"cap": cap} for who in keys}


def person_words(marks: Mapping[UUID, str], whole: Whole) -> dict[str, Any]:
    """Counts, missed hours, leave against a seventh of all hours, and where in the class's strip the marks lie."""
    counts = Counter(marks.values())
    away = [session for session, mark in marks.items() if mark in AttendanceMark.AWAY]
    leave = hours_of((session for session in away if marks[session] in AttendanceMark.LEAVE), whole)
    attended = len(whole.recorded) - sum(session in whole.recorded for session in away)
    share = round(100 * attended / len(whole.recorded)) if whole.recorded else None
    said = [f"{SIGNS[mark]}{counts[mark]}" for mark in LABELS if mark != "present" and counts[mark]]
    return {
        "words": " ".join(said), "missed": words.hours(hours_of(away, whole)), "leave": words.hours(leave),
        "strip": sorted([whole.places[session], mark] for session, mark in marks.items()),
        "share": share, "heat": heat(share), "over": leave * CAP > whole.total,
        "near": leave * CAP * 10 > whole.total * 8,
    }  # fmt: skip


def hours_of(sessions: Iterable[UUID], whole: Whole) -> Decimal:
    return sum((whole.hours[session] for session in sessions), Decimal(0))
