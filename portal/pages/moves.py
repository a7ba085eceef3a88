"""Which moves a class may make now, as dialogs that say with numbers what will happen."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse

from portal.acts import ask
from portal.pages import words
from portal.rules import Door, may_cancel_class, may_close_class, may_reopen_class
from training.models import Enrolment, TrainingClass
from training.services.dossier import TIMETABLE, Item

State = TrainingClass.State


def can_close(one: TrainingClass, door: Door) -> bool:
    return one.state in (State.ENDED, State.REOPENED) and may_close_class(door) is None


def owed(items: Sequence[Item]) -> list[Item]:
    """What stands in the way of closing; a timetable that is lacking does not, the dates do for it."""
    return [item for item in items if not item.ok and item.key != TIMETABLE]


def asks(one: TrainingClass, door: Door) -> list[dict[str, Any]]:
    """The moves that the class's state allows and the user may make; closing stands on its own tab."""
    found = []
    if one.state == State.CLOSED and may_reopen_class(door) is None:
        found.append(_reopen(one))
    if one.state in (State.PLANNED, State.RUNNING) and may_cancel_class(door) is None:
        found.append(_cancel(one))
    return found


def _hidden(one: TrainingClass) -> dict[str, Any]:
    return {"seen": one.version}


def ask_close(one: TrainingClass, items: Sequence[Item], parts: Mapping[Any, Any]) -> dict[str, Any]:
    """What closing does, in numbers, `parts` the hours that it gives; without a timetable somebody has to mean the dates."""
    by_dates = any(item.key == TIMETABLE and not item.ok for item in items)
    given = sum((part.hours for found in parts.values() for part in found), Decimal(0))
    points = [
        *(["本班没有课程表：学时按起止日期折算，每天 6 学时"] if by_dates else []),
        f"{len(parts)} 名学员共 {words.hours(given)} 学时记入台账，合格以上的记为结业",
        "结班后班主任只能查看，15 天后不再能打开；考勤更正须申请，由组织部审批；成绩更正须由组织部重新打开",
    ]
    hidden = _hidden(one) | ({"by_dates": "1"} if by_dates else {})
    url = reverse("portal:class_close", args=[one.pk])
    return ask("close", url, "结班", f"“{one.name}”结班？", "请先核对结班清单。", points=points, hidden=hidden)


def _reopen(one: TrainingClass) -> dict[str, Any]:
    url = reverse("portal:class_reopen", args=[one.pk])
    text = "重新打开后可以更正记录和成绩，办完须再次结班；已记入台账的学时全部冲销，再次结班时重新记入；已经印发的文件只会被替换，不会消失。"
    return ask("reopen", url, "重新打开", "重新打开这个班次？", text, reason="重新打开的原因", hidden=_hidden(one))


def _cancel(one: TrainingClass) -> dict[str, Any]:
    seated = Enrolment.objects.unscoped("how many a cancellation frees, of a class in scope").of_class(one).on_roster()
    url = reverse("portal:class_cancel", args=[one.pk])
    text = f"班次取消后不能恢复，{seated.count()} 名学员记为退出，可以参加同期其他班次。"
    return ask("cancel", url, "取消班次", f"取消“{one.name}”？", text, reason="取消的原因", hidden=_hidden(one))
