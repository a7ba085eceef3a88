"""学员考核结果单: one trainee's result, every point explained (one page, A4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.amounts import plain
from core.pdf.codes import qr_code
from core.pdf.rendering import render_pdf
from reports.papers.charts import Axis, radar
from reports.papers.facts import CANDIDATE, UNDECIDED, ClassFacts, Issue
from reports.papers.wording import day, period, two_places, unassessed

STYLES = ("papers/paper.css", "papers/sheet.css")


@dataclass(frozen=True)
class SheetItem:
    """One 指标项: `how` says in words which marks, entries or answers made the points."""

    name: str
    maximum: Decimal
    points: Decimal | None
    how: str


@dataclass(frozen=True)
class SheetBlock:
    """One 板块 with its items; points and class mean are None while an item of it is not assessed."""

    name: str
    maximum: Decimal
    points: Decimal | None
    class_mean: Decimal | None
    items: tuple[SheetItem, ...]


@dataclass(frozen=True)
class BonusEntry:
    """An entry of 加分项."""

    day: date
    points: Decimal
    reason: str


@dataclass(frozen=True)
class TraineeSheet:
    """What one trainee is told: no ID number, of others only means."""

    issue: Issue
    facts: ClassFacts
    name: str
    unit: str
    post: str
    blocks: tuple[SheetBlock, ...]
    base: Decimal | None  # 常规项合计
    bonus: Decimal | None
    total: Decimal | None
    class_total: Decimal | None
    grade: str
    grade_reason: str
    rank: int | None
    ranked: int  # trainees who have a rank
    attended: Decimal | None  # hours
    leave: Decimal | None  # hours
    entry: Decimal | None
    final: Decimal | None
    entry_mean: Decimal | None
    final_mean: Decimal | None
    bonus_entries: tuple[BonusEntry, ...] = ()
    candidate: str = ""
    group: str = ""


def block_axis(block: SheetBlock) -> Axis:
    note = "未评定" if block.points is None else f"{two_places(block.points)} / {plain(block.maximum)}"
    return Axis(block.name, note, _share(block.points, block.maximum), _share(block.class_mean, block.maximum))


def _share(points: Decimal | None, maximum: Decimal) -> float | None:
    return None if points is None or not maximum else float(points / maximum)


def standing(sheet: TraineeSheet) -> str:
    """第3名（共45人排名）, or why there is no rank."""
    if sheet.rank is not None:
        return f"第{sheet.rank}名（共{sheet.ranked}人）"
    return "退学，不排名次" if sheet.grade == "退学" else "未评定"


def candidacy(sheet: TraineeSheet) -> str:
    return {CANDIDATE: "是", UNDECIDED: "待考评工作小组确定"}.get(sheet.candidate, "否" if sheet.rank else "—")


def bonus_explained(entries: Sequence[BonusEntry]) -> str:
    """3月5日 +2.00 征文获奖；…"""
    return "；".join(
        f"{entry.day.month}月{entry.day.day}日 {entry.points:+.2f} {entry.reason}".rstrip() for entry in entries
    )


def sheet_context(sheet: TraineeSheet) -> dict[str, object]:
    issue = sheet.issue
    return {
        "issue": issue,
        "sheet": sheet,
        "facts": sheet.facts,
        "period": period(sheet.facts.begins, sheet.facts.ends),
        "date": day(issue.day),
        "radar": radar([block_axis(block) for block in sheet.blocks]) if len(sheet.blocks) > 2 else None,
        "standing": standing(sheet),
        "candidacy": candidacy(sheet),
        "bonus_how": bonus_explained(sheet.bonus_entries) or "无加分记录",
        "unassessed": unassessed(sheet.facts),
        "qr": None if issue.is_draft or not issue.check_url else qr_code(issue.check_url),
    }


def render_trainee_sheet(sheet: TraineeSheet) -> bytes:
    """The sheet as PDF."""
    return render_pdf("papers/sheet.html", sheet_context(sheet), STYLES, sheet.issue.images)
