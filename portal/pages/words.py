"""How dates, people and acts are written on pages."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from core.amounts import plain
from core.audit.events import label


def day(on: date | None) -> str:
    return f"{on.year}年{on.month}月{on.day}日" if on else ""


def period(start: date, end: date) -> str:
    """2026年3月2日—3月13日; the year again only where it differs."""
    until = day(end) if end.year != start.year else f"{end.month}月{end.day}日"
    return day(start) if start == end else f"{day(start)}—{until}"


def moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{day(local.date())} {local:%H:%M}"


def points(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def hours(value: Decimal | None) -> str:
    """Hours without a needless nought: 74, 74.5."""
    return "—" if value is None else plain(value)


def event(name: str) -> str:
    return label(name)


def crumbs(*places: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page from the home on: labels with their addresses, the page itself without one."""
    return [{"label": label, "url": url} for label, url in (("首页", reverse("portal:home")), *places)]


def steps(labels: Sequence[str], done: int) -> list[dict[str, str]]:
    """A path with its first `done` steps behind us."""
    states = ["done"] * done + ["current"] * (done < len(labels)) + ["todo"] * len(labels)
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=False)]


def tab(label: str, url: str, *, active: bool) -> dict[str, object]:
    return {"label": label, "url": url, "active": active, "count": None}


def fact(label: str, value: object, url: str = "") -> dict[str, object]:
    return {"label": label, "value": value, "url": url}


def figure(label: str, value: object, unit: str = "", note: str = "", url: str = "") -> dict[str, object]:
    return {"label": label, "value": value, "unit": unit, "note": note, "url": url}


def note(tone: str, text: str) -> dict[str, str]:
    return {"tone": tone, "text": text}


def check(label: str, ok: bool, detail: str = "", url: str = "", action: str = "") -> dict[str, object]:
    return {"label": label, "ok": ok, "detail": detail, "url": url, "action": action}
