"""Which moves a class may make now, as dialogs that say with numbers what will happen."""

from typing import Any

from django.urls import reverse

from portal.acts import ask
from portal.rules import Door, may_cancel_class, may_close_class, may_reopen_class
from training.models import TrainingClass

State = TrainingClass.State


def asks(one: TrainingClass, door: Door, counts: dict[str, Any]) -> list[dict[str, Any]]:
    """The moves that the class's state allows and the user may make."""
    found = []
    if one.state in (State.ENDED, State.REOPENED) and may_close_class(door) is None:
        found.append(_close(one, counts))
    if one.state == State.CLOSED and may_reopen_class(door) is None:
        found.append(_reopen(one))
    if one.state in (State.PLANNED, State.RUNNING) and may_cancel_class(door) is None:
        found.append(_cancel(one, counts))
    return found


def _hidden(one: TrainingClass) -> dict[str, Any]:
    return {"seen": one.version}


def _close(one: TrainingClass, counts: dict[str, Any]) -> dict[str, Any]:
    points = [
        f"{counts['confirmed']} 名学员的成绩已经确认，合格以上的记为结业",
        "结班后班主任只能查看，15 天后不再能打开；更正须由组织部重新打开",
    ]
    waiting = counts["results"] - counts["confirmed"]
    if waiting:
        points.insert(0, f"还有 {waiting} 名学员的成绩没有确认，现在办不成")
    url = reverse("portal:class_close", args=[one.pk])
    return ask("close", url, "结班", f"“{one.name}”结班？", "请先核对办理清单。", points=points, hidden=_hidden(one))


def _reopen(one: TrainingClass) -> dict[str, Any]:
    url = reverse("portal:class_reopen", args=[one.pk])
    text = "重新打开后可以更正记录和成绩，办完须再次结班；已经印发的文件只会被替换，不会消失。"
    return ask("reopen", url, "重新打开", "重新打开这个班次？", text, reason="重新打开的原因", hidden=_hidden(one))


def _cancel(one: TrainingClass, counts: dict[str, Any]) -> dict[str, Any]:
    url = reverse("portal:class_cancel", args=[one.pk])
    text = f"班次取消后不能恢复，{counts['seated']} 名学员记为退出，可以参加同期其他班次。"
    return ask("cancel", url, "取消班次", f"取消“{one.name}”？", text, reason="取消的原因", hidden=_hidden(one))
