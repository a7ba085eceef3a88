"""一人一册: a cadre's whole learning archive on paper; a section without anything is left out."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from core.amounts import plain
from core.pdf.rendering import render_pdf
from reports.papers.archive import DutyLine, LedgerLine
from reports.papers.archive_classes import Archive, ClassLine
from reports.papers.charts import Axis, Radar, radar
from reports.papers.gauges import gauge
from reports.papers.wording import day, period, two_places

STYLES = ("papers/paper.css", "papers/archive.css", "papers/booklet.css")
TITLE = "干部学习档案"
NUMERALS = "一二三四五六七八九十"


def render_booklet(archive: Archive) -> bytes:
    """The booklet as PDF."""
    return render_pdf("papers/booklet.html", booklet_context(archive), STYLES)


def booklet_context(archive: Archive) -> dict[str, Any]:
    return {
        "title": TITLE,
        "archive": archive,
        "person": archive.person,
        "until": day(archive.on),
        "span": span_of(archive),
        "gauges": [gauge_words(line) for line in archive.duties],
        "classes": [class_words(line) for line in archive.classes],
        "radar": radar_of(archive.latest) if archive.latest else None,
        "latest": archive.latest,
        "ledger": ledger_years(archive.ledger),
        "sections": numbered(archive),
    }


def span_of(archive: Archive) -> str:
    """2012年3月至2026年11月: from what was learned first to the day."""
    days = [line.since for line in archive.classes] + [line.on for line in archive.ledger]
    end = f"{archive.on.year}年{archive.on.month}月"
    return f"{min(days).year}年{min(days).month}月至{end}" if days else f"截至{end}"


PARTS = (
    ("duties", "学习任务完成情况", ("duties", "years")),
    ("classes", "培训班次", ("classes",)),
    ("ledger", "学时学分台账", ("ledger",)),
    ("recognised", "其他学习与认定", ("recognised",)),
    ("online", "网络虚拟班", ("online",)),
    ("works", "学习成果", ("works",)),
    ("honours", "学习荣誉", ("honours",)),
    ("told", "述学与训后回访", ("told", "visits")),
    ("exempted", "任务减免", ("exempted",)),
    ("postings", "任职情况", ("postings",)),
)
"""Key and title of each section, and what it tells of."""


def numbered(archive: Archive) -> dict[str, str]:
    """Titles with their numbers (一、学习任务…) of the sections that have something."""
    there = [(key, title) for key, title, names in PARTS if any(getattr(archive, name) for name in names)]
    return dict.fromkeys((key for key, *_ in PARTS), "") | {
        key: f"{NUMERALS[place]}、{title}" for place, (key, title) in enumerate(there)
    }


def gauge_words(line: DutyLine) -> dict[str, Any]:
    state = "免除" if line.exempt else "已达标" if line.met else f"还差{plain(line.missing)}{line.unit}"
    other = ""
    if line.other_amount is not None and line.other_done is not None:
        other = f"或{line.other_measure}{plain(line.other_done)}／{plain(line.other_amount)}{line.other_unit}"
    told = f"{line.measure}{plain(line.done)}／{plain(line.amount)}{line.unit}"
    return {"gauge": gauge(line), "name": line.name, "told": told, "other": other, "state": state, "due": day(line.due)}


def class_words(line: ClassLine) -> dict[str, Any]:
    return {
        "line": line,
        "period": period(line.since, line.until),
        "marks": "、".join(f"{word}{count}次" for word, count in line.marks()) or ("全勤" if line.strip else ""),
        "blocks": "；".join(f"{one.name}{'—' if one.points is None else two_places(one.points)}／{plain(one.maximum)}"
                            for one in line.result.blocks) if line.result else "",
        "leaves": "；".join(f"{period(one.first, one.last)}{one.kind}{plain(one.hours)}学时" for one in line.leaves),
        "activities": "；".join(f"{one.kind} · {one.title} · {one.part}" for one in line.activities),
    }  # fmt: skip


def radar_of(line: ClassLine) -> Radar | None:
    if line.result is None:
        return None
    axes = [
        Axis(one.name, "未评定" if one.points is None else f"{two_places(one.points)} / {plain(one.maximum)}",
             _share(one.points, one.maximum), _share(one.mean, one.maximum))
        for one in line.result.blocks
    ]  # fmt: skip
    return radar(axes)


def _share(points: Any, maximum: Any) -> float | None:
    return None if points is None or not maximum else float(points / maximum)


def ledger_years(lines: Sequence[LedgerLine]) -> list[dict[str, Any]]:
    """The lines by year, as they come, each with the sums at its end."""
    years = []
    for year, group in groupby(lines, key=lambda line: line.year):
        held = list(group)
        years.append({"year": year, "lines": held, "hours": held[-1].year_hours, "credits": held[-1].year_credits})
    return years
