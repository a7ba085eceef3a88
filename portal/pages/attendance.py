"""The attendance grid: trainees × sessions of one week, what stands in each cell, totals, what changed since."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from portal.acts import names_of
from portal.lists import chips, chosen, page_of
from portal.pages import words
from portal.rules import Door
from training.models import AttendanceMark, Enrolment, LeaveRequest, Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT
from training.services.attendance import Saving, Standing, Unsaved
from training.sheets.rows import Mark, Period, SessionKey, circled

WHY = "the class was fetched in scope, and its door lets its attendance be seen"
PAGE_SIZE = 100
"""People at a time (UX.md)."""
SIGNS = {mark.value: mark.sign for mark in Mark}
LABELS = dict(AttendanceMark.Mark.choices)
SOURCES = dict(AttendanceMark.Source.choices)
KEYS = {"present": "空格", "late": "C", "early": "Z", "personal": "S", "sick": "B", "official": "G", "absent": "K"}
CAP = 7
"""Leave beyond one seventh of the class's hours is 退学 (CLASS_WORKBOOK.md §3)."""
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Grid:
    """What a request asks for: all sessions of the class, those of the week, one page of the trainees."""

    one: TrainingClass
    sessions: Sequence[Session]
    week: Sequence[Session]
    monday: date | None
    people: Page
    groups: Sequence[str]
    group: str
    q: str

    @property
    def keys(self) -> list[UUID]:
        return [who.pk for who in self.people.object_list]


def grid_of(request: HttpRequest, one: TrainingClass) -> Grid:
    """Three queries: sessions, groups and count of the roster, its page."""
    sessions = list(Session.objects.unscoped(WHY).of_class(one))
    monday = chosen_week(request.GET.get("week", ""), sessions, timezone.localdate())
    roster = Enrolment.objects.unscoped(WHY).of_class(one).on_roster()
    groups = sorted(set(roster.exclude(group="").order_by().values_list("group", flat=True)))
    group, q = chosen(request, "group", groups), request.GET.get("q", "").strip()[:50]
    rows = roster.filter(group=group) if group else roster
    rows = rows.filter(named(q)) if q else rows
    people = page_of(request, rows.select_related("unit"), PAGE_SIZE)
    people.object_list = list(people.object_list)
    return Grid(
        one, sessions, [each for each in sessions if monday_of(each.date) == monday], monday, people, groups, group, q
    )


def named(q: str) -> Q:
    """By name, pinyin or initials, or the number on the roster."""
    letters = q.lower()
    found = Q(roster_name__icontains=q) | Q(cadre__pinyin__startswith=letters) | Q(cadre__initials__startswith=letters)
    return found | Q(position=int(q)) if q.isascii() and q.isdigit() and len(q) < 6 else found


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def chosen_week(asked: str, sessions: Sequence[Session], today: date) -> date | None:
    """The week asked for, else today's, else the last that has begun, else the first; None without sessions."""
    mondays = sorted({monday_of(each.date) for each in sessions})
    named_one = next((monday for monday in mondays if monday.isoformat() == asked), None)
    begun = [monday for monday in mondays if monday <= today]
    return named_one or (begun[-1] if begun else mondays[0] if mondays else None)


# ---- what stands in the cells ----


def marks_of(grid: Grid, sessions: Iterable[Session]) -> list[AttendanceMark]:
    rows = AttendanceMark.objects.unscoped(WHY).filter(training_class=grid.one, enrolment__in=grid.keys)
    return list(rows.filter(session__in=[each.pk for each in sessions]))


def cell_of(standing: Standing, names: Mapping[UUID | None, str]) -> dict[str, Any]:
    """A cell as the page's script knows it."""
    return {
        "enrolment": str(standing.enrolment),
        "session": str(standing.session),
        "mark": standing.mark,
        "version": standing.version,
        "source": standing.source,
        "by": names.get(standing.by_id, ""),
        "at": words.moment(standing.at) if standing.at else "",
    }


def saving_words(saving: Saving) -> dict[str, Any]:
    """The answer to a save: cells with their new versions, and those refused with both values in a sentence."""
    standings = [*saving.saved, *(told.current for told in saving.refused)]
    names = names_of({each.by_id for each in standings})
    refused = [
        cell_of(told.current, names) | {"why": told.why, "wanted": told.wanted, "sentence": sentence(told, names)}
        for told in saving.refused
    ]
    return {"saved": [cell_of(each, names) for each in saving.saved], "refused": refused}


def sentence(told: Unsaved, names: Mapping[UUID | None, str]) -> str:
    """周班主任 10 秒前记为迟到，您要记的是旷课."""
    current = told.current
    wanted = f"您要记的是{LABELS[told.wanted]}" if told.wanted else "您要清除"
    if current.mark is None:
        return f"这一格已被他人清除，{wanted}"
    if told.why == "leave":
        return f"这一格是已准的{LABELS[current.mark]}，{wanted}"
    who = names.get(current.by_id) or SOURCES.get(current.source, "他人")
    return f"{who}{ago(current)}记为{LABELS[current.mark]}，{wanted}"


def ago(current: Standing) -> str:
    if current.at is None:
        return "已"
    seconds = max(1, int((timezone.now() - current.at).total_seconds()))
    if seconds < 60:
        return f" {seconds} 秒前"
    if seconds < 3600:
        return f" {seconds // 60} 分钟前"
    return f"于 {words.moment(current.at)} "


# ---- since when: count, versions and keys of each session's marks say whether any of them changed ----


def cursor_of(grid: Grid) -> str:
    """One part a session of the week; a mark added, changed or cleared gives another part."""
    if not grid.week or not grid.keys:
        return ""
    rows = AttendanceMark.objects.unscoped(WHY).filter(training_class=grid.one, enrolment__in=grid.keys)
    counts = rows.filter(session__in=[each.pk for each in grid.week]).order_by().values("session")
    found = {
        row["session"]: f"{row['count']}.{row['versions']}.{row['keys']}"
        for row in counts.annotate(count=Count("pk"), versions=Sum("version"), keys=Sum("pk"))
    }
    return "_".join(found.get(each.pk, "0") for each in grid.week)


def changed_since(grid: Grid, since: str) -> dict[str, Any]:
    """All cells of the sessions in which something changed, with the figures that follow; nothing where nothing did."""
    cursor = cursor_of(grid)
    if cursor == since:
        return {"cursor": cursor, "cells": []}
    before, now = since.split("_"), cursor.split("_")
    fresh = len(before) != len(now)
    moved = [each for place, each in enumerate(grid.week) if fresh or before[place] != now[place]]
    there = {(row.enrolment_id, row.session_id): Standing.of(row) for row in marks_of(grid, moved)}
    cells = [there.get((who, each.pk), Standing(who, each.pk)) for each in moved for who in grid.keys]
    names = names_of({each.by_id for each in cells})
    return {"cursor": cursor, "cells": [cell_of(each, names) for each in cells]} | figures(grid, grid.keys, moved)


# ---- totals ----


def figures(grid: Grid, people: Iterable[UUID], sessions: Iterable[Session]) -> dict[str, Any]:
    """Counts a session and totals a trainee, as the page's script shows them anew."""
    return {"sessions": session_counts(grid.one, sessions), "people": person_totals(grid.one, grid.sessions, people)}


def session_counts(one: TrainingClass, sessions: Iterable[Session]) -> dict[str, dict[str, Any]]:
    """Each session's marks over the whole roster, and the share that was there; two queries."""
    keys = [each.pk for each in sessions]
    rows = AttendanceMark.objects.unscoped(WHY).filter(
        training_class=one, session__in=keys, enrolment__state__in=HOLDS_A_SEAT
    )
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    for session, mark, number in rows.order_by().values_list("session", "mark").annotate(Count("pk")):
        counts[session][mark] = number
    seats = Enrolment.objects.unscoped(WHY).of_class(one).on_roster().count()
    return {str(key): session_words(counts[key], seats) for key in keys}


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


def person_totals(one: TrainingClass, sessions: Sequence[Session], people: Iterable[UUID]) -> dict[str, dict[str, Any]]:
    """Each trainee's marks over the whole class; one query."""
    rows = AttendanceMark.objects.unscoped(WHY).filter(training_class=one, enrolment__in=list(people))
    found: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for who, session, mark in rows.exclude(mark="present").order_by().values_list("enrolment", "session", "mark"):
        found[who][session] = mark
    return {str(who): person_words(found[who], sessions) for who in people}


def person_words(marks: Mapping[UUID, str], sessions: Sequence[Session]) -> dict[str, Any]:
    """Counts, missed hours, leave against a seventh of all hours, and where in the class's strip the marks lie."""
    total, counts = Decimal(0), Counter(marks.values())
    missed = leave = Decimal(0)
    strip, recorded, attended = [], 0, 0
    for place, each in enumerate(sessions):
        mark = marks.get(each.pk)
        total += each.hours
        missed += each.hours if mark in AttendanceMark.AWAY else 0
        leave += each.hours if mark in AttendanceMark.LEAVE else 0
        strip += [[place, mark]] if mark else []
        recorded += each.recorded
        attended += each.recorded and mark not in AttendanceMark.AWAY
    share = round(100 * attended / recorded) if recorded else None
    said = "".join(f"{SIGNS[mark]}{counts[mark]} " for mark in LABELS if mark != "present" and counts[mark])
    return {
        "words": said.strip(), "missed": words.hours(missed), "leave": words.hours(leave), "strip": strip,
        "share": share, "heat": heat(share), "over": leave * CAP > total, "near": leave * CAP * 10 > total * 8,
        "cap": words.hours((total / CAP).quantize(Decimal("0.1"))),
    }  # fmt: skip


# ---- the page ----


def fragment(grid: Grid, door: Door, refusal: str) -> dict[str, Any]:
    """What templates/portal/class/_attendance.html needs."""
    standing = {(row.enrolment_id, row.session_id): row for row in marks_of(grid, grid.week)}
    shown = figures(grid, grid.keys, grid.week)
    return {
        "weeks": weeks(grid),
        "filters": [chips("group", "组别", [(name, name) for name in grid.groups], grid.group)] if grid.groups else [],
        "q": grid.q,
        "week_asked": grid.monday.isoformat() if grid.monday else "",
        "group_asked": grid.group,
        "page_obj": grid.people,
        "columns": [column(each, shown["sessions"][str(each.pk)]) for each in grid.week],
        "days": days(grid.week),
        "rows": [row_of(who, grid, standing, shown["people"][str(who.pk)]) for who in grid.people.object_list],
        "length": len(grid.sessions),
        "keys": [
            {"mark": mark, "label": label, "sign": SIGNS[mark], "key": KEYS[mark]} for mark, label in LABELS.items()
        ],
        "refusal": refusal,
        "settings": client(grid, not refusal),
        "now_url": reverse("portal:attendance_now", args=[grid.one.pk]),
        "check_ins_url": "" if refusal else reverse("portal:class_check_ins", args=[grid.one.pk]),
        "import_url": "" if refusal else reverse("portal:machine_upload", args=[grid.one.pk]),
        "help": "portal/help/_attendance.html",
        "script": "js/attendance.js",
        "styles": ["css/attendance.css"],
    }


def client(grid: Grid, writing: bool) -> dict[str, Any]:
    """What the script has to know; it is put into the page as JSON."""
    args = [grid.one.pk]
    return {
        "writing": writing,
        "saveUrl": reverse("portal:attendance_marks", args=args),
        "changesUrl": reverse("portal:attendance_changes", args=args),
        "cellsUrl": reverse("portal:class_attendance", args=args),
        "cursor": cursor_of(grid),
        "week": grid.monday.isoformat() if grid.monday else "",
        "length": len(grid.sessions),
        "signs": SIGNS,
        "labels": LABELS,
        "sources": SOURCES,
    }


def weeks(grid: Grid) -> list[dict[str, Any]]:
    """One choice a week of the class: 第1周 3月2日—6日."""
    found: dict[date, list[date]] = defaultdict(list)
    for each in grid.sessions:
        found[monday_of(each.date)].append(each.date)
    return [
        {"value": monday.isoformat(), "label": f"第{place}周", "days": short_period(min(on), max(on)),
         "selected": monday == grid.monday}
        for place, (monday, on) in enumerate(sorted(found.items()), 1)
    ]  # fmt: skip


def short_period(first: date, last: date) -> str:
    if first == last:
        return f"{first.month}.{first.day}"
    return f"{first.month}.{first.day}—{last.month}.{last.day}"


def days(week: Sequence[Session]) -> list[dict[str, Any]]:
    """The heads over the columns of one day."""
    counts = Counter(each.date for each in week)
    return [
        {"label": f"{on.month}月{on.day}日", "weekday": f"周{WEEKDAYS[on.weekday()]}", "span": number}
        for on, number in sorted(counts.items())
    ]


def column(each: Session, counts: Mapping[str, Any]) -> dict[str, Any]:
    key = SessionKey(each.date, Period(each.period), each.number)
    return {
        "key": each.pk, "period": f"{Period(each.period).label}{circled(each.number)}", "title": each.title,
        "name": str(key), "hours": words.hours(each.hours), **counts,
    }  # fmt: skip


def row_of(
    who: Enrolment, grid: Grid, standing: Mapping[tuple[UUID, UUID], AttendanceMark], totals: Mapping[str, Any]
) -> dict[str, Any]:
    cells = []
    for each in grid.week:
        mark = standing.get((who.pk, each.pk))
        cells.append(
            {"mark": mark.mark, "sign": SIGNS[mark.mark], "label": LABELS[mark.mark], "version": mark.version,
             "source": mark.source}
            if mark else {"mark": "", "sign": "", "label": "", "version": 0, "source": ""}
        )  # fmt: skip
    return {"key": who.pk, "number": who.position, "name": who.roster_name, "group": who.group, "unit": who.unit.name,
            "cells": cells, **totals}  # fmt: skip
