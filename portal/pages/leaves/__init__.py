"""Pages about leave: what every one of them shows alike."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Case, Prefetch, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from assessments.models import ClassAssessment
from portal.acts import age_in_words
from portal.pages import words
from training.models import LeaveRequest, LeaveSession, LeaveStep, Session, TrainingClass
from training.rules.leave import ONE_SEVENTH, Meter
from training.services.leave.deciding import OVERDUE

WHY = "steps of requests that were fetched in scope"
LIVE = LeaveSession.objects.filter(live=True).select_related("session")
SESSIONS = Prefetch("sessions", LIVE.order_by("session__date", "session__period", "session__number"), to_attr="covered")
WAITING_FIRST = Case(When(state=LeaveRequest.State.ASKED, then=Value(0)), default=Value(1))


def cap_of(one: TrainingClass) -> Fraction:
    """The share of hours that the class's scheme allows; one seventh where none is chosen yet."""
    rows = ClassAssessment.objects.unscoped("the cap of a class in scope").filter(pk=one.pk)
    found = rows.values_list("scheme__leave_numerator", "scheme__leave_denominator").first()
    return Fraction(*found) if found else ONE_SEVENTH


def listed(rows: QuerySet[LeaveRequest]) -> QuerySet[LeaveRequest]:
    """Waiting ones first, then the latest; with what a line shows."""
    linked = rows.select_related("enrolment__unit", "training_class").prefetch_related(SESSIONS)
    return linked.order_by(WAITING_FIRST, "-asked", "pk")


def half_day(session: Session) -> str:
    return f"{session.date.month}月{session.date.day}日{session.get_period_display()}"


def span(request: LeaveRequest) -> str:
    """3月2日上午—3月3日下午; by days where nothing is covered any more."""
    covered: Sequence[LeaveSession] = request.covered  # type: ignore[attr-defined]
    if not covered:
        return words.period(request.first, request.last)
    first, last = half_day(covered[0].session), half_day(covered[-1].session)
    return first if first == last else f"{first}—{last}"


def length(request: LeaveRequest) -> str:
    """2 个半天，8 学时."""
    return f"{request.half_days} 个半天，{words.hours(request.hours)} 学时"


def current_steps(requests: Iterable[LeaveRequest]) -> dict[Any, LeaveStep]:
    """The step that each open request waits for, in one query."""
    rows = LeaveStep.objects.filter(request__in=[row.pk for row in requests]).current()
    return {row.request_id: row for row in rows}


def waiting(step: LeaveStep | None) -> dict[str, Any] | None:
    """For whom a request waits, how long, and whether it is overdue or was reminded of."""
    if step is None:
        return None
    since = step.waiting_since  # type: ignore[attr-defined]
    late = timezone.now() - since >= OVERDUE
    return {"level": step.get_level_display(), "age": age_in_words(since), "late": late, "reminded": step.reminded}


def meter_words(meter: Meter, override: str = "") -> dict[str, Any]:
    """The meter as portal/leave/_meter.html shows it."""
    return {
        "total": words.hours(meter.total),
        "used": words.hours(meter.used),
        "asked": words.hours(meter.asked),
        "after": words.hours(meter.after),
        "left": words.hours(meter.left),
        "cap": words.hours(allowed(meter)),
        "sentence": sentence(meter),
        "percent": meter.percent,
        "percent_after": meter.percent_after,
        "over": meter.over,
        "override": override,
    }


def allowed(meter: Meter) -> Decimal:
    """The most half-hours that the cap allows in all."""
    return Meter(meter.total, Decimal(0), cap=meter.cap).left


def sentence(meter: Meter) -> str:
    """已请假 4 学时，加上这份共 8 学时；总学时 60 的七分之一，按半学时计最多 8.5 学时，还可以请 0.5 学时。"""
    exact = (Fraction(meter.total) * meter.cap * 2).denominator == 1
    used = f"已请假 {words.hours(meter.used)} 学时"
    both = f"{used}，加上这份共 {words.hours(meter.after)} 学时" if meter.asked else used
    bound = f"总学时 {words.hours(meter.total)} 的七分之一{'是' if exact else '，按半学时计最多'} {words.hours(allowed(meter))} 学时"
    return f"{both}；{bound}{'。' if meter.over else f'，还可以请 {words.hours(meter.left)} 学时。'}"


def url_of(request: LeaveRequest) -> str:
    return reverse("portal:leave_page", args=[request.pk])
