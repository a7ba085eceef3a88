"""学员考核登记表: one class of one cadre on one A4 page, with room for opinions and seals."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.amounts import plain
from core.pdf.rendering import render_pdf
from reports.papers.archive import Person, Work
from reports.papers.archive_classes import ClassLine
from reports.papers.wording import day, period, two_places

STYLES = ("papers/paper.css", "papers/archive.css", "papers/register.css")
OPINIONS = (("班主任意见", "签名"), ("考评工作小组意见", "签名"), ("学校意见", "盖章"))


@dataclass(frozen=True, slots=True)
class RegisterForm:
    """What the form is filled in with; birth month and sex stand on paper only."""

    on: date
    person: Person
    line: ClassLine
    works: tuple[Work, ...] = ()


def render_register(form: RegisterForm) -> bytes:
    """The form as PDF."""
    return render_pdf("papers/register.html", register_context(form), STYLES)


def register_context(form: RegisterForm) -> dict[str, Any]:
    line, told = form.line, form.line.result
    standing = f"第{told.rank}名" if told and told.rank else "—"
    return {
        "form": form,
        "person": form.person,
        "line": line,
        "result": told,
        "period": period(line.since, line.until),
        "hours": hours_of(line),
        "attendance": attendance_of(line),
        "standing": f"{standing}／{told.ranked}人" if told and told.rank and told.ranked else standing,
        "blocks": [(one.name, plain(one.maximum), "—" if one.points is None else two_places(one.points))
                   for one in told.blocks] if told else [],
        "deeds": deeds_of(form),
        "opinions": OPINIONS,
        "made": day(form.on),
    }  # fmt: skip


def hours_of(line: ClassLine) -> str:
    attended = "—" if line.hours is None else plain(line.hours)
    return f"实到 {attended} 学时／共 {plain(line.total_hours)} 学时"


def attendance_of(line: ClassLine) -> str:
    """迟到 1 次、事假 2 次; 全勤; a dash where attendance was not kept."""
    if not line.strip:
        return "—"
    told = "、".join(f"{word} {count} 次" for word, count in line.marks()) or "全勤"
    return f"{told}；请假 {plain(line.leave_hours)} 学时" if line.leave_hours else told


def deeds_of(form: RegisterForm) -> str:
    """What the trainee did beside lectures, and what they handed in."""
    done = [f"{one.kind} · {one.title} · {one.part}" for one in form.line.activities]
    return "；".join([*done, *(f"{one.kind}《{one.title}》" for one in form.works)])
