"""更正申请: what waits for whom, and one request with what agreeing to it would do to the ledger."""

from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core.amounts import plain
from organization.models import Account
from organization.roles import Role
from portal.acts import age_in_words, ask, names_of
from portal.lists import chips, chosen
from portal.pages import words
from portal.rescoring import amendment_due
from training.models import AttendanceMark, CorrectionRequest, Enrolment, Session, TrainingClass
from training.services.correction_preview import Amount, Difference, differences
from training.services.corrections import decided_by, why_moved, why_not_decide, why_open

State = CorrectionRequest.State
WHY = "the cell of a request that was fetched in scope"
SCOPES = (("todo", "等我审批"), ("mine", "我申请的"), ("all", "全部"))
WAITING_FIRST = Case(When(state=State.ASKED, then=Value(0)), default=Value(1))
LATE_DAYS = 7


# ---- lists ----


def asked_of_me(user: Account) -> QuerySet[CorrectionRequest]:
    """Requests that wait for the account's word."""
    return CorrectionRequest.objects.visible_to(user).filter(decided_by(user))


def filtered(request: HttpRequest, user: Account) -> tuple[QuerySet[CorrectionRequest], list[dict[str, Any]]]:
    """Who waits longest first; a class manager, who decides about none, begins with their own."""
    scope = chosen(request, "show", [key for key, _ in SCOPES]) or ("todo" if user.access.has(Role.STAFF) else "mine")
    rows: QuerySet[CorrectionRequest] = CorrectionRequest.objects.visible_to(user)
    if scope == "todo":
        rows = asked_of_me(user).order_by("asked_at", "pk")
    elif scope == "mine":
        rows = rows.filter(asked_by_id=user.pk).order_by(WAITING_FIRST, "-asked_at", "pk")
    else:
        rows = rows.order_by(WAITING_FIRST, "-asked_at", "pk")
    group = chips("show", "范围", SCOPES, scope)
    group["options"] = group["options"][1:]
    return rows.select_related("enrolment", "training_class"), [group]


def lines(rows: list[CorrectionRequest]) -> list[dict[str, Any]]:
    names = names_of({row.asked_by_id for row in rows})
    return [line(row, names.get(row.asked_by_id, "")) for row in rows]


def line(row: CorrectionRequest, asked_by: str) -> dict[str, Any]:
    waits = row.state == State.ASKED
    return {
        "url": url_of(row),
        "name": row.enrolment.roster_name,
        "class_name": row.training_class.name,
        "lesson": row.lesson,
        "change": row.change,
        "reason": row.reason,
        "state": row.state,
        "comment": row.comment,
        "asked_by": asked_by,
        "asked": words.moment(row.asked_at),
        "age": age_in_words(row.asked_at) if waits else "",
        "late": waits and (timezone.now() - row.asked_at).days >= LATE_DAYS,
    }


def of_cell(who: Enrolment, when: Session) -> list[dict[str, Any]]:
    """The requests about one cell, the latest first, for the drawer; two queries at most."""
    rows = CorrectionRequest.objects.unscoped(WHY).filter(enrolment=who, session=when).order_by("-asked_at")
    return lines(list(rows.select_related("enrolment", "training_class")[:20]))


def locked_words(one: TrainingClass) -> str:
    """What the grid of a closed class says above itself; one query."""
    waiting = CorrectionRequest.objects.unscoped(WHY).filter(training_class=one, state=State.ASKED).count()
    told = f"本班有 {waiting} 份更正申请待审批。" if waiting else ""
    return f"班次已结班，考勤只能查看；确有差错的，双击一格，在变动记录里申请更正，由组织部另一人审批后改记入账。{told}"


def url_of(row: CorrectionRequest) -> str:
    return reverse("portal:correction_page", args=[row.pk])


# ---- one ----


def linked(rows: QuerySet[CorrectionRequest]) -> QuerySet[CorrectionRequest]:
    return rows.select_related("training_class__unit", "enrolment__cadre__canonical", "enrolment__unit")


def page(row: CorrectionRequest, user: Account) -> dict[str, Any]:
    """What templates/portal/correction/page.html needs; `row` comes from `linked`."""
    there = AttendanceMark.objects.unscoped(WHY).filter(enrolment=row.enrolment_id, session=row.session_id).first()
    current = there or AttendanceMark(mark="", version=0)
    waits = row.state == State.ASKED
    refusal = why_not_decide(row, user, current) if waits else ""
    stuck = (why_open(row.training_class) or why_moved(row, current)) if waits else ""
    shown = differences(row) if waits and not stuck else []
    return {
        "row": row,
        "name": row.enrolment.roster_name,
        "facts": facts(row),
        "events": events(row),
        "waits": waits and not stuck,
        "differences": [told(one) for one in shown],
        "notes": notes(row, refusal, stuck),
        "asks": asks(row, user, shown, refusal, stuck) if waits else [],
        "crumbs": words.crumbs(("更正申请", reverse("portal:correction_list")), (row.enrolment.roster_name, "")),
    }


def facts(row: CorrectionRequest) -> list[dict[str, object]]:
    who, one = row.enrolment, row.training_class
    return [
        words.fact("学员", f"{who.roster_name}（{who.unit.name}）"),
        words.fact("班次", one.name, reverse("portal:class_attendance", args=[one.pk])),
        words.fact("课次", row.lesson),
        words.fact("更正", row.change),
        words.fact("理由", row.reason),
    ]


def events(row: CorrectionRequest) -> list[dict[str, str]]:
    """The way so far, by whom."""
    names = names_of({row.asked_by_id, row.decided_by_id})
    found = [("申请", row.asked_at, row.asked_by_id, row.reason)]
    if row.decided_at:
        by = row.decided_by_id or row.asked_by_id  # who asked withdraws
        found.append((row.get_state_display(), row.decided_at, by, row.comment))
    return [
        {"title": title, "when": words.moment(at), "who": names.get(who, ""), "text": text}
        for title, at, who, text in found
    ]


def told(one: Difference) -> dict[str, Any]:
    others = f"同年另有 {one.others} 笔学习因年度上限随之重算" if one.others else ""
    return {
        "year": one.year, "before": _amount(one.before), "after": _amount(one.after), "changes": one.changes,
        "others": others,
    }  # fmt: skip


def _amount(one: Amount) -> str:
    """12 学时、1.5 天、12 学分."""
    parts = ((one.hours, "学时"), (one.days, "天"), (one.credits, "学分"))
    return "、".join(f"{plain(value)} {unit}" for value, unit in parts)


def notes(row: CorrectionRequest, refusal: str, stuck: str) -> list[dict[str, str]]:
    """Why it cannot be done, or not by the reader; what is left to do once it was."""
    if row.state == State.RETURNED:
        return [words.note("warn", f"已退回：{row.comment}。考勤没有更改；可以在考勤表上重新申请。")]
    if row.state == State.APPROVED:
        due = amendment_due(row.training_class, row.enrolment_id)
        return [words.note("warn", due)] if due else []
    found = [words.note("warn", f"{stuck}。这份申请不能照办，请退回或撤回。")] if stuck else []
    return found + ([words.note("info", f"现在不由您审批：{refusal}。")] if refusal else [])


def asks(
    row: CorrectionRequest, user: Account, shown: list[Difference], refusal: str, stuck: str
) -> list[dict[str, Any]]:
    """What the reader may do now, each as a dialog."""
    seen, found = {"hidden": {"seen": row.version}}, []
    if not refusal and not stuck:
        url = reverse("portal:correction_approve", args=[row.pk])
        text = f"{row.enrolment.roster_name} {row.lesson}：{row.change}。同意后考勤立即改记，台账按差额更正，成绩不随之改动。"
        found.append(ask("approve", url, "同意更正", "同意更正这一格考勤？", text, points=points(shown), **seen))
    if not refusal:
        url, text = reverse("portal:correction_return", args=[row.pk]), "考勤不变，申请人会看到理由，可以重新申请。"
        found.append(ask("return", url, "退回", "退回这份更正申请？", text, reason="退回的理由", **seen))
    if row.asked_by_id == user.pk:
        url = reverse("portal:correction_withdraw", args=[row.pk])
        found.append(ask("withdraw", url, "撤回", "撤回这份更正申请？", "撤回后不再审批，考勤不变。", **seen))
    return found


def points(shown: list[Difference]) -> list[str]:
    """2026年：16 学时、2 天、16 学分 → 12 学时、1.5 天、12 学分."""
    if not any(one.changes for one in shown):
        return ["学时和学分没有变化"]
    return [f"{one.year}年：{_amount(one.before)} → {_amount(one.after)}" for one in shown if one.changes]
