"""A granted leave ends: cancelled as a whole, shortened beforehand, or given back on return (销假).

The trainee gives back only what has not begun: an absence that is over is the class manager's to correct.
"""

from uuid import UUID

from core.audit import record
from core.operations import Refused, intention
from organization.models import Account
from training.models import LeaveRequest, LeaveSession
from training.services.leave.asking import end
from training.services.leave.holding import MEASURED, begun, hold_request, is_own, live_sessions, measure
from training.services.leave.marking import take_back

State = LeaveRequest.State


@intention
def cancel_leave(request: LeaveRequest, *, actor: Account, reason: str, seen: int | None = None) -> LeaveRequest:
    """Cancel a granted leave: all its own marks go. By the trainee only before its first session begins."""
    held = hold_request(request, (State.GRANTED,), "取消", seen)
    if not reason.strip():
        raise Refused("取消请假须写明原因")
    rows = live_sessions(held)
    _refuse_begun(held, rows, actor, "请假已经开始，不能自己取消；提前回来请办理销假，其他情况请找班主任")
    changed = take_back(held, rows, actor=actor)
    end(held, State.CANCELLED, reason)
    _tell("leave.cancel", held, actor, changed)
    return held


@intention
def shorten_leave(request: LeaveRequest, since: UUID, *, actor: Account, seen: int | None = None) -> LeaveRequest:
    """Beforehand: the trainee attends from this covered session on; the rest of the leave holds."""
    held = hold_request(request, (State.GRANTED,), "缩短", seen)
    rows = _since(held, since, actor)
    changed = take_back(held, rows, actor=actor)
    measure(held)
    held.version += 1
    held.save(update_fields=[*MEASURED, "version"])
    _tell("leave.shorten", held, actor, changed)
    return held


@intention
def return_leave(request: LeaveRequest, since: UUID | None, *, actor: Account, seen: int | None = None) -> LeaveRequest:
    """销假: the trainee is back, from a covered session on (`since`), or as planned after the last one (None)."""
    held = hold_request(request, (State.GRANTED,), "销假", seen)
    rows = _since(held, since, actor) if since else []
    changed = take_back(held, rows, actor=actor) if rows else 0
    measure(held)
    held.save(update_fields=MEASURED)
    end(held, State.RETURNED, "")
    _tell("leave.return", held, actor, changed)
    return held


def _since(held: LeaveRequest, since: UUID, actor: Account) -> list[LeaveSession]:
    """The covered sessions from that one on."""
    rows = live_sessions(held)
    place = next((place for place, row in enumerate(rows) if row.session_id == since), None)
    if place is None:
        raise Refused("所选课次不在这份请假之内，请刷新页面后重新选择")
    if place == 0:
        raise Refused("从第一个课次起就到课，等于没有请假，请改用“取消请假”")
    _refuse_begun(held, rows[place:], actor, "所选课次已经开始，已过去的课次请由班主任更正")
    return rows[place:]


def _refuse_begun(held: LeaveRequest, rows: list[LeaveSession], actor: Account, words: str) -> None:
    if is_own(held, actor) and begun(held.training_class, [row.session for row in rows]):
        raise Refused(words)


def _tell(event: str, held: LeaveRequest, actor: Account, changed: int) -> None:
    after = {"marks": changed, "hours": str(held.hours)}
    record(event, actor=actor.pk, obj=held, unit_id=held.training_class.unit_id, after=after)
