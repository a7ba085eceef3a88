"""Deciding about leave: one level after the other; a refusal ends it; the last agreement grants it and writes marks."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.utils import timezone

from core.amounts import plain
from core.audit import record
from core.operations import Refused, intention
from organization.models import Account
from organization.roles import Role
from training.models import ClassRole, LeaveApprover, LeaveLevel, LeaveRequest, LeaveStep
from training.rules.leave import COUNTING, ONE_SEVENTH, meter_of
from training.services.leave.asking import end
from training.services.leave.holding import hold_request, is_own, live_sessions
from training.services.leave.marking import Marked, write_leave_marks

State = LeaveRequest.State
OVERDUE = timedelta(days=1)
"""A step that waits longer is shown as 催办, and may be reminded of once in so long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a level says. `accept_over`: knows that the cap is passed; `replace_marks`: also where a mark stands already."""

    granted: bool
    comment: str = ""
    accept_over: bool = False
    replace_marks: bool = False


@intention
def decide_leave(
    request: LeaveRequest, said: Answer, *, actor: Account, seen: int | None = None, cap: Fraction = ONE_SEVENTH
) -> LeaveRequest:
    """The current level's word. Raises Refused when it is not the actor's to say, Conflict when the page is old.

    `cap` is the share of the class's hours that its scoring scheme allows. Beyond it the last level has to say that it
    knows (退学 follows), unless the organization department lets it pass already.
    """
    held = hold_request(request, (State.ASKED,), "再审批", seen)
    step = _step_of(held, actor)
    if not said.granted and not said.comment.strip():
        raise Refused("不同意须写明理由，学员会看到")
    _write(step, said, actor)
    if not said.granted:
        end(held, State.REFUSED, said.comment)
    elif not LeaveStep.objects.filter(request=held, decision=LeaveStep.Decision.WAITING).exists():
        _grant(held, said, actor, cap)
    else:
        held.version += 1
        held.save(update_fields=["version"])
    record(
        "leave.agree" if said.granted else "leave.refuse", actor=actor.pk, obj=held,
        unit_id=held.training_class.unit_id, after={"level": step.level, "as_deputy": step.as_deputy},
    )  # fmt: skip
    return held


def _step_of(held: LeaveRequest, actor: Account) -> LeaveStep:
    """The step to be taken now, if it is the actor's."""
    if is_own(held, actor):
        raise Refused("不能审批自己的请假，请由其他审批人办理")
    step = LeaveStep.objects.filter(request=held).current().get()
    if not LeaveStep.objects.filter(pk=step.pk).decided_by(actor).exists():
        raise Refused(f"这份请假现在由{step.get_level_display()}审批，您不在这一级的审批人之列")
    return step


def _write(step: LeaveStep, said: Answer, actor: Account) -> None:
    decision = LeaveStep.Decision.GRANTED if said.granted else LeaveStep.Decision.REFUSED
    step.decision, step.by, step.at = decision, actor, timezone.now()
    step.comment, step.as_deputy = said.comment.strip()[:200], stands_in(step, actor)
    step.save(update_fields=["decision", "by", "at", "comment", "as_deputy"])


def stands_in(step: LeaveStep, actor: Account) -> bool:
    """Whether the account decides for somebody else: as a deputy, or as the department for a level without approver."""
    one, day = step.request.training_class, actor.access.day
    if step.level == LeaveLevel.DEPARTMENT:
        return not actor.access.covers(one.unit.path, Role.STAFF)
    managers = ClassRole.objects.on(day).filter(training_class=one, kind=ClassRole.Kind.MANAGER, account=actor)
    if step.level == LeaveLevel.MANAGER and managers.exists():
        return False
    named = LeaveApprover.objects.on(day).above(one.unit.path).filter(level=step.level, account=actor)
    return not named.filter(deputy=False).exists()


def _grant(held: LeaveRequest, said: Answer, actor: Account, cap: Fraction) -> None:
    """The last level agreed: marks are written, then the meter is read."""
    marked = write_leave_marks(held, live_sessions(held), replace=said.replace_marks, actor=actor)
    meter = meter_of(held.enrolment, cap=cap)
    held.over_cap = held.kind in COUNTING and meter.over
    if held.over_cap and not (said.accept_over or held.enrolment.override_reason):
        raise Refused(
            f"批准后请假共 {plain(meter.used)} 学时，超过总学时 {plain(meter.total)} 的七分之一，"
            "按规定作退学处理；确要批准，请勾选“已知超过七分之一”，或先由组织部特批"
        )
    held.state, held.version = State.GRANTED, held.version + 1
    held.save(update_fields=["state", "over_cap", "version"])
    _tell(held, actor, marked)


def _tell(held: LeaveRequest, actor: Account, marked: Marked) -> None:
    after = {"marks": marked.written, "replaced": marked.replaced, "kept": marked.kept, "over_cap": held.over_cap}
    record("leave.grant", actor=actor.pk, obj=held, unit_id=held.training_class.unit_id, after=after)


@intention
def remind_leave(request: LeaveRequest, *, actor: Account) -> LeaveStep:
    """催办: the level that is waited for sees it first. Once a day, and only when it has waited a day."""
    held = hold_request(request, (State.ASKED,), "催办", None)
    step = LeaveStep.objects.filter(request=held).current().get()
    since = max(step.waiting_since, step.reminded or step.waiting_since)  # type: ignore[attr-defined]
    if timezone.now() - since < OVERDUE:
        raise Refused(f"{step.get_level_display()}收到不到一天，请明天再催办；急事请直接打电话")
    step.reminded = timezone.now()
    step.save(update_fields=["reminded"])
    record("leave.remind", actor=actor.pk, obj=held, unit_id=held.training_class.unit_id, after={"level": step.level})
    return step
