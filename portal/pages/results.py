"""成绩: the table of one class, its figures and charts, and what may be done with it."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from statistics import fmean
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from assessments.models import ClassAssessment, Item, Result
from core.amounts import mean
from organization.models import Account
from portal import rules
from portal.acts import ask
from portal.lists import chips, chosen, sorted_by
from portal.pages import words
from portal.pages.classes import upload_url
from portal.rules import Door
from training.models import TrainingClass

SORTS = {
    "rank": ("rank", "enrolment__position"),
    "name": ("enrolment__cadre__pinyin", "pk"),
    "total": ("total", "enrolment__position"),
}
CONFIRMED = (Result.State.CONFIRMED, Result.State.AMENDED)
BONUS_OR_VETO = (Item.Rule.SUM_OF_ENTRIES, Item.Rule.VETO)
BANDS = ((90, "90 以上"), (80, "80—90"), (70, "70—80"), (60, "60—70"), (0, "60 以下"))


def listed(request: HttpRequest, user: Account, one: TrainingClass) -> tuple[QuerySet[Result], list[dict[str, Any]]]:
    """Results in scope as asked for, and the chips; without a sort those without rank stand last."""
    rows = Result.objects.visible_to(user).filter(training_class=one).select_related("enrolment__unit")
    rows = rows.defer("explanation")  # as long as everything else together, and only shown on one trainee's page
    grade = chosen(request, "grade", Result.Grade.values)
    candidate = chosen(request, "candidate", (Result.Candidate.YES, Result.Candidate.PENDING))
    rows = rows.filter(grade=grade) if grade else rows
    rows = rows.filter(candidate=candidate) if candidate else rows
    groups = [
        chips("grade", "等次", Result.Grade.choices, grade),
        chips("candidate", "优秀学员人选", [("是", "是"), ("待定", "待定")], candidate),
    ]
    return sorted_by(request, rows, SORTS, "rank"), groups


def items_of(one: TrainingClass) -> list[dict[str, Any]]:
    """Columns of the table: the items that make 常规项合计, in the order of the class's scheme."""
    rows = Item.objects.filter(block__scheme__classassessment=one.pk).exclude(rule__in=BONUS_OR_VETO)
    ordered = rows.order_by("block__position", "position").values_list("name", "maximum")
    return [{"name": name, "maximum": maximum and maximum.normalize()} for name, maximum in ordered]


def row(result: Result, items: list[dict[str, Any]], door: Door) -> dict[str, Any]:
    """One line; a leader sees neither the items nor the account of every point."""
    who = result.enrolment
    points = [result.points.get(item["name"]) for item in items]
    return {
        "url": reverse("portal:result_detail", args=[who.pk]) if door.records else "",
        "name": who.roster_name,
        "rank": result.rank,
        "total": result.total,
        "grade": result.grade,
        "candidate": result.candidate,
        "unit": who.unit.name,
        "cells": [None if value is None else Decimal(value) for value in points],
        "base": result.base,
        "bonus": result.bonus,
        "leave_hours": result.leave_hours,
        "attended_hours": result.attended_hours,
        "entry": result.entry_score,
        "final": result.final_score,
    }


def state_of(rows: list[Result]) -> str:
    """The class's state of results: amended beats confirmed; a draft among shown ones is still to be shown."""
    states = {row.state for row in rows}
    order = (Result.State.AMENDED, Result.State.CONFIRMED, Result.State.DRAFT, Result.State.SHOWN)
    return next((state for state in order if state in states), "none")


def is_confirmed(one: TrainingClass) -> bool:
    """Whether the class's results are confirmed: from then on every change is an amendment."""
    found = ClassAssessment.objects.unscoped("whether a class in scope has its results confirmed")
    return found.filter(pk=one.pk, confirmed_at__isnull=False).exists()


STATE_WORDS: dict[str, str] = {
    Result.State.DRAFT: "草稿：学员看不到，数据更正后自动重算",
    Result.State.SHOWN: "公示中：学员可以看到并提出异议",
    Result.State.CONFIRMED: "已确认：更正须写明理由，并重新印发文件",
    Result.State.AMENDED: "已更正：以新印发的文件为准",
}


def figures(rows: list[Result]) -> list[dict[str, Any]]:
    if not rows:
        return []
    grades = Counter(row.grade for row in rows)
    shown = [
        words.figure("学员", len(rows), "人", f"退学 {grades['退学']} 人" if grades["退学"] else ""),
        words.figure("平均分", words.points(mean_total(rows)), "分"),
        words.figure("优秀", grades["优秀"], "人", f"良好 {grades['良好']}，合格 {grades['合格']}"),
        words.figure("不合格", grades["不合格"], "人"),
    ]
    return shown + gain(rows)


def mean_total(rows: Iterable[Result]) -> Decimal | None:
    """The class's mean total to 0.01, half up, as the bulletin prints it: those without a rank (退学, 未评定) left out."""
    return mean(row.total for row in rows if row.rank)


def gain(rows: list[Result]) -> list[dict[str, Any]]:
    """Entry against final exam, of those who sat both."""
    pairs = [(row.entry_score, row.final_score) for row in rows if None not in (row.entry_score, row.final_score)]
    if not pairs:
        return []
    entry, final = (
        fmean(float(a) for a, _ in pairs if a is not None),
        fmean(float(b) for _, b in pairs if b is not None),
    )
    return [words.figure("考试提高", f"{final - entry:+.2f}", "分", f"入学 {entry:.2f}，结业 {final:.2f}")]


def charts(rows: list[Result]) -> list[dict[str, Any]]:
    """Grades, and the distribution of totals."""
    graded = [row for row in rows if row.total is not None and row.rank]
    if not graded:
        return []
    grades = Counter(row.grade for row in rows)
    known = [(grade, grades[grade]) for grade in Result.Grade.values if grades[grade]]
    bands = Counter(next(name for bound, name in BANDS if float(row.total or 0) >= bound) for row in graded)
    spread = [(name, bands[name]) for _, name in BANDS]
    return [bars("chart-grades", "等次分布", "等次", known), bars("chart-totals", "总分分布", "总分", spread)]


def bars(key: str, title: str, head: str, counts: list[tuple[str, int]], *, horizontal: bool = False) -> dict[str, Any]:
    """People counted by something; long names stand better beside bars than under them."""
    return {
        "id": key,
        "kind": "bars",
        "title": title,
        "tall": horizontal,
        "data": {
            "categories": [name for name, _ in counts],
            "series": [{"name": "人数", "values": [count for _, count in counts]}],
            "unit": "人",
            "horizontal": horizontal,
        },
        "table": {"head": [head, "人数"], "rows": [list(pair) for pair in counts]},
    }


def notes(rows: list[Result]) -> list[dict[str, str]]:
    pending = sum(row.candidate == Result.Candidate.PENDING for row in rows)
    missing = sum(row.grade == Result.Grade.NONE for row in rows)
    found = []
    if pending:
        found.append(
            words.note("warn", f"{pending} 名学员在优秀学员最后名额上并列，待考评工作小组研究决定：打开其成绩页办理")
        )
    if missing:
        found.append(
            words.note("warn", f"{missing} 名学员未评定等次：考勤、量化记录或结业考试不全，补齐后重新导入工作簿")
        )
    return found


def asks(one: TrainingClass, door: Door, rows: list[Result]) -> list[dict[str, Any]]:
    """What the user may do now with the results of the class."""
    state, offered = state_of(rows), []
    if state == Result.State.DRAFT and rules.may_show_results(door) is None:
        offered.append(show_ask(one, len(rows)))
    if state in (Result.State.DRAFT, Result.State.SHOWN) and rules.may_confirm(door) is None:
        offered.append(confirm_ask(one, rows))
    if state in CONFIRMED and rules.may_confirm(door) is None:
        offered.append(amend_ask(one))
    return offered


def show_ask(one: TrainingClass, count: int) -> dict[str, Any]:
    url = reverse("portal:results_show", args=[one.pk])
    text = f"{count} 名学员将看到自己的成绩和每一分的来历，可在异议期内提出异议。"
    return ask("show", url, "公示成绩", "公示成绩", text, hidden={"seen": one.revision})


def confirm_ask(one: TrainingClass, rows: list[Result]) -> dict[str, Any]:
    url = reverse("portal:results_confirm", args=[one.pk])
    units = len({row.enrolment.unit_id for row in rows})
    points = [
        f"反馈函 {units} 份、学员考核结果单 {len(rows)} 份、综合通报 1 份，取得文号并印发",
        "确认后成绩只能更正，更正须写明理由，有关文件重新印发",
    ]
    text = f"将确认 {len(rows)} 名学员的成绩，并印发文件："
    more = {"points": points, "action": "确认并印发", "hidden": {"seen": one.revision}}
    return ask("confirm", url, "确认成绩并印发", "确认成绩并印发文件", text, **more)


def amend_ask(one: TrainingClass) -> dict[str, Any]:
    url = reverse("portal:results_amend", args=[one.pk])
    points = ["按现有数据重新计算，只更正有变化的学员", "涉及的文件重新编号印发，旧文件注明“已被替换”"]
    text = "先改正数据（上传更正的工作簿），再在这里更正成绩："
    more = {"points": points, "reason": "更正的理由", "action": "更正并重新印发", "hidden": {"seen": one.revision}}
    return ask("amend", url, "更正成绩", "更正已确认的成绩", text, **more)


def fragment(request: HttpRequest, one: TrainingClass, door: Door) -> dict[str, Any]:
    """The tab's own context; whole figures and charts, the table as filtered: four queries."""
    user: Account = request.user  # type: ignore[assignment]
    items = items_of(one) if door.records else []
    whole = Result.objects.visible_to(user).filter(training_class=one).select_related("enrolment")
    every = list(whole.defer("explanation"))
    rows, filters = listed(request, user, one)
    state = state_of(every)
    summary = rules.may_export_summary(door) is None and bool(every)
    return {
        "figures": figures(every),
        "notes": notes(every),
        "results": {"state": state, "words": STATE_WORDS.get(state, "")},
        "items": items,
        "rows": [row(result, items, door) for result in rows] if every else [],
        "csv_url": reverse("portal:class_summary_csv", args=[one.pk]) if summary else "",
        "xlsx_url": reverse("portal:class_summary_xlsx", args=[one.pk]) if summary else "",
        "filters": filters,
        "charts": charts(every),
        "asks": asks(one, door, every),
        "upload_url": upload_url(one) if door.roster and door.writing else "",
    }
