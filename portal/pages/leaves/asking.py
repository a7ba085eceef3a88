"""The form of a request: half-days and sessions to tick, the meter that runs along, who will have to agree."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone

from portal.pages import words
from portal.pages.leaves import cap_of, half_day
from training.models import AttendanceMark, Enrolment, LeaveSession, Session, TrainingClass
from training.rules.leave import COUNTING, HALF_DAYS_A_DAY, Bounds, Meter, levels_for, total_hours, used_hours
from training.services.leave.asking import HOLDING

WEEKDAYS = "一二三四五六日"
WHY = "sessions, marks and leave of the class whose form is shown"


def sessions_of(one: TrainingClass) -> list[Session]:
    return list(Session.objects.unscoped(WHY).of_class(one))


def form_page(
    one: TrainingClass, sessions: Sequence[Session], who: Enrolment | None, chosen: Iterable[str] = ()
) -> dict[str, Any]:
    """Everything of the form but its plain fields; `who` None where the manager still chooses the trainee."""
    taken = taken_by(who) if who else set()
    missed = missed_by(who) if who else set()
    ticked = set(chosen)
    days = [
        day_words(date, list(rows), taken, missed, ticked) for date, rows in groupby(sessions, lambda row: row.date)
    ]
    today = timezone.localdate()
    return {
        "days": [day for day in days if day["date"] >= today],
        "past": [day for day in days if day["date"] < today],
        "slots": [slot for day in days for slot in day["slots"]],
        "bounds": bounds(one),
        "meter": meter(one, who),
        "class_name": one.name,
    }


def taken_by(who: Enrolment) -> set[Any]:
    rows = LeaveSession.objects.filter(live=True, request__enrolment=who, request__state__in=HOLDING)
    return set(rows.values_list("session_id", flat=True))


def missed_by(who: Enrolment) -> set[Any]:
    """Sessions already marked 事 or 病: they count once."""
    rows = AttendanceMark.objects.unscoped(WHY).filter(enrolment=who, mark__in=COUNTING)
    return set(rows.values_list("session_id", flat=True))


def day_words(date: Any, rows: list[Session], taken: set[Any], missed: set[Any], ticked: set[str]) -> dict[str, Any]:
    slots = [slot_words(list(some), taken, missed, ticked) for _, some in groupby(rows, lambda row: row.period)]
    return {"date": date, "label": f"{date.month}月{date.day}日 星期{WEEKDAYS[date.weekday()]}", "slots": slots}


def slot_words(rows: list[Session], taken: set[Any], missed: set[Any], ticked: set[str]) -> dict[str, Any]:
    first = rows[0]
    return {
        "key": f"{first.date:%Y%m%d}-{first.period}",
        "day": f"{first.date:%Y%m%d}",
        "label": half_day(first),
        "period": first.get_period_display(),
        "hours": words.hours(sum((row.hours for row in rows), first.hours * 0)),
        "taken": all(row.pk in taken for row in rows),
        "sessions": [
            {
                "pk": str(row.pk), "title": row.title, "hours": words.hours(row.hours), "tenths": int(row.hours * 10),
                "taken": row.pk in taken, "missed": row.pk in missed, "ticked": str(row.pk) in ticked,
            }
            for row in rows
        ],
    }  # fmt: skip


def bounds(one: TrainingClass) -> list[dict[str, Any]]:
    """Up to how many half-days which levels are asked, for the words beside the meter."""
    found = Bounds.of(one.unit, timezone.localdate())
    tops = [found.manager, found.office, found.vice_president, 999]
    return [{"top": top, "levels": " → ".join(str(level.label) for level in levels_for(top, found))} for top in tops]


def meter(one: TrainingClass, who: Enrolment | None) -> dict[str, Any]:
    """The meter's numbers in tenths of an hour: whole numbers, so that the page compares exactly too."""
    used = used_hours(one, [who.pk]).get(who.pk) if who else None
    cap, total = cap_of(one), total_hours(one)
    reading = Meter(total, used or total * 0, cap=cap)
    return {
        "total": words.hours(total), "used": words.hours(reading.used), "left": words.hours(reading.left),
        "total_tenths": int(total * 10), "used_tenths": int(reading.used * 10), "over": reading.over,
        "numerator": cap.numerator, "denominator": cap.denominator, "a_day": HALF_DAYS_A_DAY,
        "percent": reading.percent, "counting": ",".join(COUNTING), "known": who is not None,
        "override": who.override_reason if who else "",
    }  # fmt: skip


def new_url(who: Enrolment) -> str:
    return reverse("portal:leave_new", args=[who.pk])
