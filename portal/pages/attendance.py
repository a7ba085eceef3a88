"""The attendance grid: trainees × sessions of one week, what stands in each cell, totals, what changed since."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from portal.acts import names_of
from portal.lists import chips, chosen, page_of
from portal.pages import words
from portal.pages.attendance_totals import (
    LABELS,
    SIGNS,
    WHY,
    Whole,
    person_totals,
    seats_of,
    session_counts,
    sessions_in_words,
)
from portal.rules import Door
from training.models import AttendanceMark, Enrolment, Session, TrainingClass
from training.services.attendance import Edit, Saving, Standing, Unsaved
from training.sheets.rows import Period, SessionKey, circled

PAGE_SIZE = 100
"""People at a time (UX.md)."""
SHOWN = ("position", "roster_name", "group", "unit__name")
SOURCES = dict(AttendanceMark.Source.choices)
KEYS = {"present": "空格", "late": "C", "early": "Z", "personal": "S", "sick": "B", "official": "G", "absent": "K"}
WEEKDAYS = "一二三四五六日"
EMPTY = ("", 0, "")
"""Mark, version and source of a cell in which nothing stands."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What a request asks for: all sessions of the class, those of the week, one page of the trainees."""

    one: TrainingClass
    sessions: Sequence[Session]
    week: Sequence[Session]
    monday: date | None
    people: Page
    seats: int
    groups: Sequence[str]
    group: str
    q: str

    @property
    def keys(self) -> list[UUID]:
        return [who.pk for who in self.people.object_list]


def grid_of(request: HttpRequest, one: TrainingClass) -> Grid:
    """Four queries: sessions, the roster's groups with how many are in each, how many are asked for, the page of them."""
    sessions = list(Session.objects.unscoped(WHY).of_class(one))
    monday = chosen_week(request.GET.get("week", ""), sessions, timezone.localdate())
    roster = Enrolment.objects.unscoped(WHY).of_class(one).on_roster()
    sizes = dict(roster.order_by().values_list("group").annotate(Count("pk")))
    groups = sorted(set(sizes) - {""})
    group, q = chosen(request, "group", groups), request.GET.get("q", "").strip()[:50]
    rows = roster.filter(group=group) if group else roster
    rows = rows.filter(named(q)) if q else rows
    people = page_of(request, rows.select_related("unit").only(*SHOWN), PAGE_SIZE)
    people.object_list = list(people.object_list)
    week = [each for each in sessions if monday_of(each.date) == monday]
    return Grid(one, sessions, week, monday, people, sum(sizes.values()), groups, group, q)


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


def marks_of(grid: Grid, sessions: Iterable[Session]) -> dict[tuple[UUID, UUID], Standing]:
    """What stands in the cells of these sessions; a cell without a mark is not in it."""
    rows = AttendanceMark.objects.unscoped(WHY).filter(training_class=grid.one, enrolment__in=grid.keys)
    found = rows.filter(session__in=[each.pk for each in sessions]).values_list(*Standing._fields)
    return {(standing.enrolment, standing.session): standing for standing in map(Standing._make, found)}


def cells_of(standings: Sequence[Standing], names: Mapping[UUID | None, str]) -> list[dict[str, Any]]:
    """Cells as the page's script knows them."""
    moments = {at: words.moment(at) for at in {each.at for each in standings} if at}
    return [
        {
            "enrolment": str(each.enrolment),
            "session": str(each.session),
            "mark": each.mark,
            "version": each.version,
            "source": each.source,
            "by": names.get(each.by_id, ""),
            "at": moments[each.at] if each.at else "",
        }
        for each in standings
    ]


def saving_words(saving: Saving, user: Account) -> dict[str, Any]:
    """The answer to a save: cells with their new versions, and those refused with both values in a sentence."""
    current = [told.current for told in saving.refused]
    others = {each.by_id for each in [*saving.saved, *current]} - {user.pk}
    names = names_of(others) | {user.pk: user.display_name}
    told = zip(cells_of(current, names), saving.refused, strict=True)
    refused = [
        cell | {"why": each.why, "wanted": each.wanted, "sentence": sentence(each, names)} for cell, each in told
    ]
    return {"saved": cells_of(saving.saved, names), "refused": refused}


def following(one: TrainingClass, edits: Sequence[Edit], saving: Saving | None) -> dict[str, Any]:
    """The figures of the sessions and people that were asked for, as they are now.

    Two queries where `saving` counted the sessions' marks; two more where nothing was written, or a request came twice.
    """
    if saving and saving.written:
        sessions = sessions_in_words(saving.counts, saving.seats)
    else:
        sessions = session_counts(one, {edit.session for edit in edits}, seats_of(one))
    return {"sessions": sessions, "people": person_totals(one, Whole.of_class(one), {edit.enrolment for edit in edits})}


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
    counts = rows.filter(session__in=[each.pk for each in grid.week]).order_by().values_list("session")
    found = {
        session: f"{count}.{versions}.{keys}"
        for session, count, versions, keys in counts.annotate(Count("pk"), Sum("version"), Sum("pk"))
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
    there = marks_of(grid, moved)
    cells = [there.get((who, each.pk), Standing(who, each.pk)) for each in moved for who in grid.keys]
    names = names_of({each.by_id for each in cells})
    return {"cursor": cursor, "cells": cells_of(cells, names)} | figures(grid, moved)


def figures(grid: Grid, sessions: Iterable[Session]) -> dict[str, Any]:
    """Counts a session and totals a trainee, as the page's script shows them anew; two queries."""
    whole = Whole.of((each.pk, each.hours, each.recorded) for each in grid.sessions)
    return {
        "sessions": session_counts(grid.one, [each.pk for each in sessions], grid.seats),
        "people": person_totals(grid.one, whole, grid.keys),
    }


# ---- the page ----


def fragment(grid: Grid, door: Door, refusal: str) -> dict[str, Any]:
    """What templates/portal/class/_attendance.html needs."""
    standing = marks_of(grid, grid.week)
    shown = figures(grid, grid.week)
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
        "length": str(len(grid.sessions)),  # a number would be put into local form four times a row
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
    who: Enrolment, grid: Grid, standing: Mapping[tuple[UUID, UUID], Standing], totals: Mapping[str, Any]
) -> dict[str, Any]:
    found = [standing.get((who.pk, each.pk)) for each in grid.week]
    cells = [(mark.mark, mark.version, mark.source) if mark else EMPTY for mark in found]
    return {"key": who.pk, "number": str(who.position), "name": who.roster_name, "group": who.group,
            "unit": who.unit.name, "cells": cells, **totals}  # fmt: skip
