"""One request for leave: its way through the levels, its sessions, the meter before and after, what may be done."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from portal.acts import ask, names_of, new_op_id
from portal.pages import words
from portal.pages.leaves import cap_of, current_steps, half_day, length, listed, meter_words, span, waiting
from portal.pages.leaves.tab import lines
from portal.rules import Door, may_cancel_leave
from training.models import AttendanceMark, LeaveLevel, LeaveRequest, LeaveSession, LeaveStep
from training.rules.leave import Bounds, levels_for, meter_of
from training.services.leave import has_begun

State = LeaveRequest.State
Decision = LeaveStep.Decision


def page(row: LeaveRequest, door: Door, user: Account) -> dict[str, Any]:
    """What templates/portal/leave_page.html needs; `row` comes from `leaves.listed`."""
    own = row.enrolment.cadre.account_id == user.pk
    steps = list(row.steps.select_related("by").order_by("position"))
    step = current_steps([row]).get(row.pk)
    decides = step is not None and LeaveStep.objects.filter(pk=step.pk).decided_by(user).exists()
    sessions = sessions_of(row)
    meter = meter_before_and_after(row)
    return {
        "leave": row,
        "who": {"name": row.enrolment.roster_name, "unit": row.enrolment.unit.name, "post": row.enrolment.post},
        "facts": facts(row, door, own),
        "steps": [step_words(one, step) for one in steps],
        "waits": waiting(step),
        "notes": notes(row, steps, meter),
        "sessions": sessions,
        "meter": meter,
        "decide": decide(row, step, sessions, meter) if decides else None,
        "asks": asks(row, step, own) if own or door.roster else [],
        "returns": returns(row) if (own or door.roster) and row.state == State.GRANTED else None,
        "rows": others(row, user),
        "crumbs": crumbs(row, door, own),
    }


def facts(row: LeaveRequest, door: Door, own: bool) -> list[dict[str, object]]:
    class_url = reverse("portal:class_leaves", args=[row.training_class_id]) if door.roster else ""
    by = names_of({row.asked_by_id}).get(row.asked_by_id, "")
    entered = row.asked_by_id != row.enrolment.cadre.account_id
    found = [
        words.fact("班次", row.training_class.name, class_url),
        words.fact("假别", row.get_kind_display()),
        words.fact("起止", span(row)),
        words.fact("长短", length(row)),
        words.fact("事由", row.reason),
        words.fact("申请", f"{words.moment(row.asked)}{f'，{by}代为登记' if entered and by else ''}"),
    ]
    if row.proof_id:
        found.append(words.fact("证明", row.proof_name, reverse("portal:leave_proof", args=[row.pk])))
    if row.end_reason:
        found.append(words.fact("说明", row.end_reason))
    return found


def others(row: LeaveRequest, user: Account) -> list[dict[str, Any]]:
    """The trainee's other requests in the class, as far as the account may see them: many short ones add up."""
    rows = LeaveRequest.objects.visible_to(user).filter(enrolment=row.enrolment_id).exclude(pk=row.pk)
    return lines(list(listed(rows)))


def step_words(step: LeaveStep, current: LeaveStep | None) -> dict[str, Any]:
    """One level in the timeline: what it said, who for whom, when; who is not asked yet, or not any more."""
    waits = "没有审批" if current is None else "待审批" if step.pk == current.pk else "尚未轮到"
    titles = {Decision.WAITING: waits, Decision.GRANTED: "同意", Decision.REFUSED: "不同意"}
    who = f"{step.by}{'（代）' if step.as_deputy else ''}" if step.by else ""
    reminded = f"已于{words.moment(step.reminded)}催办" if step.reminded and not step.at else ""
    return {
        "title": f"{step.get_level_display()}：{titles[Decision(step.decision)]}",
        "who": who,
        "when": words.moment(step.at) if step.at else "",
        "text": step.comment or reminded,
    }


def notes(row: LeaveRequest, steps: list[LeaveStep], meter: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    if missing := fallen(row, steps):
        found.append(words.note("info", f"{'、'.join(missing)}没有指定审批人，由组织部审批。"))
    if meter["over"] and row.kind != LeaveRequest.Kind.OFFICIAL:
        found.append(words.note("warn" if meter["override"] else "bad", over_words(row, meter)))
    return found


def over_words(row: LeaveRequest, meter: dict[str, Any]) -> str:
    happens = "批准后将" if row.state == State.ASKED else ""
    text = f"{happens}超过总学时 {meter['total']} 的七分之一（共请假 {meter['after']} 学时），按规定作退学处理"
    return f"{text}；组织部已特批：{meter['override']}。" if meter["override"] else f"{text}，除非组织部特批。"


def fallen(row: LeaveRequest, steps: list[LeaveStep]) -> list[str]:
    """Levels that the length asks for and that nobody was named for."""
    if not steps:
        return []
    wanted = levels_for(row.half_days, Bounds.of(row.training_class.unit, timezone.localdate(row.asked)))
    asked = {step.level for step in steps}
    return [level.label for level in wanted if level not in asked and level != LeaveLevel.DEPARTMENT]


def sessions_of(row: LeaveRequest) -> list[dict[str, Any]]:
    """Every session that was ever covered, with the mark that stands there now."""
    rows: QuerySet[LeaveSession] = row.sessions.select_related("session")
    marks = AttendanceMark.objects.unscoped("marks of a request in scope").filter(
        enrolment=row.enrolment_id, session__in=rows.values("session")
    )
    found = {mark.session_id: mark for mark in marks}
    ordered = rows.order_by("session__date", "session__period", "session__number")
    return [session_words(one, found.get(one.session_id), row) for one in ordered]


def session_words(one: LeaveSession, mark: AttendanceMark | None, row: LeaveRequest) -> dict[str, Any]:
    by_leave = mark is not None and mark.source == AttendanceMark.Source.LEAVE
    return {
        "pk": one.session_id,
        "when": half_day(one.session),
        "title": one.session.title,
        "hours": words.hours(one.session.hours),
        "live": one.live,
        "mark": mark.get_mark_display() if mark else "",
        "source": mark.get_source_display() if mark else "",
        "by_hand": one.live and mark is not None and not by_leave,
    }


def meter_before_and_after(row: LeaveRequest) -> dict[str, Any]:
    """Open: what granting would come to. Decided: what stands now."""
    covered = [one.session for one in row.covered] if row.state == State.ASKED else []  # type: ignore[attr-defined]
    meter = meter_of(row.enrolment, row.kind, covered, cap_of(row.training_class))
    return meter_words(meter, row.enrolment.override_reason)


def decide(
    row: LeaveRequest, step: LeaveStep | None, sessions: list[dict[str, Any]], meter: dict[str, Any]
) -> dict[str, Any]:
    by_hand = [one for one in sessions if one["by_hand"]]
    return {
        "url": reverse("portal:leave_decide", args=[row.pk]),
        "level": step.get_level_display() if step else "",
        "over": meter["over"] and not meter["override"] and row.kind != LeaveRequest.Kind.OFFICIAL,
        "by_hand": "、".join(f"{one['when']}{one['mark']}" for one in by_hand),
        "op_id": new_op_id(),
        "seen": row.version,
    }


def asks(row: LeaveRequest, step: LeaveStep | None, own: bool) -> list[dict[str, Any]]:
    """What the trainee and whoever keeps the roster may do now."""
    seen = {"hidden": {"seen": row.version}}
    if row.state == State.ASKED:
        url = reverse("portal:leave_withdraw", args=[row.pk])
        found = [
            ask("withdraw", url, "撤回", "撤回请假申请", "撤回后不再审批，可以重新申请。", action="撤回申请", **seen)
        ]
        waits = waiting(step)
        if waits and waits["late"]:
            url = reverse("portal:leave_remind", args=[row.pk])
            text = f"{waits['level']}收到已 {waits['age']}，将在其待办中标为催办。"
            found.append(ask("remind", url, "催办", f"催办{waits['level']}", text))
        return found
    if row.state == State.GRANTED and may_cancel_leave(own, own and has_begun(row)) is None:
        url = reverse("portal:leave_cancel", args=[row.pk])
        text = "这份请假登记的考勤全部撤销；之后被改登记的考勤不变。"
        return [ask("cancel", url, "取消请假", "取消这份请假", text, reason="取消的原因", action="确认取消", **seen)]
    return []


def returns(row: LeaveRequest) -> dict[str, Any]:
    """销假 and shortening: from which covered session on the trainee attends."""
    covered: list[LeaveSession] = row.covered  # type: ignore[attr-defined]
    return {
        "url": reverse("portal:leave_return", args=[row.pk]),
        "options": [(one.session_id, f"{half_day(one.session)} {one.session.title}") for one in covered[1:]],
        "op_id": new_op_id(),
        "seen": row.version,
    }


def crumbs(row: LeaveRequest, door: Door, own: bool) -> list[dict[str, str]]:
    home = {"label": "首页", "url": reverse("portal:home")}
    here = {"label": f"{row.enrolment.roster_name}的请假", "url": ""}
    if own:
        return [home, {"label": "我的请假", "url": reverse("portal:my_leaves")}, here]
    if door.roster:
        one = row.training_class
        tab = reverse("portal:class_leaves", args=[one.pk])
        page = reverse("portal:class_page", args=[one.pk])
        return [home, {"label": one.name, "url": page}, {"label": "请假", "url": tab}, here]
    return [home, {"label": "请假审批", "url": reverse("portal:leave_inbox")}, here]
