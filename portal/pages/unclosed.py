"""待结班: classes that have ended and are not closed, the oldest first, with their age and what is missing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from core.scope import any_of
from organization.models import Account
from portal.pages import ledger_asked, words
from portal.rules import Door
from training.models import TrainingClass
from training.models.classes import class_ways
from training.services.dossier import Item, dossiers
from training.services.years import own_unclosed

State = TrainingClass.State
COLUMNS = ("班次名称", "主办单位", "结束日期", "已过天数", "状态", "还缺")
LATE_DAYS = 30
"""Days after which a class that is not closed is late."""


def unclosed(user: Account) -> QuerySet[TrainingClass]:
    """Those that the account sees through the class door; not those in which it only learns."""
    rows = TrainingClass.objects.visible_to(user).filter(any_of(class_ways(user.access, leader=True)))
    return rows.filter(state__in=[State.ENDED, State.REOPENED]).select_related("unit").order_by("end", "name", "pk")


def filtered(request: HttpRequest, user: Account) -> tuple[QuerySet[TrainingClass], list[dict[str, Any]]]:
    """All of them, or those that a year of a ledger waits for; and the chip that says so."""
    ledger = ledger_asked.asked(request, user)
    if ledger is None:
        return unclosed(user), []
    rows = TrainingClass.objects.visible_to(user).filter(pk__in=own_unclosed(*ledger))
    return rows.select_related("unit").order_by("end", "name", "pk"), [ledger_asked.chip(ledger)]


def lines(user: Account, classes: Sequence[TrainingClass], today: date) -> list[dict[str, Any]]:
    items = dossiers(classes)
    return [line(one, Door.of(user, one), items[one.pk], today) for one in classes]


def line(one: TrainingClass, door: Door, items: Sequence[Item], today: date) -> dict[str, Any]:
    """A row; who closes the class is led to its list."""
    days = (today - one.end).days
    name = "class_closing" if door.roster else "class_page"
    return {
        "url": reverse(f"portal:{name}", args=[one.pk]),
        "name": one.name,
        "organizer": one.organizer,
        "end": words.day(one.end),
        "days": days,
        "late": days > LATE_DAYS,
        "state": one.state,
        "missing": [item.todo for item in items if not item.ok],
    }


def cells(one: TrainingClass, items: Sequence[Item], today: date) -> list[object]:
    """One line of the Excel export, as COLUMNS."""
    missing = "；".join(item.todo for item in items if not item.ok) or "都已办完"
    return [one.name, one.organizer, one.end, (today - one.end).days, one.get_state_display(), missing]
