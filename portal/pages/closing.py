"""结班: what a class owes before it is closed, who never came, and the hours that closing gives or has given."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from organization.models import Account
from portal.acts import ask
from portal.pages import moves, words
from portal.pages.classes import upload_url
from portal.rules import DEPARTMENT, Door, may_close_class, may_confirm
from trainees.models import Cadre, CreditEntry
from training.models import Enrolment, TrainingClass
from training.services.dossier import (
    ATTENDANCE,
    LEAVE,
    NO_SHOWS,
    PLAN,
    RESULTS,
    ROSTER,
    TIMETABLE,
    Item,
    dossier,
    never_came,
)
from training.services.learned import SOURCE, learned_in
from training.services.no_shows import OVER

WHY = "hours of a class that was fetched in scope: what its own timetable and marks gave"
PAGE_SIZE = 100
CONFIRMERS = f"{DEPARTMENT}或本班考评工作小组"
State = TrainingClass.State
LEDGER = "ledger"
"""Where on a cadre's page the ledger stands."""
COLUMNS = ("序号", "姓名", "单位", "等次", "状态", "计入年度", "学时", "天数", "必修学分", "选修学分", "最后学习日期")
WAYS = {
    TIMETABLE: ("class_timetable", "排课程表"), ATTENDANCE: ("class_attendance", "登记考勤"),
    LEAVE: ("class_leaves", "去看请假"), RESULTS: ("class_results", "去确认"),
}  # fmt: skip


class Part(NamedTuple):
    """What one trainee has of one year; credits are None until the ledger has them."""

    year: int
    hours: Decimal
    days: Decimal
    on: Any
    required: Decimal | None = None
    elective: Decimal | None = None


Parts = dict[UUID, list[Part]]


def closing(one: TrainingClass, door: Door, parts: Parts) -> dict[str, Any]:
    """The fragment's own context beside the page of people."""
    items = dossier(one)
    closes = moves.can_close(one, door)
    owed = moves.owed(items) if closes else []
    gone = list(never_came([one.pk]).select_related("unit")) if one.state in OVER else []
    return {
        "checks": [check(one, item, door) for item in items],
        "asks": [
            *([moves.ask_close(one, items, parts)] if closes and not owed else []),
            *moves.asks(one, door),
        ],
        "owed": [item.todo for item in owed],
        "figures": figures(parts),
        "gone": [{"name": who.roster_name, "unit": who.unit.name} for who in gone],
        "strikes": [_strike(one, len(gone))] if gone and may_close_class(door) is None else [],
        "posted": one.state == State.CLOSED,
        "columns": columns(one.state == State.CLOSED),
    }


def columns(posted: bool) -> str:
    """Those of the table; credits are there once they are posted."""
    credits = " #必修学分 #选修学分" if posted else ""
    return f"#序号 姓名 单位 等次 状态 #学时 #天数{credits} 计入年度"


def check(one: TrainingClass, item: Item, door: Door) -> dict[str, object]:
    """An item of the list with the way to it, for those who write."""
    todo, url, action = item.todo, "", ""
    if item.key == RESULTS and (who := who_confirms(door)):
        todo = f"{todo}；{who}"
    elif door.roster and door.writing:
        url, action = _way(one, item.key)
    return words.check(item.label, item.ok, item.detail if item.ok else todo, url, action)


def who_confirms(door: Door) -> str:
    """Who has to confirm results, for those who may not; empty for those who may."""
    refusal = may_confirm(door)
    if refusal is None:
        return ""
    return f"由{CONFIRMERS}确认" if door.writing else refusal.why


def _way(one: TrainingClass, key: str) -> tuple[str, str]:
    if key in (PLAN, ROSTER):
        return upload_url(one), "上传工作簿"
    if key == NO_SHOWS:
        return f"{reverse('portal:class_closing', args=[one.pk])}#no-shows", "去划去"
    name, action = WAYS[key]
    return reverse(f"portal:{name}", args=[one.pk]), action


def _strike(one: TrainingClass, number: int) -> dict[str, Any]:
    points = [f"{number} 人从名册划去，状态记为“未报到”，不计成绩、不计学时", "还没有确认的成绩随即重新计算"]
    text = "先向派出单位核实；来过而漏登的，请先补登考勤。"
    return ask(
        "strike", reverse("portal:class_no_shows", args=[one.pk]), "划去未报到", "划去没有到过课的学员？", text,
        points=points, reason="核实情况", hidden={"seen": one.revision},
    )  # fmt: skip


# ---- hours: what the ledger has of a closed class, what closing will give of another ----


def parts_of(one: TrainingClass) -> Parts:
    return _posted(one) if one.state == State.CLOSED else _ahead(one)


def _ahead(one: TrainingClass) -> Parts:
    found: Parts = defaultdict(list)
    for each in learned_in([one.pk], in_hours=True):
        found[each.source_id].append(Part(each.part, each.hours, each.days, each.on))
    return found


def _posted(one: TrainingClass) -> Parts:
    seats = Enrolment.objects.unscoped(WHY).filter(training_class=one)
    rows = CreditEntry.objects.unscoped(WHY).live().filter(source_kind=SOURCE, source_id__in=seats.values("pk"))
    found: Parts = defaultdict(list)
    for row in rows.order_by("source_id", "part", "pk"):
        required = row.kind == CreditEntry.Kind.REQUIRED
        credits = (row.credits, Decimal(0)) if required else (Decimal(0), row.credits)
        found[row.source_id].append(Part(row.year, row.hours, row.days, row.on, *credits))
    return found


def figures(parts: Parts) -> list[dict[str, Any]]:
    flat = [part for found in parts.values() for part in found]
    shown = [
        words.figure("计学时的学员", len(parts), "人"),
        words.figure("学时合计", total(part.hours for part in flat), "学时"),
        words.figure("天数合计", total(part.days for part in flat), "天"),
    ]
    if any(part.required is not None for part in flat):
        credits = total((part.required or 0) + (part.elective or 0) for part in flat)
        shown.append(words.figure("学分合计", credits, "分"))
    return shown


def total(values: Iterable[Decimal | int]) -> str:
    return words.hours(sum((Decimal(value) for value in values), Decimal(0)))


def people(one: TrainingClass) -> QuerySet[Enrolment]:
    """Everybody who ever was on the roster, in its order."""
    rows = Enrolment.objects.unscoped(WHY).filter(training_class=one)
    return rows.select_related("unit").order_by("position", "pk")


def lines(user: Account, seats: Sequence[Enrolment], parts: Parts) -> list[dict[str, Any]]:
    """Rows of the table; who may open a trainee's own page is led to the ledger there."""
    known = set(
        Cadre.objects.visible_to(user).filter(pk__in=[who.cadre_id for who in seats]).values_list("pk", flat=True)
    )
    urls = {key: f"{reverse('portal:cadre', args=[key])}#{LEDGER}" for key in known}
    return [line(who, parts.get(who.pk, []), urls.get(who.cadre_id, "")) for who in seats]


def line(who: Enrolment, parts: Sequence[Part], url: str) -> dict[str, Any]:
    """A trainee with all years together, and the years in words where there are several."""
    return {
        "url": url,
        "order": who.position,
        "name": who.roster_name,
        "unit": who.unit.name,
        "grade": who.grade,
        "state": who.state,
        "hours": total(part.hours for part in parts) if parts else "—",
        "days": total(part.days for part in parts) if parts else "—",
        "required": _credits([part.required for part in parts]),
        "elective": _credits([part.elective for part in parts]),
        "years": "；".join(_year(part) for part in parts) if len(parts) > 1 else "".join(f"{p.year}年" for p in parts),
    }


def _credits(values: Sequence[Decimal | None]) -> str:
    known = [value for value in values if value is not None]
    return total(known) if known else "—"


def _year(part: Part) -> str:
    return f"{part.year}年 {words.hours(part.hours)} 学时、{words.hours(part.days)} 天"


def cells(who: Enrolment, part: Part | None) -> list[object]:
    """One line of the Excel export, as COLUMNS: a trainee and year, or a trainee without hours."""
    head = [who.position, who.roster_name, who.unit.name, who.grade, who.get_state_display()]
    if part is None:
        return [*head, "", 0, 0, "", "", ""]
    credits = ["" if value is None else value for value in (part.required, part.elective)]
    return [*head, part.year, part.hours, part.days, *credits, part.on]


def sheet(one: TrainingClass) -> list[list[object]]:
    parts, nothing = parts_of(one), list[Part | None]([None])
    return [cells(who, part) for who in people(one) for part in parts.get(who.pk) or nothing]
