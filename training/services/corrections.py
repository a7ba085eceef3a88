"""A mark of a closed class is corrected on request: one person asks, another of the department agrees (SEC-22).

The agreement writes the mark and posts the ledger's difference in one transaction. Held are the class first, like
everybody who writes a class, then the request, then the mark.
"""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core.audit import record
from core.operations import Conflict, Refused, demand_current, demand_reason, intention, last_word
from organization.models import Account
from organization.roles import Role
from trainees.services.ledger import Posting
from training.models import AttendanceMark, ClassRole, CorrectionRequest, Enrolment, Session, TrainingClass, named_for
from training.models.enrolment import HOLDS_A_SEAT
from training.services.attendance import UnknownCell, settle
from training.services.posting import post_seats

State = CorrectionRequest.State
STALE = "您打开页面之后，这一格已被他人更改，本次没有写入任何内容，请刷新页面后再办"
OPEN_ALREADY = "这一格已有一份更正申请等待审批，办结以后才能再次申请"


@intention
def ask_correction(
    training_class: TrainingClass, enrolment: UUID, session: UUID, mark: str, *, actor: Account, reason: str, seen: int
) -> CorrectionRequest:
    """Ask for another mark in a cell of a closed class; nothing of the class changes yet.

    `seen`: the version of the mark on the page, 0 where none stood. Raises Conflict when it moved on, UnknownCell where
    the cell is not of the class, Refused by whom, where and twice it cannot be asked.
    """
    held = _hold_class(training_class)
    current = _cell(held, enrolment, session)
    _refuse(why_not_ask(held, actor))
    why = demand_reason(reason, "申请更正考勤须写明理由")
    _demand_change(current, mark, seen)
    when = Session.objects.get(pk=session)
    lesson = f"{when.date:%Y-%m-%d} {when.get_period_display()} {when.title}"
    with last_word({"correction_open_once": OPEN_ALREADY}):
        asked = CorrectionRequest.objects.create(
            training_class=held, enrolment_id=enrolment, session=when, lesson=lesson, before=current.mark, after=mark,
            seen=current.version, reason=why, asked_by_id=actor.pk,
        )  # fmt: skip
    after = {"mark": mark, "enrolment": str(enrolment), "session": str(session)}
    _record("correction.ask", asked, actor, reason=why, before={"mark": current.mark}, after=after)
    return asked


@intention
def approve_correction(request: CorrectionRequest, *, actor: Account, seen: int | None = None) -> Posting:
    """Write the mark that was asked for and post the difference of hours; what the ledger did.

    Raises Conflict with both values where the cell is not any more what it was when it was asked. A result that follows
    from the mark is not touched: that is an amendment of results.
    """
    held, current = _hold(request, seen)
    _refuse(why_not_decide(held, actor, current))
    one = held.training_class
    _refuse(why_open(one))
    if moved := why_moved(held, current):
        raise Conflict(f"{moved}，没有更正；请退回这份申请", yours=held.seen, current=current.version)
    _write(held, current)
    _decide(held, State.APPROVED, actor)
    record(
        "attendance.correct", actor=actor.pk, role=Role.STAFF, obj=one, unit_id=one.unit_id, reason=held.reason,
        before={"mark": held.before},
        after={"mark": held.after, "enrolment": str(held.enrolment_id), "session": str(held.session_id)},
    )  # fmt: skip
    return post_seats(seats_of(held), actor=actor, reason=f"更正考勤：{held.lesson}"[:200])


@intention
def return_correction(
    request: CorrectionRequest, *, actor: Account, reason: str, seen: int | None = None
) -> CorrectionRequest:
    """The second person does not agree; whoever asked reads why, and may ask anew."""
    held, current = _hold(request, seen)
    _refuse(why_not_decide(held, actor, current))
    return _decide(held, State.RETURNED, actor, demand_reason(reason, "退回更正申请须写明理由"))


@intention
def withdraw_correction(request: CorrectionRequest, *, actor: Account, seen: int | None = None) -> CorrectionRequest:
    """Whoever asked takes it back before anybody has decided."""
    held, _ = _hold(request, seen)
    if held.asked_by_id != actor.pk:
        raise Refused("更正申请只能由申请人撤回；不同意的，由组织部另一名工作人员退回")
    held.state, held.decided_at, held.version = State.WITHDRAWN, timezone.now(), held.version + 1
    held.save(update_fields=["state", "decided_at", "version"])
    _record("correction.withdraw", held, actor)
    return held


# ---- who may ----


def seats_of(request: CorrectionRequest) -> list[Enrolment]:
    """The trainee's in this class: merged doubles may have two, of which one counts."""
    root = request.enrolment.cadre.canonical_id or request.enrolment.cadre_id
    one = Q(cadre=root) | Q(cadre__canonical=root)
    return list(Enrolment.objects.filter(one, training_class=request.training_class_id))


def why_open(training_class: TrainingClass) -> str:
    """Why there is nothing to ask for in a class, "" where it is closed."""
    if training_class.state == TrainingClass.State.CLOSED:
        return ""
    one = training_class
    return f"班次“{one.name}”{one.get_state_display()}，没有结班，考勤直接在考勤表上登记"


def why_moved(request: CorrectionRequest, current: AttendanceMark) -> str:
    """What stood in the cell when it was asked and what stands there now, "" where that is the same."""
    if request.session_id is None:
        return f"申请更正的课次“{request.lesson}”已不在课程表里"
    if request.enrolment.state not in HOLDS_A_SEAT:
        return f"{request.enrolment.roster_name}已不在本班名册上（{request.enrolment.get_state_display()}）"
    if (current.version, current.mark) == (request.seen, request.before):
        return ""
    then, now = request.get_before_display() or "未登记", current.get_mark_display() or "未登记"
    return f"申请时这一格是“{then}”（第 {request.seen} 次修订），现在是“{now}”（第 {current.version} 次修订）"


def why_not_ask(training_class: TrainingClass, actor: Account) -> str:
    """Why the account may not ask for a correction in this class, "" where it may: whoever sees its attendance."""
    kept = actor.access.covers(training_class.unit.path, Role.STAFF) or any(
        each.training_class == training_class.pk and each.kind == ClassRole.Kind.MANAGER
        for each in named_for(actor.access)
    )
    return why_open(training_class) if kept else "结班后的考勤由本班班主任或主办班次的组织部门申请更正"


def why_not_decide(request: CorrectionRequest, actor: Account, current: AttendanceMark | None = None) -> str:
    """Why the account may not decide about a request, "" where it may; `current` is the mark that stands there.

    Two people see every correction: the one who decides neither asked for it, nor kept the class's attendance, nor is
    the trainee.
    """
    one = request.training_class
    if not actor.access.covers(one.unit.path, Role.STAFF):
        return "更正申请由主办班次的组织部门审批，请与组织部干部教育科联系"
    if request.asked_by_id == actor.pk:
        return "不能审批自己提出的更正申请，须由组织部另一名工作人员审批"
    if actor.pk in request.enrolment.cadre.accounts:
        return "不能审批自己的考勤更正，须由组织部另一名工作人员审批"
    managed = ClassRole.objects.filter(training_class=one, account=actor, kind=ClassRole.Kind.MANAGER).exists()
    if managed or (current is not None and current.by_id == actor.pk):
        return "这一格考勤由您登记或由您班管理，更正须由组织部另一名工作人员审批"
    return ""


def decided_by(account: Account) -> Q:
    """Requests that wait for the account's word: those about which it may decide (`why_not_decide`)."""
    managed = ClassRole.objects.filter(account=account, kind=ClassRole.Kind.MANAGER)
    marked = AttendanceMark.objects.filter(
        enrolment=OuterRef("enrolment"), session=OuterRef("session"), by_id=account.pk
    )
    own = Q(asked_by_id=account.pk) | Q(enrolment__cadre__account=account)
    own |= Q(enrolment__cadre__canonical__account=account)
    own |= Q(training_class__in=managed.values("training_class")) | Q(Exists(marked))
    return account.access.within("training_class__unit", Role.STAFF) & Q(state=State.ASKED) & ~own


# ---- what is held and written ----


def _refuse(words: str) -> None:
    if words:
        raise Refused(words)


def _hold_class(training_class: TrainingClass) -> TrainingClass:
    rows = TrainingClass.objects.select_for_update(of=("self",), no_key=True).select_related("unit")
    return rows.get(pk=training_class.pk)


def _hold(request: CorrectionRequest, seen: int | None) -> tuple[CorrectionRequest, AttendanceMark]:
    """The request and its cell, locked with their class. Raises Conflict when it moved on, Refused once it is decided."""
    one = _hold_class(request.training_class)
    rows = CorrectionRequest.objects.select_for_update(of=("self",), no_key=True).select_related(
        "enrolment__cadre__canonical"
    )
    held = rows.get(pk=request.pk)
    held.training_class = held.enrolment.training_class = one
    demand_current(seen, held.version, "这份更正申请")
    if held.state != State.ASKED:
        raise Refused(f"这份更正申请{held.get_state_display()}，不用再办")
    return held, _mark_there(held)


def _mark_there(request: CorrectionRequest) -> AttendanceMark:
    """The mark that stands in a request's cell, locked; an unsaved empty one of version 0 where none does."""
    there = AttendanceMark.objects.filter(enrolment=request.enrolment_id, session=request.session_id)
    facts = {"training_class_id": request.training_class_id, "enrolment_id": request.enrolment_id}
    return there.select_for_update(no_key=True).first() or AttendanceMark(**facts, mark="", version=0)


def _cell(held: TrainingClass, enrolment: UUID, session: UUID) -> AttendanceMark:
    seated = Enrolment.objects.of_class(held).on_roster().filter(pk=enrolment).exists()
    if not seated or not Session.objects.filter(training_class=held, pk=session).exists():
        raise UnknownCell
    return _mark_there(CorrectionRequest(training_class=held, enrolment_id=enrolment, session_id=session))


def _demand_change(current: AttendanceMark, mark: str, seen: int) -> None:
    if mark not in AttendanceMark.Mark.values:
        raise Refused("请选择更正后的考勤")
    if current.version != seen:
        raise Conflict(STALE, yours=seen, current=current.version)
    if current.mark == mark:
        raise Refused(f"这一格已经是{current.get_mark_display()}，没有要更正的")


def _write(held: CorrectionRequest, current: AttendanceMark) -> None:
    """The mark is whose request it was: who agreed may agree to another one of this cell."""
    one = held.training_class
    facts: dict[str, Any] = {
        "session_id": held.session_id, "mark": held.after, "source": AttendanceMark.Source.PAGE, "leave": None,
        "by_id": held.asked_by_id, "at": timezone.now(),
        "version": current.version + 1 if current.pk else one.revision + 1,
    }  # fmt: skip
    for name, value in facts.items():
        setattr(current, name, value)
    current.save()
    settle(one, {current.session_id}, Enrolment.objects.of_class(one).on_roster().count())


def _decide(held: CorrectionRequest, state: str, actor: Account, comment: str = "") -> CorrectionRequest:
    held.state, held.comment, held.version = state, comment, held.version + 1
    held.decided_by_id, held.decided_at = actor.pk, timezone.now()
    held.save(update_fields=["state", "comment", "version", "decided_by_id", "decided_at"])
    _record("correction.approve" if state == State.APPROVED else "correction.return", held, actor, reason=comment)
    return held


def _record(event: str, row: CorrectionRequest, actor: Account, **more: Any) -> None:
    record(event, actor=actor.pk, obj=row, unit_id=row.training_class.unit_id, **more)
