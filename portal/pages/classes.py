"""The list of classes, and the head that all pages of one class share."""

from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Result
from core.scope import any_of
from organization.models import Account
from portal.badges import badge_for
from portal.lists import chips, chosen, sorted_by
from portal.pages import words
from portal.rules import Door
from training.models import TrainingClass
from training.models.classes import class_ways
from training.models.enrolment import HOLDS_A_SEAT

State = TrainingClass.State
WAITING = (Result.State.DRAFT, Result.State.SHOWN)
SORTS = {
    "start": ("start", "name", "pk"),
    "name": ("name", "pk"),
    "code": ("code", "pk"),
    "trainees": ("trainees", "pk"),
}
TABS = (
    ("概览", "class_page", "inside"),
    ("学员", "class_roster", "roster"),
    ("课程表", "class_timetable", "inside"),
    ("考勤", "class_attendance", "roster"),
    ("请假", "class_leaves", "roster"),
    ("活动", "class_activities", "inside"),
    ("成绩", "class_results", "inside"),
    ("文件", "class_files", "papers"),
    ("满意度", "class_satisfaction", "inside"),
    ("结班", "class_closing", "roster"),
    ("训后", "class_afterwards", "roster"),
)


def listed_for(user: Account) -> QuerySet[TrainingClass]:
    """Classes of the account's class door, with the number on the roster and the state of results."""
    states = Result.objects.unscoped("a state only, of classes in scope").filter(training_class=OuterRef("pk"))
    seated = Count("enrolments", filter=Q(enrolments__state__in=HOLDS_A_SEAT))
    rows = TrainingClass.objects.visible_to(user)
    return rows.annotate(trainees=seated, results_state=Subquery(states.order_by("state").values("state")[:1]))


def begun(user: Account, today: date) -> Q:
    """Classes of the account's class door that have begun by a day; not those in which it only learns."""
    return any_of(class_ways(user.access, leader=True)) & Q(start__lte=today) & ~Q(state=State.CANCELLED)


def unconfirmed(user: Account) -> Q:
    """Classes of the account's class door that have ended, with results that wait for confirmation."""
    waiting = Result.objects.unscoped("a state only, of classes in scope").filter(state__in=WAITING)
    ended = Q(state__in=[State.ENDED, State.REOPENED], pk__in=waiting.values("training_class"))
    return any_of(class_ways(user.access, leader=True)) & ended


def filtered(
    request: HttpRequest, user: Account, rows: QuerySet[TrainingClass]
) -> tuple[QuerySet[TrainingClass], list[dict[str, Any]]]:
    """By state, year and what the first pages count, sorted as asked; and the chips that say so."""
    years = [str(on.year) for on in rows.dates("start", "year", order="DESC")]
    state = chosen(request, "state", TrainingClass.State.values)
    year = chosen(request, "year", years)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(start__year=year) if year else rows
    has_begun, waits = chosen(request, "begun", ("1",)), chosen(request, "results", ("waiting",))
    rows = rows.filter(begun(user, timezone.localdate())) if has_begun else rows
    rows = rows.filter(unconfirmed(user)) if waits else rows
    groups = [
        chips("state", "状态", TrainingClass.State.choices, state),
        chips("year", "年度", [(one, f"{one}年") for one in years], year),
        chips("begun", "开班", [("1", "已开班")], has_begun),
        chips("results", "成绩", [("waiting", "等待确认")], waits),
    ]
    return sorted_by(request, rows, SORTS, "-start"), groups


def row(one: TrainingClass) -> dict[str, Any]:
    return {
        "url": reverse("portal:class_page", args=[one.pk]),
        "name": one.name,
        "code": one.code,
        "organizer": one.organizer,
        "period": words.period(one.start, one.end),
        "trainees": one.trainees,  # type: ignore[attr-defined]
        "state": one.state,
        "results_state": one.results_state or "none",  # type: ignore[attr-defined]
    }


def cells(one: TrainingClass) -> list[object]:
    """One line of the Excel export."""
    shown = row(one)
    results = badge_for("result", shown["results_state"]).label
    return [
        one.name, one.code, one.organizer, shown["period"], shown["trainees"], one.get_state_display(), results
    ]  # fmt: skip


def tabs(one: TrainingClass, door: Door, active: str) -> list[dict[str, Any]]:
    """The tabs that this door opens."""
    return [
        words.tab(label, reverse(f"portal:{name}", args=[one.pk]), active=name == active)
        for label, name, opened_by in TABS
        if getattr(door, opened_by)
    ]


def upload_url(one: TrainingClass) -> str:
    """Where the class's workbook is brought up to date: the unit is part of what a class is known by."""
    return f"{reverse('portal:workbook_upload')}?unit={one.unit_id}"


def header(one: TrainingClass, door: Door) -> dict[str, Any]:
    facts = [
        words.fact("编号", one.code),
        words.fact("起止", words.period(one.start, one.end)),
        words.fact("主办", one.organizer),
        words.fact("班主任", one.manager_names),
    ]
    actions = []
    if door.roster and door.writing:
        actions.append({"url": upload_url(one), "label": "更新工作簿", "icon": "upload", "primary": False})
    if door.roster:
        url = reverse("portal:class_export", args=[one.pk])
        actions.append({"url": url, "label": "导出工作簿", "icon": "download", "primary": False})
    return {"name": one.name, "state": one.state, "facts": facts, "actions": actions}


def page(one: TrainingClass, door: Door, active: str, fragment: str) -> dict[str, Any]:
    """What templates/portal/class_page.html needs beside the fragment's own."""
    return {
        "header": header(one, door),
        "tabs": tabs(one, door, active),
        "fragment": f"portal/class/_{fragment}.html",
        "crumbs": words.crumbs(("班次", reverse("portal:class_list")), (one.name, "")),
        "asks": [],
        "charts": [],
        "styles": [],
    }
