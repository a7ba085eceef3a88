"""请假: the tab of a class: requests, waiting ones first, and everybody's meter."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from portal.acts import ask
from portal.lists import chips, chosen
from portal.pages import words
from portal.pages.leaves import cap_of, current_steps, length, listed, meter_words, span, url_of, waiting
from portal.rules import Door, may_enter_leave, may_override_leave
from training.models import Enrolment, LeaveRequest, TrainingClass
from training.rules.leave import Meter, exceeds, total_hours, used_hours

State = LeaveRequest.State
COLUMNS = (
    "姓名", "单位", "假别", "起止", "半天数", "学时", "事由", "状态", "等待", "超过七分之一", "申请时间", "办结说明",
)  # fmt: skip


def filtered(
    request: HttpRequest, user: Account, one: TrainingClass
) -> tuple[QuerySet[LeaveRequest], list[dict[str, Any]]]:
    """By state and kind; and the chips that say so."""
    rows = LeaveRequest.objects.visible_to(user).filter(training_class=one)
    state, kind = chosen(request, "state", State.values), chosen(request, "kind", LeaveRequest.Kind.values)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(kind=kind) if kind else rows
    groups = [chips("state", "状态", State.choices, state), chips("kind", "假别", LeaveRequest.Kind.choices, kind)]
    return listed(rows), groups


def lines(rows: list[LeaveRequest]) -> list[dict[str, Any]]:
    steps = current_steps(rows)
    return [line(row, waiting(steps.get(row.pk))) for row in rows]


def line(row: LeaveRequest, waits: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "url": url_of(row),
        "name": row.enrolment.roster_name,
        "unit": row.enrolment.unit.name,
        "class_name": row.training_class.name,
        "kind": row.get_kind_display(),
        "span": span(row),
        "length": length(row),
        "reason": row.reason,
        "state": row.state,
        "over": row.over_cap,
        "waits": waits,
        "asked": words.moment(row.asked),
    }


def cells(row: LeaveRequest, waits: dict[str, Any] | None) -> list[object]:
    """One line of the Excel export, as COLUMNS."""
    return [
        row.enrolment.roster_name, row.enrolment.unit.name, row.get_kind_display(), span(row), row.half_days, row.hours,
        row.reason, row.get_state_display(), waits["level"] if waits else "", "是" if row.over_cap else "",
        words.moment(row.asked), row.end_reason,
    ]  # fmt: skip


def fragment(user: Account, one: TrainingClass, door: Door) -> dict[str, Any]:
    """What stands beside the list: figures, meters, what may be done."""
    people = meters(user, one)
    return {
        "figures": figures(user, one, people),
        "meters": people,
        "enter_url": "" if may_enter_leave(door) else reverse("portal:leave_enter", args=[one.pk]),
        "asks": [override_ask(who) for who in people if who["over"] and not may_override_leave(door)],
    }


def meters(user: Account, one: TrainingClass) -> list[dict[str, Any]]:
    """Everybody who has missed hours by leave, the most first: two queries and the roster's."""
    used, total, cap = used_hours(one), total_hours(one), cap_of(one)
    rows = Enrolment.objects.visible_to(user).filter(training_class=one, pk__in=list(used)).on_roster()
    people = [
        meter_words(Meter(total, used[who.pk], cap=cap), who.override_reason) | identity(who)
        for who in rows.select_related("unit")
    ]
    return sorted(people, key=lambda row: (-used[row["pk"]], row["position"]))


def verdicts(one: TrainingClass) -> dict[Any, str]:
    """退学 or 已特批, by trainee, of those whose leave is over the cap: three queries."""
    used, total, cap = used_hours(one), total_hours(one), cap_of(one)
    over = [key for key, hours in used.items() if exceeds(hours, total, cap)]
    rows = Enrolment.objects.unscoped("flags of a roster in scope").filter(pk__in=over)
    return {key: "已特批" if reason else "退学" for key, reason in rows.values_list("pk", "override_reason")}


def identity(who: Enrolment) -> dict[str, Any]:
    return {"pk": who.pk, "name": who.roster_name, "unit": who.unit.name, "position": who.position,
            "version": who.version}  # fmt: skip


def figures(user: Account, one: TrainingClass, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = LeaveRequest.objects.visible_to(user).filter(training_class=one)
    today = timezone.localdate()
    away = rows.filter(state=State.GRANTED, sessions__live=True, sessions__session__date=today)
    over = sum(who["over"] for who in people)
    spared = sum(bool(who["over"] and who["override"]) for who in people)
    url = reverse("portal:class_leaves", args=[one.pk])
    return [
        words.figure("待审批", rows.filter(state=State.ASKED).count(), "份", url=f"{url}?state=asked"),
        words.figure("今日请假", away.values("enrolment").distinct().count(), "人"),
        words.figure("有请假学时", len(people), "人"),
        words.figure("超过七分之一", over, "人", f"已特批 {spared} 人" if spared else ""),
    ]


def override_ask(who: dict[str, Any]) -> dict[str, Any]:
    """特批: the department lets leave beyond the cap pass."""
    url = reverse("portal:leave_override", args=[who["pk"]])
    text = f"{who['name']}请假 {who['used']} 学时，超过总学时 {who['total']} 的七分之一，按规定作退学处理。特批后仍评定等次。"
    more = {"reason": "特批的理由", "action": "特批", "hidden": {"seen": who["version"]}}
    return ask(f"override-{who['pk']}", url, "特批", f"特批{who['name']}请假超限", text, **more)
