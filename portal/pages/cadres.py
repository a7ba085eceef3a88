"""干部: the list of people whom an account comes to by the person door (DOMAIN.md §1), filtered, and its cells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from organization.access import below
from organization.models import Account, Unit
from organization.roles import Role
from portal.badges import badge_for
from portal.lists import chips, chosen, sorted_by
from portal.pages import words
from portal.pages.duties import people
from portal.pages.duties.look import Look
from portal.pages.search import named
from trainees.models import Appointment, Cadre
from training.services.attainment import View
from training.services.attainment import people as attained

ROLES = (Role.STAFF, Role.LEADER, Role.LIAISON)
"""From the door that shows most to the one that shows least."""
SORTS = {
    "name": ("pinyin", "pk"),
    "unit": ("unit__path", "pinyin", "pk"),
    "authority": ("managing_authority__path", "pinyin", "pk"),
    "status": ("status", "pinyin", "pk"),
}
FILTERS = ("unit", "band", "status", "unverified", "authority", "duty")
MOST_UNITS = 200
LONGEST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One cadre of a page or a file, with what other tables say of them."""

    cadre: Cadre
    post: Appointment | None
    learning: people.Line


@dataclass(frozen=True, slots=True)
class Column:
    """(sort key or empty, heading, css class) and how the cell is read."""

    sort: str
    heading: str
    css: str
    cell: Callable[[Line], object]


def _level(line: Line) -> str:
    return " ".join(filter(None, (line.post.post_level, line.post.rank))) if line.post else ""


def _duty(line: Line) -> str:
    return badge_for("duty", line.learning.state).label if line.learning.duties else ""


NAME = Column("name", "姓名", "", lambda line: line.cadre.name)
UNIT = Column("unit", "单位", "", lambda line: line.cadre.unit.name)
BAND = Column("", "层次归类", "", lambda line: line.cadre.get_band_display())
STATUS = Column("status", "状态", "", lambda line: line.cadre.get_status_display())
HOURS = Column("", "本年学时", "number", lambda line: words.hours(line.learning.hours))
DUTY = Column("", "学习任务", "", _duty)
COLUMNS: dict[str, tuple[Column, ...]] = {
    Role.STAFF: (
        NAME, UNIT,
        Column("", "职务", "", lambda line: line.post.post if line.post else ""),
        Column("", "职务层次、职级", "", _level),
        Column("authority", "干部管理权限", "", lambda line: line.cadre.managing_authority.name),
        STATUS, HOURS, DUTY,
    ),
    Role.LEADER: (NAME, UNIT, BAND, STATUS, HOURS, DUTY),
    Role.LIAISON: (NAME, UNIT, HOURS, DUTY),
}  # fmt: skip


def door_of(user: Account) -> str:
    """The role by whose columns the account reads: where it holds several, none shows what another one would not."""
    held = [role for role in ROLES if user.access.has(role)]
    covers = [role for role in held if _covers(user.access.paths(role), user.access.paths(*held))]
    return covers[0] if covers else held[-1]


def _covers(paths: Sequence[str], others: Sequence[str]) -> bool:
    return all(other.startswith(tuple(paths)) for other in others)


def rows_for(user: Account) -> QuerySet[Cadre]:
    """Everybody in scope; of merged doubles the one that lives on."""
    rows = Cadre.objects.visible_to(user).filter(canonical=None)
    return rows.select_related("unit", "managing_authority")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for: the rows, and what the page shows of the filters; `look` is this year's duties."""

    rows: QuerySet[Cadre]
    filters: list[dict[str, Any]]
    units: list[dict[str, Any]]
    text: str
    look: Look


def asked(request: HttpRequest, user: Account) -> Asked:
    rows, text = rows_for(user), request.GET.get("q", "").strip()[:LONGEST]
    rows = rows.filter(_named_or_in(user, text)) if text else rows
    unit, tops = _unit(request, user), user.access.paths(*ROLES)
    rows = rows.filter(unit__path__startswith=unit.path) if unit else rows
    filters: list[dict[str, Any]] = []
    if door_of(user) != Role.LIAISON:
        rows, filters = _by_chips(request, user, rows)
    today = timezone.localdate()
    year = Look(user, View(today.year, today), [today.year], {})
    state = chosen(request, "duty", people.STATES)
    rows = rows.filter(pk__in=attained(year.duties, year.view, state=state)) if state else rows
    states = [(key, badge_for("duty", key).label) for key in people.STATES]
    filters = [*filters, chips("duty", f"{year.view.year}年学习任务", states, state)]
    return Asked(sorted_by(request, rows, _sorts(user), "name"), filters, _unit_options(unit, tops), text, year)


def _sorts(user: Account) -> dict[str, tuple[str, ...]]:
    """By the columns that the account sees: the order of the others would tell what they hold."""
    shown = {column.sort for column in COLUMNS[door_of(user)]}
    return {key: order for key, order in SORTS.items() if key in shown}


def _named_or_in(user: Account, text: str) -> Q:
    """A name, its pinyin or initials, or a unit's name; units are found first, so that people are found by key."""
    units = Unit.objects.visible_to(user).filter(Q(name__contains=text) | Q(short_names__name__contains=text))
    found = list(units.values_list("pk", flat=True).distinct().order_by()[:MOST_UNITS])
    return named(text) | Q(unit__in=found) if found else named(text)


def _by_chips(
    request: HttpRequest, user: Account, rows: QuerySet[Cadre]
) -> tuple[QuerySet[Cadre], list[dict[str, Any]]]:
    band, status = chosen(request, "band", Cadre.Band.values), chosen(request, "status", Cadre.Status.values)
    unverified = chosen(request, "unverified", ("1",))
    departments = _departments(user)
    authority = chosen(request, "authority", [key for key, _ in departments])
    rows = rows.filter(band=band) if band else rows
    rows = rows.filter(status=status) if status else rows
    rows = rows.filter(unverified=True) if unverified else rows
    rows = rows.filter(managing_authority=UUID(authority)) if authority else rows
    groups = [
        chips("status", "状态", Cadre.Status.choices, status),
        chips("band", "层次", Cadre.Band.choices, band),
        chips("unverified", "信息", [("1", "待核")], unverified),
    ]
    return rows, groups + ([chips("authority", "管理权限", departments, authority)] if len(departments) > 1 else [])


def _departments(user: Account) -> list[tuple[str, str]]:
    """Organization departments of the account's area: who manages cadres there."""
    found = Unit.objects.visible_to(user).filter(kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    return [(str(key), name) for key, name in found.order_by("depth", "path").values_list("pk", "name")[:30]]


def _unit(request: HttpRequest, user: Account) -> Unit | None:
    """The unit asked for, of those in scope; anything else filters nothing."""
    try:
        key = UUID(request.GET.get("unit", ""))
    except ValueError:
        return None
    return Unit.objects.visible_to(user).filter(pk=key).first()


def _unit_options(unit: Unit | None, tops: Sequence[str]) -> list[dict[str, Any]]:
    """The way down to the chosen unit and the next step below it: a tree of thousands is walked, not listed."""
    line = [path for path in Unit.upward(unit.path) if path.startswith(tuple(tops))] if unit else []
    wanted = Q(path__in=[*tops, *line])
    if unit:
        wanted |= Q(path__startswith=unit.path, depth=unit.depth + 1)
    else:
        wanted |= below(tops, "path") & Q(depth__in={len(path) // Unit.steplen + 1 for path in tops})
    rows = list(Unit.objects.filter(wanted).order_by("path")[:MOST_UNITS])
    least = min((row.depth for row in rows), default=1)
    return [
        {"value": str(row.pk), "label": "　" * (row.depth - least) + row.name, "selected": row.pk == getattr(unit, "pk", "")}
        for row in rows
    ]  # fmt: skip


def lines_of(cadres: Sequence[Cadre], year: Look) -> list[Line]:
    """These people with today's post, the year's hours and how they stand: a fixed number of queries."""
    keys = [cadre.pk for cadre in cadres]
    held = Appointment.objects.visible_to(year.user).filter(cadre__in=keys, primary=True, until=None)
    posts = {row.cadre_id: row for row in held}
    learning = {line.cadre.pk: line for line in people.lines(keys, year)}
    return [Line(cadre, posts.get(cadre.pk), learning[cadre.pk]) for cadre in cadres]


def listed(line: Line, columns: Sequence[Column]) -> dict[str, Any]:
    """One line of the page."""
    return {
        "name": line.cadre.name,
        "url": cadre_url(line.cadre),
        "unverified": line.cadre.unverified,
        "cells": [(one.heading, one.css, one.cell(line)) for one in columns[1:]],
    }


def cadre_url(cadre: Cadre) -> str:
    return reverse("portal:cadre", args=[cadre.pk])
