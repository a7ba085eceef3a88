"""Asking for leave: by the trainee, or by whoever took the call; and taking the request back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from core.audit import record
from core.files import keep
from core.operations import Refused, intention
from core.pictures import Upload
from organization.models import Account
from training.models import (
    Enrolment,
    LeaveLevel,
    LeaveRequest,
    LeaveSession,
    LeaveStep,
    Session,
    TrainingClass,
)
from training.models.enrolment import HOLDS_A_SEAT
from training.rules.leave import Bounds, Slot, chain, half_days, levels_for, staffed_levels
from training.services.leave.holding import hold_class, hold_request

State = LeaveRequest.State
HOLDING = (State.ASKED, State.GRANTED, State.RETURNED)
"""States in which a request covers its sessions."""
SHORTEST_REASON = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: kind, reason, the sessions by key, a proof that was looked at (core.pictures)."""

    kind: str
    reason: str
    sessions: Collection[UUID]
    proof: Upload | None = field(default=None)


@intention
def ask_leave(enrolment: Enrolment, wish: Wish, *, actor: Account) -> LeaveRequest:
    """Hand in a request; its chain of approval follows from its length. Raises Refused with what does not fit."""
    one = hold_class(enrolment.training_class)
    who = Enrolment.objects.select_related("cadre").get(pk=enrolment.pk)
    if who.state not in HOLDS_A_SEAT:
        raise Refused(f"{who.roster_name}{who.get_state_display()}，不在本班名册上，不能请假")
    if who.grade:
        raise Refused(f"{who.roster_name}的成绩已确认，不能再请假；确有差错的，请班主任以“更正成绩”方式办理")
    if len(wish.reason.strip()) < SHORTEST_REASON:
        raise Refused("请写明请假事由")
    sessions = _sessions(one, wish.sessions)
    _refuse_twice(who, sessions)
    request = _create(one, who, wish, sessions, actor)
    steps = _chain(request, one, who)
    record(
        "leave.ask", actor=actor.pk, obj=request, unit_id=one.unit_id,
        after={"kind": wish.kind, "hours": str(request.hours), "half_days": request.half_days, "levels": steps},
    )  # fmt: skip
    return request


def _sessions(one: TrainingClass, keys: Collection[UUID]) -> list[Session]:
    if not keys:
        raise Refused("请选择要请假的半天或课次")
    rows = list(Session.objects.of_class(one).filter(pk__in=keys))
    if len(rows) != len(set(keys)):
        raise Refused("课程表已有变动，所选课次有的已不在课程表中，请重新选择")
    return rows


def _refuse_twice(who: Enrolment, sessions: Sequence[Session]) -> None:
    """A session is asked for once: also by the second click that comes with another op_id."""
    covered = LeaveSession.objects.filter(
        live=True, session__in=sessions, request__enrolment=who, request__state__in=HOLDING
    )
    first = covered.select_related("session", "request").first()
    if first is not None:
        raise Refused(f"“{first.session}”已在另一份请假中（{first.request.get_state_display()}），不能重复请假")


def _create(
    one: TrainingClass, who: Enrolment, wish: Wish, sessions: Sequence[Session], actor: Account
) -> LeaveRequest:
    proof = keep(wish.proof.data) if wish.proof else None
    request = LeaveRequest.objects.create(
        training_class=one,
        enrolment=who,
        kind=wish.kind,
        reason=wish.reason.strip(),
        proof=proof,
        proof_name=wish.proof.name if wish.proof else "",
        first=sessions[0].date,
        last=sessions[-1].date,
        hours=sum(session.hours for session in sessions),
        half_days=half_days((session.date, session.period) for session in sessions),
        asked_by_id=actor.pk,
    )
    whole = whole_half_days(one, sessions)
    LeaveSession.objects.bulk_create(
        cover(request, session, (session.date, session.period) in whole) for session in sessions
    )
    return request


def whole_half_days(one: TrainingClass, sessions: Sequence[Session]) -> set[Slot]:
    """Half-days of which every session is among these."""
    slots = {(session.date, session.period) for session in sessions}
    chosen = {session.pk for session in sessions}
    every = Session.objects.filter(training_class=one, date__in={day for day, _ in slots})
    return slots - {(row.date, row.period) for row in every if row.pk not in chosen}


def cover(request: LeaveRequest, session: Session, whole: bool) -> LeaveSession:
    """An unsaved row that covers the session where it stands now."""
    return LeaveSession(request=request, session=session, date=session.date, period=session.period, whole=whole)


def _chain(request: LeaveRequest, one: TrainingClass, who: Enrolment) -> list[str]:
    day = timezone.localdate()
    levels = levels_for(request.half_days, Bounds.of(one.unit, day))
    asked = chain(levels, staffed_levels(one, day, who.cadre.account_id))
    LeaveStep.objects.bulk_create(
        LeaveStep(request=request, position=place, level=level) for place, level in enumerate(asked, 1)
    )
    return [str(LeaveLevel(level).value) for level in asked]


@intention
def withdraw_leave(request: LeaveRequest, *, actor: Account, seen: int | None = None) -> LeaveRequest:
    """Take a request back before it is decided."""
    held = hold_request(request, (State.ASKED,), "撤回", seen)
    end(held, State.WITHDRAWN, "")
    record("leave.withdraw", actor=actor.pk, obj=held, unit_id=held.training_class.unit_id)
    return held


def end(held: LeaveRequest, state: str, reason: str) -> None:
    """Move a held request to a state in which nothing more is decided about it."""
    held.state, held.ended, held.end_reason = state, timezone.now(), reason.strip()[:200]
    held.version += 1
    held.save(update_fields=["state", "ended", "end_reason", "version"])
