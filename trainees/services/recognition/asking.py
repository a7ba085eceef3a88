"""A platform's records confirmed by a worker: an import of a city is more than a page waits for."""

from uuid import UUID

from core.operations import Refused, intention
from organization.models import Account
from organization.roles import Role
from trainees.models import LedgerAct, PlatformUpload, Recognition
from trainees.services.acts import About, Outcome, ask_for, carry_out
from trainees.services.recognition.deciding import confirm_upload
from trainees.services.recognition.doubles import is_undecided
from trainees.services.recognition.holding import State

WHY = "what waits in an import that the caller found in scope"
NOTHING = "没有等待确认的记录，可能刚由他人办理"
THEIR_OWN = "没有可以确认的记录：导入即审核，审核和确认不能是同一个人，请由组织部另一位同志确认"


@intention
def ask_to_confirm(upload: PlatformUpload, *, actor: Account) -> LedgerAct:
    """Have a worker confirm everything of one import that waits for the department.

    Raises Refused for what can be said at once; the worker asks about each record again.
    """
    _demand_department(upload, actor)
    if why := why_none_to_confirm(upload, actor):
        raise Refused(why)
    return ask_for(LedgerAct.Kind.CONFIRM, About(upload.unit, upload=upload), actor=actor, asked={})


def why_none_to_confirm(upload: PlatformUpload, actor: Account) -> str:
    """Why nothing of an import waits for this account's word, "" where something does."""
    waiting = Recognition.objects.unscoped(WHY).filter(upload=upload, state=State.VETTED)
    if not waiting.exists():
        return NOTHING
    return "" if waiting.exclude(vetted_by_id=actor.pk).exists() else THEIR_OWN


def confirm_as_asked(act_id: UUID) -> None:
    """The worker's part of `ask_to_confirm`, once."""
    carry_out(act_id, _confirm)


def _confirm(act: LedgerAct, actor: Account) -> Outcome:
    if act.upload is None:
        raise ValueError("an import is confirmed")
    """Where all that is left are doubles found just now, their marks stay: somebody has to decide about them."""
    _demand_department(act.upload, actor)
    decided = confirm_upload(act.upload, actor=actor)
    why = decided.left[0][1] if decided.left else ""
    if not decided.done and not any(is_undecided(row) for row, _ in decided.left):
        raise Refused(f"没有可以确认的记录：{why}" if why else NOTHING)
    return {"confirmed": len(decided.done), "left": len(decided.left), "why": why}


def _demand_department(upload: PlatformUpload, actor: Account) -> None:
    if not actor.access.covers(upload.unit.path, Role.STAFF):
        raise Refused("平台记录由组织部干部教育科确认")
