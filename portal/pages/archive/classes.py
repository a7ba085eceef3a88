"""培训班次: every class with role, hours, marks as a heat strip, points by block, grade, leave, activities."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from portal.acts import new_op_id
from portal.pages import words
from portal.pages.archive.look import Look, Shown, section
from portal.pages.radar import radar_of
from reports.papers.archive_classes import ClassLine, ResultLine
from training.models import TrainingClass

CONFIRMED = ("confirmed", "amended")


def classes(look: Look) -> Shown | None:
    lines = look.archive.classes
    if not lines:
        return None
    inside = set(_inside(look).filter(pk__in=[line.training_class for line in lines]).values_list("pk", flat=True))
    rows = [row(line, look, inside=line.training_class in inside) for line in lines]
    return section("classes", "培训班次", rows=rows, count=len(rows))


def _inside(look: Look) -> QuerySet[TrainingClass]:
    """Classes whose records the account sees by the class door; the person's own are theirs anyway."""
    return TrainingClass.objects.managed_by(look.request.user)


def row(line: ClassLine, look: Look, *, inside: bool) -> dict[str, Any]:
    whole = look.sight.whole
    told = line.result
    return {
        "line": line,
        "period": words.period(line.since, line.until),
        "hours": hours_of(line),
        "facts": facts(line, told) if whole else [],
        "strip": [(place, one.mark) for place, one in enumerate(line.strip)],
        "length": len(line.strip),
        "strip_words": strip_words(line) if line.strip else "",
        "blocks": [block(one) for one in told.blocks] if told else [],
        "result_url": _result_url(line) if inside or look.sight.own else "",
        "register": register(line, look),
        "work_url": reverse("portal:work_add", args=[line.enrolment]) if look.sight.own else "",
    }


def hours_of(line: ClassLine) -> str:
    if line.hours is None:
        return f"共 {words.hours(line.total_hours)} 学时" if line.total_hours else ""
    return f"实到 {words.hours(line.hours)} / {words.hours(line.total_hours)} 学时"


def facts(line: ClassLine, told: ResultLine | None) -> list[dict[str, object]]:
    """Exams, sums and leave; what was not held is left out."""
    found: list[tuple[str, Any]] = []
    if told:
        found += [("入学测试", told.entry), ("结业考试", told.final), ("常规项", told.base), ("加分", told.bonus)]
    shown = [words.fact(label, words.points(value)) for label, value in found if value is not None]
    leave = [words.fact("请假", f"{words.hours(line.leave_hours)} 学时")] if line.leave_hours else []
    return shown + leave


def strip_words(line: ClassLine) -> str:
    """What the strip says, for those who listen: 共 19 次课，迟到 1、事假 2."""
    told = "、".join(f"{word} {count}" for word, count in line.marks())
    return f"共 {len(line.strip)} 次课，{told or '全部出勤'}"


def block(one: Any) -> dict[str, Any]:
    share = int(100 * one.points / one.maximum) if one.points is not None and one.maximum else 0
    return {
        "name": one.name,
        "points": words.points(one.points),
        "maximum": words.hours(one.maximum),
        "share": max(0, min(100, share)),
    }


def _result_url(line: ClassLine) -> str:
    return reverse("portal:result_detail", args=[line.enrolment]) if line.result else ""


def register(line: ClassLine, look: Look) -> dict[str, str] | None:
    """The button that has the register form made, for a class whose result is confirmed."""
    if not look.sight.whole or line.result is None or line.result.state not in CONFIRMED:
        return None
    url = reverse("portal:cadre_papers", args=[look.cadre.pk])
    return {"url": url, "enrolment": str(line.enrolment), "op_id": new_op_id()}


def radar(line: ClassLine) -> dict[str, Any] | None:
    """The blocks against the class's mean, for charts.js, with its table."""
    told = line.result
    if told is None or len(told.blocks) < 3 or all(one.points is None for one in told.blocks):
        return None
    blocks = [(one.name, float(one.maximum), float(one.points or 0), float(one.mean or 0)) for one in told.blocks]
    return radar_of(f"{line.name}：各板块与班级平均", blocks)
