"""回访: reminders, one follow-up with both answers, figures by class and by unit."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from organization.roles import Role
from portal.lists import chips, chosen
from portal.pages import words
from portal.pages.report_backs import crumbs
from portal.rules_people import may_answer_for_superior, may_close_follow_up
from training.models import FollowUp
from training.rules.follow_up import mean_of, questionnaire, suggested

Outcome = FollowUp.Outcome
STATES = (("open", "待办结"), ("superior", "待领导答复"), ("closed", "已办结"))
BY = (("", "名单"), ("class", "按班次"), ("unit", "按单位"))
MONTHS = tuple((str(months), f"训后 {months} 个月") for months in FollowUp.MONTHS)
TONES = {Outcome.GOOD: "good", Outcome.FAIR: "info", Outcome.POOR: "bad"}
COLUMNS = (
    "姓名", "单位", "班次", "训后月数", "应回访日期", "本人答复", "领导答复", "平均分", "结论", "提拔或进一步使用",
    "回访意见", "办结时间",
)  # fmt: skip


def listed(user: Account) -> QuerySet[FollowUp]:
    """Of the account's units and classes: staff of either, liaisons of the unit."""
    theirs = user.access.within("enrolment__cadre__unit", Role.STAFF, Role.LIAISON)
    staff = user.access.within("enrolment__training_class__unit", Role.STAFF)
    managed = user.access.within("enrolment__cadre__managing_authority", Role.STAFF)
    rows = FollowUp.objects.visible_to(user).filter(theirs | staff | managed)
    linked = ("enrolment__training_class__unit", "enrolment__cadre__unit", "enrolment__cadre__managing_authority")
    return rows.select_related(*linked).order_by("due", "pk")


def filtered(request: HttpRequest, user: Account) -> tuple[QuerySet[FollowUp], list[dict[str, Any]]]:
    rows = listed(user)
    state = chosen(request, "state", [key for key, _ in STATES])
    months = chosen(request, "months", [key for key, _ in MONTHS])
    if state:
        rows = rows.filter(closed_at=None) if state != "closed" else rows.exclude(closed_at=None)
        rows = rows.filter(superior_at=None) if state == "superior" else rows
    rows = rows.filter(months=int(months)) if months else rows
    by = chips("by", "查看", BY[1:], chosen(request, "by", ["class", "unit"]))
    by["options"][0]["label"] = "名单"
    return rows, [by, chips("state", "状态", STATES, state), chips("months", "时间", MONTHS, months)]


def line(row: FollowUp, user: Account) -> dict[str, Any]:
    """The outcome, its colour too, is for the department."""
    seat, today = row.enrolment, timezone.localdate()
    waits, reads = row.closed_at is None, may_close_follow_up(user, row) is None
    shown = row.outcome if reads else ""
    return {
        "url": reverse("portal:follow_up", args=[row.pk]),
        "name": seat.roster_name,
        "unit": seat.cadre.unit.name,
        "class_name": seat.training_class.name,
        "months": f"{row.months} 个月",
        "due": words.day(row.due),
        "late": f"已过 {(today - row.due).days} 天" if waits and today > row.due else "",
        "own": bool(row.own_at),
        "superior": bool(row.superior_at),
        "outcome": row.get_outcome_display() if shown else "",
        "tone": TONES.get(Outcome(shown), "off") if shown else "warn" if waits else "good",
        "state": "已办结" if not waits else "待办结",
    }


def figures(rows: QuerySet[FollowUp], *, outcomes: bool = True) -> list[dict[str, object]]:
    """`outcomes` are not for a unit's liaison, counted neither: of a small unit the figure is somebody's."""
    found = rows.order_by().aggregate(**SUMS)
    told = [words.figure("应回访", found["total"], "人次"), words.figure("已办结", found["closed"], "人次")]
    if not outcomes:
        return told
    return [
        *told,
        words.figure("学用结合好", share(found), "", f"{found['good']} 人次"),
        words.figure("训后提拔或进一步使用", found["promoted"], "人次"),
    ]


SUMS = {
    "total": Count("pk"),
    "closed": Count("pk", filter=Q(closed_at__isnull=False)),
    "own": Count("pk", filter=Q(own_at__isnull=False)),
    "superior": Count("pk", filter=Q(superior_at__isnull=False)),
    "good": Count("pk", filter=Q(outcome=Outcome.GOOD)),
    "promoted": Count("enrolment", filter=Q(promoted=True), distinct=True),
}
"""Promotions are counted by trainee: one who was promoted before both visits counts once."""


def share(found: Mapping[str, Any]) -> str:
    """Good ones among those that are closed."""
    return f"{found['good'] / found['closed']:.0%}" if found["closed"] else "—"


def totals(rows: QuerySet[FollowUp], by: str) -> Any:
    """Figures by class or by today's unit, the most first."""
    name = {"class": "enrolment__training_class__name", "unit": "enrolment__cadre__unit__name"}[by]
    key = {"class": "enrolment__training_class", "unit": "enrolment__cadre__unit"}[by]
    return rows.order_by().values(key, name).annotate(**SUMS).order_by("-total", name, key)


def total_line(found: Mapping[str, Any], by: str, *, outcomes: bool) -> dict[str, Any]:
    name = {"class": "enrolment__training_class__name", "unit": "enrolment__cadre__unit__name"}[by]
    told = {"share": share(found) if outcomes else "—", "promoted": found["promoted"] if outcomes else "—"}
    return dict(found) | {"name": found[name]} | told


def cells(row: FollowUp) -> list[object]:
    """One line of the Excel export, as COLUMNS."""
    seat, mean = row.enrolment, mean_of(row.own_answers, row.superior_answers)
    return [
        seat.roster_name, seat.cadre.unit.name, seat.training_class.name, row.months, row.due,
        "已答复" if row.own_at else "", "已答复" if row.superior_at else "", mean, row.get_outcome_display(),
        {True: "是", False: "否", None: ""}[row.promoted], row.remark, words.moment(row.closed_at) if row.closed_at else "",
    ]  # fmt: skip


# ---- one ----


def page(row: FollowUp, user: Account) -> dict[str, Any]:
    """The department's page; a liaison has none of the cadre's own answers."""
    reads = may_close_follow_up(user, row) is None
    mean = mean_of(row.own_answers, row.superior_answers)
    closing = reads and row.closed_at is None
    superior_url = reverse("portal:follow_up_superior", args=[row.pk])
    return {
        "heading": f"{row.enrolment.roster_name}训后 {row.months} 个月回访",
        "facts": facts(row, reads),
        "answers": answer_rows(row) if reads else [],
        "texts": text_rows(row) if reads else [],
        "mean": mean if reads else None,
        "suggested": Outcome(suggested(mean)).label if reads and mean is not None else "",
        "closing": closing,
        "superior_url": superior_url if row.closed_at is None and may_answer_for_superior(user, row) is None else "",
        "superior_label": "修改领导答复" if row.superior_at else "代填领导答复",
        "crumbs": crumbs(row.enrolment.roster_name, ("回访", reverse("portal:follow_ups"))),
    }


def facts(row: FollowUp, reads: bool) -> list[dict[str, object]]:
    seat = row.enrolment
    found = [
        words.fact("单位", seat.cadre.unit.name),
        words.fact("班次", seat.training_class.name),
        words.fact("应回访", words.day(row.due)),
        words.fact("本人答复", words.moment(row.own_at) if row.own_at else "还没有"),
        words.fact("领导答复", words.moment(row.superior_at) if row.superior_at else "还没有"),
    ]
    if row.closed_at and reads:
        found += [
            words.fact("结论", row.get_outcome_display()),
            words.fact("提拔或进一步使用", "是" if row.promoted else "否"),
            words.fact("回访意见", row.remark),
            words.fact("办结", words.moment(row.closed_at)),
        ]
    return found


def answer_rows(row: FollowUp) -> list[dict[str, Any]]:
    asked = questionnaire()
    return [
        {"label": one.own, "own": step(row.own_answers, one.key), "superior": step(row.superior_answers, one.key)}
        for one in asked.questions
    ]


def step(answers: Mapping[str, Any], key: str) -> str:
    return questionnaire().scale[int(answers[key]) - 1] if key in answers else "—"


def text_rows(row: FollowUp) -> list[dict[str, Any]]:
    sides = (("own", row.own_answers), ("superior", row.superior_answers))
    return [
        {"label": getattr(one, who), "text": said[one.key]}
        for one in questionnaire().texts for who, said in sides if said.get(one.key)
    ]  # fmt: skip


def start(row: FollowUp, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The questionnaire as it was answered before."""
    return {key: str(value) for key, value in answers.items() if key != "version"} | {"seen": row.version}
