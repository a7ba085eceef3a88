"""A mark of a closed class is corrected: by the department, with a reason, and the ledger follows (SEC-22)."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from core.audit import record
from core.operations import Conflict, Refused, demand_reason, intention
from organization.models import Account
from organization.roles import Role
from trainees.services.ledger import Posting
from training.models import AttendanceMark, ClassRole, Enrolment, Session, TrainingClass
from training.services.attendance import UnknownCell, settle
from training.services.posting import post_classes

STALE = "您打开页面之后，这一格已被他人更改，本次没有写入任何内容，请刷新页面后再办"


@intention
def correct_mark(
    training_class: TrainingClass, enrolment: UUID, session: UUID, mark: str, *, actor: Account, reason: str, seen: int
) -> Posting:
    """Write another mark into a closed class and post the difference of hours; what the ledger did.

    `seen`: the version of the mark on the page, 0 where none stood. Raises Conflict when it moved on, UnknownCell where
    the cell is not of the class, Refused by whom and where it cannot be done. A result that follows from the mark is
    not touched: that is an amendment of results.
    """
    held = TrainingClass.objects.select_for_update(no_key=True).get(pk=training_class.pk)
    current = _cell(held, enrolment, session)
    _demand_may(held, current, actor)
    why = demand_reason(reason, "更正考勤须写明理由")
    _demand_change(current, mark, seen)
    before = current.mark
    _write(held, current, mark, actor)
    record(
        "attendance.correct", actor=actor.pk, role=Role.STAFF, obj=held, unit_id=held.unit_id, reason=why,
        before={"mark": before}, after={"mark": mark, "enrolment": str(enrolment), "session": str(session)},
    )  # fmt: skip
    return post_classes([held.pk], actor=actor, reason=f"更正考勤：{why}"[:200])


def _cell(held: TrainingClass, enrolment: UUID, session: UUID) -> AttendanceMark:
    """The mark that stands there, locked; an unsaved empty one of version 0 where none does."""
    seated = Enrolment.objects.of_class(held).on_roster().filter(pk=enrolment).exists()
    if not seated or not Session.objects.filter(training_class=held, pk=session).exists():
        raise UnknownCell
    there = AttendanceMark.objects.filter(training_class=held, enrolment=enrolment, session=session)
    empty = AttendanceMark(training_class=held, enrolment_id=enrolment, session_id=session, mark="", version=0)
    return there.select_for_update(no_key=True).first() or empty


def _demand_may(held: TrainingClass, current: AttendanceMark, actor: Account) -> None:
    """The department of the class, and not who kept the class's attendance: two people see every correction."""
    if held.state != TrainingClass.State.CLOSED:
        raise Refused(f"班次“{held.name}”{held.get_state_display()}，没有结班，考勤直接在考勤表上登记")
    if not actor.access.covers(held.unit.path, Role.STAFF):
        raise Refused("结班后的考勤由主办班次的组织部门更正，请与组织部干部教育科联系")
    managed = ClassRole.objects.filter(training_class=held, account=actor, kind=ClassRole.Kind.MANAGER).exists()
    if managed or current.by_id == actor.pk:
        raise Refused("这一格考勤由您登记或由您班管理，结班后的更正须由组织部另一名工作人员办理")


def _demand_change(current: AttendanceMark, mark: str, seen: int) -> None:
    if mark not in AttendanceMark.Mark.values:
        raise Refused("请选择更正后的考勤")
    if current.version != seen:
        raise Conflict(STALE, yours=seen, current=current.version)
    if current.mark == mark:
        raise Refused(f"这一格已经是{current.get_mark_display()}，没有要更正的")


def _write(held: TrainingClass, current: AttendanceMark, mark: str, actor: Account) -> None:
    facts: dict[str, Any] = {
        "mark": mark, "source": AttendanceMark.Source.PAGE, "leave": None, "by_id": actor.pk, "at": timezone.now(),
        "version": current.version + 1 if current.pk else held.revision + 1,
    }  # fmt: skip
    for name, value in facts.items():
        setattr(current, name, value)
    current.save()
    settle(held, {current.session_id}, Enrolment.objects.of_class(held).on_roster().count())
