"""述学: what waits for the unit's word, who is late, one report; and a trainee's own after their classes."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from organization.roles import Role
from portal.acts import age_in_words, ask, names_of
from portal.lists import chips, chosen
from portal.pages import words
from portal.rules_people import may_follow_afterwards, may_judge_report
from training.models import Enrolment, FollowUp, ReportBack
from training.services.report_backs import OVER, late_classes, owed_by, report_terms

State = ReportBack.State
SHOWS = (("filed", "待确认"), ("confirmed", "已确认"), ("returned", "已退回"), ("late", "逾期未报"))
TONES = {"filed": "warn", "confirmed": "good", "returned": "bad"}


def crumbs(last: str, *more: tuple[str, str]) -> list[dict[str, str]]:
    return words.crumbs(*more, (last, ""))


def tabs(active: str) -> list[dict[str, Any]]:
    """Follow-ups and report-backs are two sides of one place."""
    pages = (("回访", "follow_ups"), ("述学", "report_backs"))
    return [words.tab(label, reverse(f"portal:{name}"), active=name == active) for label, name in pages]


def show_of(request: HttpRequest) -> str:
    return chosen(request, "show", [key for key, _ in SHOWS]) or "filed"


def filters(show: str) -> list[dict[str, Any]]:
    group = chips("show", "状态", SHOWS, show)
    group["options"] = group["options"][1:]
    return [group]


def listed(user: Account, state: str) -> QuerySet[ReportBack]:
    """Reports of the units where the account is staff or liaison, the oldest first."""
    mine = user.access.within("unit", Role.STAFF, Role.LIAISON)
    rows = ReportBack.objects.visible_to(user).filter(mine, state=state)
    linked = rows.select_related("enrolment__training_class__unit", "enrolment__cadre", "unit")
    return linked.order_by("filed_at" if state == State.FILED else "-filed_at", "pk")


def late(user: Account) -> QuerySet[Enrolment]:
    """Who completed a class, is over the term and has reported nothing."""
    mine = user.access.within("cadre__unit", Role.STAFF, Role.LIAISON)
    rows = Enrolment.objects.visible_to(user).filter(mine, state=Enrolment.State.COMPLETED, report_back=None)
    rows = rows.filter(training_class__in=late_classes(timezone.localdate()))
    return rows.select_related("training_class__unit", "cadre__unit").order_by("training_class__closed_on", "pk")


def lines(rows: list[ReportBack]) -> list[dict[str, Any]]:
    terms = report_terms({row.enrolment.training_class for row in rows})
    return [line(row.enrolment, row.unit.name, row, terms) for row in rows]


def late_lines(rows: list[Enrolment]) -> list[dict[str, Any]]:
    terms = report_terms({row.training_class for row in rows})
    return [line(row, row.cadre.unit.name, None, terms) for row in rows]


def line(seat: Enrolment, unit: str, row: ReportBack | None, terms: dict[Any, Any]) -> dict[str, Any]:
    """Late is what was not told by its term; what was told waits for the unit, and that is not the trainee's delay."""
    due = terms[seat.training_class_id]
    on = row.on if row else timezone.localdate()
    waits = row is not None and row.state == State.FILED
    return {
        "url": reverse("portal:report_back", args=[row.pk]) if row else "",
        "name": seat.roster_name,
        "unit": unit,
        "class_name": seat.training_class.name,
        "on": words.day(row.on) if row else "",
        "due": words.day(due),
        "late": f"逾期 {(on - due).days} 天" if on > due else "",
        "state": row.get_state_display() if row else "未填报",
        "tone": TONES.get(row.state, "off") if row else "bad",
        "age": age_in_words(row.filed_at) if row and waits else "",
    }


def page(row: ReportBack, user: Account) -> dict[str, Any]:
    """One report: facts, text, and what may be done."""
    seat, names = row.enrolment, names_of({row.filed_by_id, row.confirmed_by_id})
    facts = [
        words.fact("学员", seat.roster_name),
        words.fact("单位", row.unit.name),
        words.fact("班次", seat.training_class.name),
        words.fact("述学日期", words.day(row.on)),
        words.fact("场合", row.occasion),
        words.fact("听取人数", f"{row.audience} 人" if row.audience else ""),
        words.fact("填报", f"{names.get(row.filed_by_id, '')} {words.moment(row.filed_at)}"),
    ]
    if row.confirmed_at:
        facts.append(words.fact("确认", f"{names.get(row.confirmed_by_id, '')} {words.moment(row.confirmed_at)}"))
    return {
        "heading": f"{seat.roster_name}的述学",
        "facts": facts,
        "text": row.text,
        "state": {"label": row.get_state_display(), "tone": TONES[row.state]},
        "reason": row.state_reason,
        "asks": asks(row, user),
        "crumbs": crumbs(seat.roster_name, _place(row, user)),
    }


def _place(row: ReportBack, user: Account) -> tuple[str, str]:
    """Where the reader came from: the own ones, the list, or the class."""
    if row.enrolment.cadre.account_id == user.pk:
        return "我的训后", reverse("portal:my_afterwards")
    if may_follow_afterwards(user) is None:
        return "述学", reverse("portal:report_backs")
    return "训后", reverse("portal:class_afterwards", args=[row.enrolment.training_class_id])


def asks(row: ReportBack, user: Account) -> list[dict[str, Any]]:
    if row.state != State.FILED or may_judge_report(user, row) is not None:
        return []
    seen, pk = {"seen": row.version}, row.pk
    sure = "确认该同志已在本单位述学，内容属实；确认以后不能再改。"
    back = "退回后由学员本人修改，再次填报。"
    urls = [reverse(f"portal:report_back_{word}", args=[pk]) for word in ("confirm", "return")]
    return [
        ask("confirm", urls[0], "确认", "确认述学", sure, hidden=seen),
        ask("return", urls[1], "退回", "退回述学", back, reason="退回的理由", hidden=seen),
    ]


# ---- a trainee's own ----


def mine(user: Account) -> dict[str, Any]:
    """What templates/portal/afterwards/mine.html needs: each completed class with its report and follow-ups."""
    rows = Enrolment.objects.visible_to(user).filter(cadre__account=user, state=Enrolment.State.COMPLETED)
    linked = rows.filter(training_class__state__in=OVER).select_related("training_class__unit", "report_back")
    seats = list(linked.order_by("-training_class__closed_on", "-training_class__end", "pk"))
    visits = FollowUp.objects.visible_to(user).filter(enrolment__in=seats).order_by("due")
    by_seat: dict[Any, list[FollowUp]] = {}
    for visit in visits:
        by_seat.setdefault(visit.enrolment_id, []).append(visit)
    terms = report_terms(seat.training_class for seat in seats)
    owed = {seat.pk for seat in owed_by(user, timezone.localdate())}
    return {
        "seats": [own_seat(seat, terms, by_seat.get(seat.pk, []), asked=seat.pk in owed) for seat in seats],
        "crumbs": crumbs("我的训后"),
    }


def own_seat(seat: Enrolment, terms: dict[Any, Any], visits: list[FollowUp], *, asked: bool) -> dict[str, Any]:
    """What is not asked any more may still be told, and is not called late: as on the home page."""
    row = getattr(seat, "report_back", None)
    told = line(seat, "", row, terms)
    may = row is None or row.state == State.RETURNED
    if row is None and not asked:
        told |= {"late": "", "tone": "off"}
    return {
        "class_name": seat.training_class.name,
        "told": told | {"reason": row.state_reason if row else ""},
        "report_url": reverse("portal:report_back_file", args=[seat.pk]) if may else told["url"],
        "may_report": may,
        "visits": [own_visit(visit) for visit in visits],
    }


def own_visit(visit: FollowUp) -> dict[str, Any]:
    open_still = visit.closed_at is None
    return {
        "label": f"训后 {visit.months} 个月回访",
        "state": "已办结" if not open_still else "已答复" if visit.own_at else "待答复",
        "tone": "good" if not open_still or visit.own_at else "warn",
        "url": reverse("portal:follow_up_answer", args=[visit.pk]) if open_still else "",
        "action": "修改" if visit.own_at else "去填写",
    }
