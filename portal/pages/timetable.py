"""课程表: a week of the class, what it is made of, and what somebody should look at again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core.amounts import plain
from core.sheets.text import key
from courses.models import CourseCategory
from portal.pages import words
from portal.rules import Door, may_touch_marks
from training.models import Enrolment, Holiday, Session, TrainingClass
from training.rules import MOST_HOURS, Bell, Times, times

WHY = "the timetable of a class that was fetched in scope"
WEEKDAYS = "一二三四五六日"
THEORY_WORDS = ("理论教育", "党的理论教育")
PARTY_WORDS = ("党性教育",)
LEADER_SHARE, PARTY_SHARE, BOTH_SHARE = 20, 20, 70
Kind = CourseCategory.Kind


@dataclass(frozen=True, slots=True)
class Timetable:
    """The class's sessions in time order, with from–to of each; two queries and one for the bell."""

    one: TrainingClass
    sessions: Sequence[Session]
    times: dict[Session, Times]

    @classmethod
    def of(cls, one: TrainingClass) -> "Timetable":
        rows = Session.objects.unscoped(WHY).of_class(one).select_related("category", "teacher", "room")
        sessions = list(rows)
        return cls(one, sessions, times(sessions, Bell.of(one.unit, one.start)))


# ---- the week ----


def weeks(one: TrainingClass) -> list[date]:
    """The Mondays of the class's weeks."""
    first = one.start - timedelta(days=one.start.weekday())
    return [first + timedelta(weeks=n) for n in range((one.end - first).days // 7 + 1)]


def asked_week(request: HttpRequest, one: TrainingClass) -> date:
    """`?week=` names a day; without it today's week, else the class's first."""
    mondays = weeks(one)
    try:
        day = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        day = timezone.localdate()
    monday = day - timedelta(days=day.weekday())
    return monday if monday in mondays else mondays[0]


def days_of(one: TrainingClass, monday: date, sessions: Iterable[Session]) -> list[date]:
    """Monday to Friday, and the weekend days of the class that have a session or lie inside it as its edge."""
    taught = {row.date for row in sessions}
    days = [monday + timedelta(days=n) for n in range(7)]
    return [day for day in days if day.weekday() < 5 or day in taught or day in (one.start, one.end)]


def fragment(request: HttpRequest, one: TrainingClass, door: Door) -> dict[str, Any]:
    """What templates/portal/class/_timetable.html shows."""
    table, monday = Timetable.of(one), asked_week(request, one)
    told = warnings(table)
    days = days_of(one, monday, table.sessions)
    may_write = door.roster and door.writing and may_touch_marks(one) is None
    return {
        "head": [_day(day, one) for day in days],
        "periods": [_period(table, period, days, told, may_write) for period in Session.Period],
        "weeks": [_week(one, number, day, monday) for number, day in enumerate(weeks(one), 1)],
        "shares": shares(table.sessions),
        "warnings": [text for texts in told.values() for text in texts],
        "writes": may_write,
        "has_sessions": bool(table.sessions),
        "add_url": reverse("portal:session_add", args=[one.pk]),
        "copy_url": reverse("portal:timetable_copy", args=[one.pk]),
        "print_url": reverse("portal:timetable_print", args=[one.pk]),
        "script": "js/timetable.js" if may_write else "",
    }


def _week(one: TrainingClass, number: int, day: date, monday: date) -> dict[str, Any]:
    url = f"{reverse('portal:class_timetable', args=[one.pk])}?week={day.isoformat()}"
    return {"label": f"第{number}周", "url": url, "active": day == monday}


def _day(day: date, one: TrainingClass) -> dict[str, Any]:
    return {
        "words": f"{day.month}月{day.day}日",
        "weekday": f"周{WEEKDAYS[day.weekday()]}",
        "today": day == timezone.localdate(),
        "inside": one.start <= day <= one.end,
    }


def _period(
    table: Timetable, period: Session.Period, days: Sequence[date], told: dict[Session | None, list[str]], writes: bool
) -> dict[str, Any]:
    cells = [_cell(table, day, period, told, writes) for day in days]
    return {"label": period.label, "cells": cells}


def _cell(
    table: Timetable, day: date, period: Session.Period, told: dict[Session | None, list[str]], writes: bool
) -> dict[str, Any]:
    rows = [row for row in table.sessions if (row.date, row.period) == (day, period)]
    hours = sum((row.hours for row in rows), Decimal(0))
    one = table.one
    inside = one.start <= day <= one.end
    add = f"{reverse('portal:session_add', args=[one.pk])}?date={day.isoformat()}&period={int(period)}"
    return {
        "date": day.isoformat(),
        "period": int(period),
        "inside": inside,
        "cards": [card(row, table.times[row], told.get(row, []), writes) for row in rows],
        "add_url": add if writes and inside and hours < MOST_HOURS else "",
        "add_label": f"在{day.month}月{day.day}日{period.label}增加课次",
    }


def card(row: Session, when: Times, told: Sequence[str], writes: bool) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "url": reverse("portal:session_edit", args=[row.training_class_id, row.pk]) if writes else "",
        "move_url": reverse("portal:session_move", args=[row.training_class_id, row.pk]),
        "seen": row.version,
        "title": row.title,
        "clock": clock(when),
        "teacher": row.teacher_name,
        "place": row.place_name,
        "hours": plain(row.hours),
        "category": row.category.name if row.category else row.category_name,
        "form": row.form,
        "kind": kind_of(row),
        "warnings": told,
    }


def clock(when: Times) -> str:
    """08:30–11:50; the next day is said."""
    begin, end = (timezone.localtime(moment) for moment in when)
    return f"{begin:%H:%M}–{'次日 ' if end.date() > begin.date() else ''}{end:%H:%M}"


# ---- what it is made of ----


def kind_of(row: Session) -> str:
    """The kind of the session's category, by its link or by its words."""
    if row.category:
        return row.category.kind
    name = key(row.category_name)
    if name in THEORY_WORDS:
        return Kind.THEORY
    return Kind.PARTY_SPIRIT if name in PARTY_WORDS else Kind.OTHER if name else ""


def shares(sessions: Iterable[Session]) -> list[dict[str, Any]]:
    """Running shares of the hours with their bounds (DOMAIN.md §3: they warn, they do not block)."""
    hours: dict[str, Decimal] = defaultdict(Decimal)
    for row in sessions:
        kind = kind_of(row)
        hours["total"] += row.hours
        hours["both"] += row.hours if kind in (Kind.THEORY, Kind.PARTY_SPIRIT) else 0
        hours["party"] += row.hours if kind == Kind.PARTY_SPIRIT else 0
        hours["leader"] += row.hours if row.by_leader else 0
        hours["field"] += row.hours if is_field(row) else 0
        hours["talk"] += row.hours if is_talk(row) else 0
    total = hours["total"]
    return [
        _share("党的理论教育和党性教育", hours["both"], total, BOTH_SHARE),
        _share("其中党性教育", hours["party"], total, PARTY_SHARE),
        _share("领导干部授课", hours["leader"], total, LEADER_SHARE),
        _share("现场教学", hours["field"], total, None),
        _share("研讨", hours["talk"], total, None),
    ]


def _share(label: str, hours: Decimal, total: Decimal, least: int | None) -> dict[str, Any]:
    percent = float(hours * 100 / total) if total else 0.0
    low = bool(total) and least is not None and hours * 100 < least * total
    return {
        "label": label,
        "hours": plain(hours),
        "percent": f"{percent:.0f}",
        "width": round(percent),
        "bound": f"不低于 {least}%" if least else "",
        "low": low,
    }


def is_field(row: Session) -> bool:
    return "现场" in row.form or bool(row.room and row.room.is_site)


def is_talk(row: Session) -> bool:
    return any(word in row.form for word in ("研讨", "讨论", "论坛", "交流"))


# ---- what to look at again ----


def warnings(table: Timetable) -> dict[Session | None, list[str]]:
    """Warnings by the session they stand at; None holds what belongs to no session. Nothing here blocks."""
    told: dict[Session | None, list[str]] = defaultdict(list)
    _holidays(table, told)
    _crowded(table, told)
    _clashes(table, told)
    _travel(table, told)
    _seats(table, told)
    return told


def _holidays(table: Timetable, told: dict[Session | None, list[str]]) -> None:
    days = {row.date for row in table.sessions}
    known = {row.date: row for row in Holiday.objects.filter(date__in=days)}
    for row in table.sessions:
        special = known.get(row.date)
        if special and special.kind == Holiday.Kind.OFF:
            told[row].append(f"{_when(row)}是{special.name or '节假日'}")
        elif row.date.weekday() > 4 and not special:
            told[row].append(f"{_when(row)}是周{WEEKDAYS[row.date.weekday()]}，不是调休上班日")


def _crowded(table: Timetable, told: dict[Session | None, list[str]]) -> None:
    hours: dict[tuple[date, int], Decimal] = defaultdict(Decimal)
    for row in table.sessions:
        hours[row.date, row.period] += row.hours
        if hours[row.date, row.period] > MOST_HOURS:
            told[row].append(f"{_when(row)}共 {plain(hours[row.date, row.period])} 学时，超过半天 {MOST_HOURS} 学时")


def _clashes(table: Timetable, told: dict[Session | None, list[str]]) -> None:
    """Teachers and places that are only text, in another class of the same organizer at the same half-day."""
    names = {row.teacher_name for row in table.sessions} | {row.place_name for row in table.sessions}
    rows = Session.objects.unscoped(WHY).filter(date__in={row.date for row in table.sessions})
    rows = rows.filter(training_class__unit=table.one.unit_id).exclude(training_class=table.one)
    rows = rows.exclude(training_class__state=TrainingClass.State.CANCELLED).select_related("training_class")
    taken: dict[tuple[date, int, str], str] = {}
    for other in rows:
        for name in {other.teacher_name, other.place_name} & names - {""}:
            taken[other.date, other.period, key(name)] = other.training_class.name
    for row in table.sessions:
        for name in (row.teacher_name, row.place_name):
            where = taken.get((row.date, row.period, key(name))) if name else None
            if where:
                told[row].append(f"{_when(row)} {name} 同时在“{where}”")


def _travel(table: Timetable, told: dict[Session | None, list[str]]) -> None:
    """From one session to the next of a day: the way to a teaching site and back must fit between them."""
    by_day: dict[date, list[Session]] = defaultdict(list)
    for row in table.sessions:
        by_day[row.date].append(row)
    for rows in by_day.values():
        for first, then in pairwise(rows):
            way = _way(first, then)
            pause = _minutes(table.times[first][1], table.times[then][0])
            if way > pause:
                told[then].append(f"{_when(then)}前只有 {pause} 分钟，路上约需 {way} 分钟")


def _way(first: Session, then: Session) -> int:
    """Minutes from room to room: a site's way to the school, both ways between two sites; none in one place."""
    if first.room_id == then.room_id:
        return 0
    return sum(row.room.travel_minutes for row in (first, then) if row.room)


def _minutes(end: datetime, begin: datetime) -> int:
    return max(0, int((begin - end).total_seconds() // 60))


def _seats(table: Timetable, told: dict[Session | None, list[str]]) -> None:
    if not any(row.room and row.room.capacity for row in table.sessions):
        return
    people = Enrolment.objects.unscoped(WHY).filter(training_class=table.one).on_roster().count()
    for row in table.sessions:
        if row.room and row.room.capacity and row.room.capacity < people:
            told[row].append(f"{_when(row)} {row.room.name}容 {row.room.capacity} 人，本班 {people} 人")


def _when(row: Session) -> str:
    return f"{row.date.month}月{row.date.day}日{row.get_period_display()}"


# ---- on paper ----


def paper(one: TrainingClass) -> dict[str, Any]:
    """课程表 as it is handed out: a row a session, days grouped."""
    table = Timetable.of(one)
    days: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for row in table.sessions:
        days[row.date].append(card(row, table.times[row], [], False) | {"period": row.get_period_display()})
    listed = [
        {"words": f"{day.month}月{day.day}日", "weekday": f"星期{WEEKDAYS[day.weekday()]}", "rows": rows}
        for day, rows in days.items()
    ]
    hours = sum((row.hours for row in table.sessions), Decimal(0))
    return {"one": one, "days": listed, "period": words.period(one.start, one.end), "hours": plain(hours)}
