"""个人年度学习情况: one cadre's closed year on one A4 page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.pdf.rendering import render_pdf
from reports.papers.wording import day

STYLES = ("papers/paper.css", "papers/archive.css", "papers/cadre_year.css")
ROWS = 14  # of all tables together: more would need a second page
LEAST_CLASSES = 3
STATES = {"met": "已完成", "missing": "未完成", "running": "进行中", "exempt": "已免除"}


@dataclass(frozen=True)
class CadreYear:
    """A cadre's year as it was closed; the name is that of the day the paper is made."""

    name: str
    year: int
    facts: Mapping[str, Any]


def cadre_year_context(paper: CadreYear) -> dict[str, Any]:
    facts = paper.facts
    classes = facts["classes"]
    shown = max(LEAST_CLASSES, ROWS - len(facts["requirements"]) - len(facts["channels"]))
    return {
        "paper": paper,
        "facts": facts,
        "title": f"{paper.year}年度干部学习情况",
        "requirements": [one | {"word": STATES[one["state"]]} for one in facts["requirements"]],
        "classes": [one | {"on": day(date.fromisoformat(one["on"]))} for one in classes[:shown]],
        "more": max(0, len(classes) - shown),
        "carried": facts["carry"] != "0",
        "exemptions": "；".join(facts["exemptions"]),
        "failed": "、".join(facts["failed"]),
        "day": day(date.fromisoformat(facts["closed_on"])),
    }


def render_cadre_year(paper: CadreYear) -> bytes:
    """The statement as PDF."""
    return render_pdf("papers/cadre_year.html", cadre_year_context(paper), STYLES)
