"""网络虚拟班: the list, one class with everybody's progress, ranks by unit, what a learner was reminded of."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from portal.acts import ask, new_op_id
from portal.lists import chips, chosen
from portal.pages import words
from portal.rules_people import may_keep_online, may_remind_online
from trainees.models import OnlineClass, OnlineLearner, OnlineLearnerQuerySet, OnlineReminder
from trainees.rules.online import expected_by

SHOWS = (("behind", "落后"), ("met", "已达标"), ("left", "已移出"))
COLUMNS = ("姓名", "单位", "已入账学时", "待认定学时", "要求学时", "完成比例", "状态", "提醒次数")
SHOWN_DAYS = timedelta(days=30)


def crumbs(last: str, *more: tuple[str, str]) -> list[dict[str, str]]:
    above = [] if last == "网络虚拟班" else [("网络虚拟班", reverse("portal:online_classes"))]
    return words.crumbs(*above, *more, (last, ""))


def listed(request: HttpRequest, user: Account) -> tuple[QuerySet[OnlineClass], list[dict[str, Any]]]:
    rows = OnlineClass.objects.visible_to(user)
    years = [str(year) for year in rows.order_by("-year").values_list("year", flat=True).distinct()]
    year = chosen(request, "year", years)
    rows = rows.filter(year=year) if year else rows
    counted = rows.annotate(people=Count("learners", filter=Q(learners__left_on=None)))
    linked = counted.select_related("unit", "manager", "inspector", "liaison").order_by("-year", "name", "pk")
    return linked, [chips("year", "年度", [(one, f"{one}年") for one in years], year)]


def row(one: Any) -> dict[str, Any]:
    return {
        "url": reverse("portal:online_class", args=[one.pk]),
        "name": one.name,
        "year": f"{one.year}年",
        "kind": one.get_unit_kind_display() if one.unit_kind else "不限",
        "period": words.period(one.since, one.until),
        "people": one.people,
        "target": words.hours(one.target_hours),
        "office": office_words(one),
    }


def office_words(one: OnlineClass) -> str:
    named = (("班主任", one.manager), ("督学员", one.inspector), ("联络员", one.liaison))
    return "、".join(f"{label}{who}" for label, who in named if who) or "未指定"


# ---- one class ----


def expected(one: OnlineClass, today: date) -> Decimal:
    return expected_by(one.since, one.until, one.target_hours, today)


def of_class(one: OnlineClass) -> OnlineLearnerQuerySet:
    """All its learners: who sees a class sees them, so that 16,000 are not asked one by one whether they are in scope."""
    rows: OnlineLearnerQuerySet = OnlineLearner.objects.unscoped("learners of a class that was fetched in scope")
    return rows.filter(online_class=one)


def learners(request: HttpRequest, one: OnlineClass) -> OnlineLearnerQuerySet:
    """The class's learners with their progress, as the chips ask."""
    rows = of_class(one)
    show = chosen(request, "show", [key for key, _ in SHOWS])
    rows = rows.filter(left_on__isnull=show != "left").with_progress()
    if show == "behind":
        rows = rows.filter(Q(hours__lt=expected(one, timezone.localdate())))
    if show == "met":
        rows = rows.filter(Q(hours__gte=one.target_hours))
    told = OnlineReminder.objects.filter(learner=OuterRef("pk")).order_by().values("learner").annotate(n=Count("pk"))
    reminded = Coalesce(Subquery(told.values("n")), 0)
    return rows.annotate(reminded=reminded).select_related("cadre__unit").order_by("cadre__pinyin", "pk")


def filters(request: HttpRequest) -> list[dict[str, Any]]:
    by = chips("by", "查看", [("unit", "按单位排名")], chosen(request, "by", ["unit"]))
    by["options"][0]["label"] = "名单"
    return [by, chips("show", "学员", SHOWS, chosen(request, "show", [key for key, _ in SHOWS]))]


def line(learner: Any, one: OnlineClass, due: Decimal, removes: bool) -> dict[str, Any]:
    state, tone = state_of(learner, one, due)
    url = reverse("portal:online_learner_remove", args=[one.pk, learner.pk])
    return {
        "name": learner.cadre.name,
        "cadre_url": reverse("portal:cadre", args=[learner.cadre_id]),
        "unit": learner.cadre.unit.name,
        "hours": words.hours(learner.hours),
        "waiting": words.hours(learner.waiting) if learner.waiting else "",
        "share": share(learner.hours, one),
        "state": state,
        "tone": tone,
        "reminded": learner.reminded,
        "remove_url": url if removes and learner.left_on is None else "",
        "op_id": new_op_id(),
    }


def share(hours: Decimal, one: OnlineClass) -> str:
    return f"{min(hours / one.target_hours, Decimal(1)):.0%}"


def state_of(learner: Any, one: OnlineClass, due: Decimal) -> tuple[str, str]:
    if learner.left_on is not None:
        return f"{words.day(learner.left_on)}移出", "off"
    if learner.hours >= one.target_hours:
        return "已达标", "good"
    return ("落后", "bad") if learner.hours < due else ("按进度", "info")


def cells(learner: Any, one: OnlineClass, due: Decimal) -> list[object]:
    """One line of the Excel export, as COLUMNS."""
    return [
        learner.cadre.name, learner.cadre.unit.name, learner.hours, learner.waiting, one.target_hours,
        share(learner.hours, one), state_of(learner, one, due)[0], learner.reminded,
    ]  # fmt: skip


def sums(one: OnlineClass, due: Decimal) -> dict[str, Any]:
    rows = of_class(one).present().with_progress()
    return rows.order_by().aggregate(**_counts(one, due))


def _counts(one: OnlineClass, due: Decimal) -> dict[str, Any]:
    return {
        "people": Count("pk"),
        "met": Count("pk", filter=Q(hours__gte=one.target_hours)),
        "slow": Count("pk", filter=Q(hours__lt=due)),
        "mean": Avg("hours"),
    }


def by_unit(one: OnlineClass, due: Decimal) -> Any:
    """Units of the class's learners, the best share of who met the target first."""
    rows = of_class(one).present().with_progress()
    named = rows.order_by().values("cadre__unit", name=F("cadre__unit__name")).annotate(**_counts(one, due))
    return named.annotate(rate=F("met") * 1.0 / F("people")).order_by(
        F("rate").desc(), F("mean").desc(), "name", "cadre__unit"
    )


def unit_line(found: dict[str, Any], rank: int) -> dict[str, Any]:
    return found | {"rank": rank, "rate": f"{found['rate']:.0%}", "mean": words.hours(round(found["mean"], 1))}


def page(one: OnlineClass, user: Account, found: dict[str, Any], due: Decimal) -> dict[str, Any]:
    """What templates/portal/online/page.html needs beside its list."""
    keeps = may_keep_online(user, one) is None
    return {
        "one": row(one),
        "figures": figures(found, due),
        "office_url": reverse("portal:online_office", args=[one.pk]) if keeps else "",
        "add_url": reverse("portal:online_learners_add", args=[one.pk]) if keeps else "",
        "export_url": reverse("portal:online_export", args=[one.pk]),
        "asks": [remind_ask(one, found["slow"])] if found["slow"] and may_remind_online(user, one) is None else [],
        "crumbs": crumbs(one.name),
    }


def figures(found: dict[str, Any], due: Decimal) -> list[dict[str, object]]:
    rate = f"{found['met'] / found['people']:.0%}" if found["people"] else "—"
    mean = words.hours(round(found["mean"], 1)) if found["mean"] is not None else "—"
    return [
        words.figure("学员", found["people"], "人"),
        words.figure("已达标", found["met"], "人", rate),
        words.figure("人均", mean, "学时", "已入账"),
        words.figure("落后", found["slow"], "人", f"今天按进度应达 {words.hours(due)} 学时"),
    ]


def remind_ask(one: OnlineClass, slow: int) -> dict[str, Any]:
    url = reverse("portal:online_remind", args=[one.pk])
    text = f"落后的 {slow} 人会在自己的首页看到提醒；24 小时内只提醒一次。"
    return ask("remind", url, "提醒落后学员", "督学提醒", text, reason="提醒内容", action="发出提醒")


# ---- a learner's own ----


def own_reminders(user: Account, today: date) -> list[dict[str, Any]]:
    """What the account was reminded of in the last thirty days, the latest first; one query, for the trainee's home."""
    since = timezone.now() - SHOWN_DAYS
    rows = OnlineReminder.objects.visible_to(user).filter(learner__cadre__account=user, learner__left_on=None)
    rows = rows.filter(at__gte=since, learner__online_class__until__gte=today)
    return [
        {"class_name": one.learner.online_class.name, "text": one.text, "at": words.moment(one.at)}
        for one in rows.select_related("learner__online_class").order_by("-at", "-pk")[:5]
    ]
