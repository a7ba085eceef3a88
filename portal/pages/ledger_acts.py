"""台账办理: how a page shows an act that a worker carries out: the bar while it waits, the sentence when it came to nothing."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from portal.acts import names_of
from portal.pages import words
from trainees.models import LedgerAct

State, Kind = LedgerAct.State, LedgerAct.Kind
BUSY = {
    Kind.CLOSE: "正在结账", Kind.CONFIRM: "正在确认", Kind.REHEARSE: "正在核对重算会有哪些变化", Kind.RECOMPUTE: "正在重算",
}  # fmt: skip


def shown(act: LedgerAct | None) -> dict[str, Any]:
    """`bar` and `note` of the page that the act belongs to; None where nobody has asked for anything."""
    return {"bar": bar(act) if act else None, "note": note(act) if act else None}


def bar(act: LedgerAct) -> dict[str, Any] | None:
    """While it waits; a worker does it in one piece, so that there is nothing to count but the time."""
    if act.state != State.WAITING:
        return None
    who = names_of({act.asked_by_id}).get(act.asked_by_id, "")
    spent = int((timezone.now() - act.created).total_seconds())
    told = f"{words.moment(act.created)}由{who}提交，已过 {spent} 秒"
    url = reverse("portal:ledger_act", args=[act.pk])
    return {"url": url, "title": BUSY[Kind(act.kind)], "words": told, "done": 0, "total": 0}


def next_page(act: LedgerAct) -> str:
    """Where who waited goes on; "" where the page that waited says it."""
    if (act.kind, act.state) != (Kind.RECOMPUTE, State.DONE):
        return ""
    return reverse("portal:recomputation", args=[act.outcome["recomputation"]])


def note(act: LedgerAct) -> dict[str, str] | None:
    if act.state == State.REFUSED:
        told = f"{words.moment(act.created)}提交的{act.get_kind_display()}没有办成，没有写入任何内容：{act.reason}"
        return words.note("bad", told)
    done = DONE.get(Kind(act.kind)) if act.state == State.DONE else None
    if done is None or act.finished is None:
        return None
    tone = "warn" if act.outcome.get("left") else "good"
    return words.note(tone, f"{words.moment(act.finished)}办结：{done(act.outcome)}")


def _confirmed(outcome: dict[str, Any]) -> str:
    left = f"{outcome['left']} 条没有确认：{outcome['why']}"
    if not outcome["confirmed"]:
        return f"没有一条认定；{left}"
    return f"已认定 {outcome['confirmed']} 条，学分已记入台账" + (f"；另有 {left}" if outcome["left"] else "")


def _recomputed(outcome: dict[str, Any]) -> str:
    return f"已重算，{outcome['changed']} 人的学分有变化"


DONE = {Kind.CONFIRM: _confirmed, Kind.RECOMPUTE: _recomputed}
"""What is not told by the page itself when it is done."""
