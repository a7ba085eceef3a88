"""One trainee's result: every point with its reason, read from the stored explanation."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from assessments.models import Result
from organization.models import Account
from portal import rules
from portal.acts import ask
from portal.pages import words
from portal.pages.radar import radar_of
from portal.rules import Door
from reports.gathering.archive.classes import means_of
from reports.models import Document

WHY = "sums of the class a result in scope belongs to"


def detail(result: Result, door: Door, user: Account) -> dict[str, Any]:
    """What templates/portal/result_detail.html needs."""
    account: dict[str, Any] = result.explanation or {}
    who, one = result.enrolment, result.training_class
    return {
        "person": {"name": who.roster_name, "unit": who.unit.name, "post": who.post},
        "class_name": one.name,
        "result": summary(result, account),
        "grade_reasons": grade_reasons(account),
        "facts": facts(result, account),
        "radar": radar(result, account),
        "items": [item(row) for row in account.get("items", [])],
        "sums": sums(result),
        "notes": notes(account),
        "sheet": sheet(result, user),
        "works_url": reverse("portal:work_add", args=[who.pk]) if door.roster else "",
        "asks": asks(result, door),
        "crumbs": crumbs(result, door),
    } | (neighbours(result) if door.records else {})


def crumbs(result: Result, door: Door) -> list[dict[str, str]]:
    one, way = result.training_class, words.crumbs()
    if door.inside:
        way += [
            {"label": "班次", "url": reverse("portal:class_list")},
            {"label": one.name, "url": reverse("portal:class_results", args=[one.pk])},
        ]
    return [*way, {"label": result.enrolment.roster_name, "url": ""}]


def summary(result: Result, account: dict[str, Any]) -> dict[str, Any]:
    return {
        "grade": result.grade,
        "candidate": result.candidate,
        "state": result.state,
        "total": result.total,
        "base": result.base,
        "bonus": result.bonus,
        "rank": result.rank,
        "of": account.get("rank", {}).get("of"),
    }


def grade_reasons(account: dict[str, Any]) -> list[str]:
    """Sentences about grade, rank, candidacy, and the records of the veto item."""
    if not account:
        return []
    vetoes = [f"否决项：{line['date']} {line['reason']}" for line in account["vetoes"]]
    return [account["grade_reason"], account["rank"]["sentence"], account["candidate"]["sentence"], *vetoes]


def facts(result: Result, account: dict[str, Any]) -> list[dict[str, Any]]:
    leave, hours = account.get("leave", {}), account.get("hours", {})
    attended = f"{words.hours(result.attended_hours)} / {hours.get('total', '—')}"
    return [
        words.fact("请假学时", words.hours(result.leave_hours)),
        words.fact("实到学时", attended if result.attended_hours is not None else "—"),
        words.fact("入学测试", words.points(result.entry_score)),
        words.fact("结业考试", words.points(result.final_score)),
        words.fact("请假上限", leave.get("sentence", "")),
        words.fact("量化方案", account.get("scheme", "")),
    ]


def item(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "block": row["block"],
        "name": row["item"],
        "points": number(row["points"]),
        "maximum": number(row["maximum"]),
        "rule": row["rule"],
        "reasons": [reason(line) for line in row["lines"]],
    }


def reason(line: dict[str, Any]) -> dict[str, Any]:
    said = "，".join(part for part in (line["text"], line["reason"]) if part)
    day = date.fromisoformat(line["date"]) if line["date"] else None
    return {"date": day, "text": said, "points": number(line["points"]), "recorder": line["recorder"]}


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def sums(result: Result) -> list[dict[str, Any]]:
    return [
        {"label": "常规项合计", "points": result.base, "maximum": Decimal(100), "note": "已评定的常规项之和"},
        {"label": "总分", "points": result.total, "maximum": None, "note": "常规项合计 + 加分项"},
    ]


def notes(account: dict[str, Any]) -> list[dict[str, str]]:
    if account.get("leave", {}).get("exceeded"):
        return [words.note("warn", account["leave"]["sentence"])]
    return []


def radar(result: Result, account: dict[str, Any]) -> dict[str, Any] | None:
    """The capped blocks: this trainee against the class's mean."""
    blocks = [block for block in account.get("blocks", []) if block["maximum"]]
    if len(blocks) < 3 or all(block["points"] is None for block in blocks):
        return None
    means = means_of([result.training_class_id]).get(result.training_class_id, {})
    rows = [
        (b["block"], float(b["maximum"]), float(b["points"] or 0), float(means.get(b["block"]) or 0)) for b in blocks
    ]
    return radar_of("四个板块：本人与班级平均" if len(rows) == 4 else "各板块：本人与班级平均", rows)


def sheet(result: Result, user: Account) -> dict[str, Any] | None:
    """The trainee's sheet, where it is made and in scope."""
    papers = Document.objects.visible_to(user).current().filter(enrolment=result.enrolment_id, kind=Document.Kind.SHEET)
    paper = papers.exclude(file=None).order_by("-issued_on", "pk").first()
    if paper is None:
        return None
    return {"url": reverse("portal:document_download", args=[paper.pk]), "state": paper.state}


def neighbours(result: Result) -> dict[str, str]:
    """The trainees before and after on the roster."""
    rows = Result.objects.unscoped(WHY).of_class(result.training_class)
    place = result.enrolment.position
    before = rows.filter(Q(enrolment__position__lt=place)).values_list("enrolment_id", flat=True).last()
    after = rows.filter(Q(enrolment__position__gt=place)).values_list("enrolment_id", flat=True).first()
    return {"previous_url": detail_url(before), "next_url": detail_url(after)}


def detail_url(enrolment: UUID | None) -> str:
    return reverse("portal:result_detail", args=[enrolment]) if enrolment else ""


def asks(result: Result, door: Door) -> list[dict[str, Any]]:
    """Deciding an open candidacy, and letting leave beyond the cap pass."""
    offered: list[dict[str, Any]] = []
    if result.candidate == Result.Candidate.PENDING and rules.may_confirm(door) is None:
        url = reverse("portal:result_candidate", args=[result.enrolment_id])
        text = "总分、常规项合计、结业测试、出勤情况均相同；由考评工作小组研究决定："
        for chosen, word in (("yes", "列为优秀学员人选"), ("no", "不列为优秀学员人选")):
            more = {"reason": "会议纪要（时间、文号或结论）", "hidden": {"chosen": chosen, "seen": result.version}}
            offered.append(ask(f"candidate-{chosen}", url, word, word, text, **more))
    if result.grade == Result.Grade.WITHDRAWN and rules.may_override_leave(door) is None:
        url = reverse("portal:result_leave", args=[result.enrolment_id])
        text = "请假超过总学时的七分之一，按规定作退学处理；特批后照常评定等次和名次。"
        more = {"reason": "特批的理由", "hidden": {"seen": result.version}}
        offered.append(ask("leave", url, "特批请假超限", "特批请假超限", text, **more))
    return offered
