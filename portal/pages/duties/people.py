"""干部学习任务: people with the state of each requirement; who is under it, promoted lately, never trained, warned."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.http import HttpRequest
from django.urls import reverse

from portal.badges import badge_for
from portal.lists import chips, chosen
from portal.pages import words
from portal.pages.duties.look import Look
from portal.pages.search import named
from trainees.models import PERSON, Cadre, CreditBalance, Duty
from trainees.models.duties import unit_of
from training.rules.attainment import MET, Ahead, state_of, worst
from training.services.attainment import ORDERS, people
from training.services.forecast import ahead_of

PAGE_SIZE = 50
AT_ONCE = 500
LONGEST = 50
STATES = ("met", "ahead", "short", "overdue", "exempt")
ONLY = {"under": "未达标", "promoted": "新提任未补训", "never": "从未脱产培训", "warned": "预警"}
FETCHED = "balances of people who were fetched in scope"
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Asked:
    """Which of the people looked at: by state, by what they miss, by name; `own` leaves out the units below."""

    look: Look
    state: str = ""
    only: str = ""
    own: bool = False
    text: str = ""
    order: str = ""

    @classmethod
    def of(cls, request: HttpRequest, look: Look) -> "Asked":
        own = bool(look.unit) and request.GET.get("own") == "1"
        text, order = request.GET.get("q", "").strip()[:LONGEST], chosen(request, "sort", ORDERS)
        return cls(look, chosen(request, "state", STATES), chosen(request, "only", ONLY), own, text, order)

    def keys(self) -> list[UUID]:
        """Whose names stand in the list, those who lack most first."""
        rows = self.look.duties.filter(cadre__unit=self.look.unit) if self.own else self.look.duties
        rows = rows.filter(named(self.text, "cadre__")) if self.text else rows
        asked = {"state": self.state, "code": self.look.code, "only": self.only, "order": self.order}
        return people(rows, self.look.view, **asked)

    @property
    def filters(self) -> list[dict[str, Any]]:
        states = [(key, badge_for("duty", key).label) for key in STATES]
        return [
            *self.look.filters,
            chips("state", "状态", states, self.state),
            chips("only", "漏训", ONLY.items(), self.only),
        ]

    @property
    def words(self) -> str:
        """Whose list it is."""
        place = self.look.unit.name if self.look.unit else "您范围内的单位"
        return f"{place}{'（本级）' if self.own else ''} · {self.look.view.year}年"


@dataclass(frozen=True)
class Line:
    """One person with their duties, each with its state, and the year's hours."""

    cadre: Cadre
    duties: list[tuple[Duty, str]]
    hours: Decimal

    @property
    def state(self) -> str:
        asked = [state for duty, state in self.duties if not duty.exempt]
        due = [state for duty, state in self.duties if not duty.exempt and duty.due.year <= duty.year]
        if not asked:
            return "exempt"
        return MET if "overdue" not in asked and all(state == MET for state in due) else worst(asked)


def lines(keys: Sequence[UUID], look: Look) -> list[Line]:
    """The people of a page in their order; four queries."""
    cadres = Cadre.objects.visible_to(look.user).select_related("unit").in_bulk(list(keys))
    rows = Duty.objects.visible_to(look.user).filter(cadre__in=cadres, year=look.view.year)
    rows = rows.with_standing().with_rolling()
    ahead, hours = ahead_of(list(cadres), look.view.year), _hours(cadres, look.view.year)
    duties = defaultdict(list)
    for duty in rows.order_by("code"):
        duties[duty.cadre_id].append((duty, state_of(duty, ahead.get(duty.cadre_id, Ahead()), look.view.today)))
    return [Line(cadres[key], duties[key], hours.get(key, NOTHING)) for key in keys if key in cadres]


def in_batches(keys: Sequence[UUID], look: Look) -> Iterator[Line]:
    """Everybody, some hundred at a time."""
    for start in range(0, len(keys), AT_ONCE):
        yield from lines(keys[start : start + AT_ONCE], look)


def _hours(cadres: Iterable[UUID], year: int) -> Mapping[UUID, Decimal]:
    """What each has learned in the year by any channel, doubles' hours among it."""
    whose = Q(cadre__in=cadres) | Q(cadre__canonical__in=cadres)
    rows = CreditBalance.objects.unscoped(FETCHED).filter(whose, year=year).order_by()
    every = Sum("off_job_hours") + Sum("online_hours") + Sum("other_hours")
    return dict(rows.annotate(person=PERSON).values_list("person").annotate(every=every))


# ---- as a page ----


def row(line: Line, look: Look) -> dict[str, Any]:
    by_code = {duty.code: (duty, state) for duty, state in line.duties}
    return {
        "name": line.cadre.name,
        "url": reverse("portal:cadre", args=[line.cadre.pk]),
        "unit": line.cadre.unit.name,
        "band": line.cadre.get_band_display() or "待核",
        "level": re.sub("（.*?）", "", line.cadre.get_band_display()) or "待核",
        "hours": words.hours(line.hours),
        "duties": [(name, _shown(*by_code[code]) if code in by_code else None) for code, name in look.codes.items()],
        "state": line.state,
    }


def _shown(duty: Duty, state: str) -> dict[str, str]:
    """One cell: the amounts, of days or hours the other one beside it, and why less is asked."""
    state = _said(duty, state)
    several = duty.since.year < duty.due.year and not duty.by_entries
    return {
        "state": state,
        "word": badge_for("duty", state).label,
        "note": duty.note,
        "rolling": f"近 {duty.due.year - duty.since.year + 1} 年 {words.hours(duty.rolling)} 学时" if several else "",
    } | _amounts(duty)


NOT_DUE = {"short": "behind", "ahead": "running"}


def _said(duty: Duty, state: str) -> str:
    """What is not due within the year (五年, 提任补训) is never called missed: it keeps pace or falls behind."""
    if duty.exempt:
        return "exempt"
    return NOT_DUE.get(state, state) if duty.due.year > duty.year else state


def _amounts(duty: Duty) -> dict[str, str]:
    if duty.exempt:
        return {"own": "免除", "other": ""}
    other = ""
    if duty.other_amount is not None:
        other = f"或 {_of(duty.other_measure, duty.other_done, duty.other_amount)}"
    return {"own": _of(duty.measure, duty.done, duty.amount), "other": other}


def _of(measure: str, done: Decimal, amount: Decimal) -> str:
    return f"{words.hours(done)} / {words.hours(amount)} {unit_of(measure)}"


# ---- as a file ----


def headings(look: Look) -> list[str]:
    found = ["姓名", "单位", "层次", f"{look.view.year}年学时", "总体状态"]
    for name in look.codes.values():
        found += [f"{name}（完成）", f"{name}（应达）", f"{name}（状态）"]
    return found


def cells(line: Line, look: Look) -> list[object]:
    shown = row(line, look)
    found = [shown["name"], shown["unit"], shown["band"], line.hours, badge_for("duty", line.state).label]
    by_code = {duty.code: (duty, state) for duty, state in line.duties}
    for code in look.codes:
        duty, state = by_code.get(code, (None, ""))
        found += _duty_cells(duty, state) if duty else [None, None, None]
    return found


def _duty_cells(duty: Duty, state: str) -> list[object]:
    return [duty.done, duty.amount, badge_for("duty", _said(duty, state)).label]
