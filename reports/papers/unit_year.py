"""单位年度学习情况通报: what a unit is told when a year is closed (信函格式 of GB/T 9704)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.amounts import ratio
from core.pdf.rendering import render_pdf
from reports.papers.facts import Issue
from reports.papers.official import official_context
from reports.papers.wording import day, listed, title_lines

LARGEST_HEAD = 36.0  # points
STYLES = ("papers/paper.css", "papers/official.css", "papers/letter.css", "papers/unit_year.css")
NUMERALS = "一二三四五六"
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class UnitYear:
    """A unit's year as it was closed. `names` are those of the day the paper is made, by key."""

    issue: Issue
    unit: str  # 主送
    year: int
    facts: Facts
    names: Mapping[UUID, str]

    @property
    def whole(self) -> bool:
        """Whether this is the authority's own, which tells of its units and names nobody but who failed."""
        return self.facts["rank"] is None

    def people(self, what: str) -> list[dict[str, str]]:
        """Rows of people with their names; who is not there any more stands without."""
        return [row | {"name": self.names.get(UUID(row["cadre"]), "—")} for row in self.facts[what]]


def opening(paper: UnitYear) -> list[str]:
    facts = paper.facts
    scope = "本级管理的干部" if paper.whole else "你单位（含下属单位）干部"
    return [
        f"根据《干部教育培训工作条例》和本级学习要求，{facts['authority']}已于{day(paper.issue.day)}办理"
        f"{paper.year}年度学时学分结账。现将{scope}学习情况通报如下。"
    ]


def overview(paper: UnitYear) -> list[str]:
    """一、总体情况: people, what they learned on average, how many met everything, the rank."""
    facts = paper.facts
    first = (
        f"列入统计的干部{facts['people']}人，人均脱产培训{facts['off_job']}学时、网络培训{facts['online']}学时。"
        f"完成全部学习要求的{facts['met']}人，完成率{facts['rate']}%"
    )
    if facts["rank"] is not None and facts["siblings"] > 1:
        first += f"，在{facts['siblings']}个同级单位中列第{facts['rank']}位"
    lacking = f"；未完成的{facts['not_met']}人" if facts["not_met"] else ""
    exempt = f"；经批准减免的{facts['exempt']}人" if facts["exempt"] else ""
    return [f"{first}{lacking}{exempt}。"]


def matters(paper: UnitYear) -> list[str]:
    """有关事项: what the annual appraisal needs, and what follows."""
    failed = [row["name"] for row in paper.people("failed")]
    found = []
    if failed:
        many = f"等{len(failed)}名同志" if len(failed) > 1 else "同志"
        found.append(f"{listed(failed)}{many}参加培训未通过考核，{paper.year}年度考核不得确定为优秀等次。")
    if paper.facts["not_met"]:
        found.append(f"未完成学习要求的，请了解原因，列入{paper.year + 1}年补训计划，并作为年度考核的参考。")
    if paper.whole:
        found.append("各单位完成情况作为单位年度考核的依据。")
    found.append("本通报所列为结账时数字；此后认定的学时记入调整期，不改变以上数字。")
    return [f"{number}.{text}" for number, text in enumerate(found, 1)] if len(found) > 1 else found


def requirement_rows(facts: Facts) -> list[dict[str, Any]]:
    """Each requirement with the share of those it holds for."""
    rows = []
    for one in facts["requirements"]:
        asked = one["met"] + one["missing"] + one["running"]
        rows.append({**one, "asked": asked, "rate": _rate(one, asked)})
    return rows


def _rate(one: Mapping[str, Any], asked: int) -> str:
    """What is not due yet has no rate but who keeps pace; years closed before that was counted say 未到期 alone."""
    if not asked:
        return "—"
    if one["missing"] or not one["running"]:
        return _percent(one["met"], asked)
    return f"未到期，进度达标{_percent(one['met'] + one['paced'], asked)}" if "paced" in one else "未到期"


def _percent(count: int, asked: int) -> str:
    return f"{ratio(100 * count, asked)}%"


def headings(*texts: str) -> list[str]:
    """一、…二、…"""
    return [f"{NUMERALS[place]}、{text}" for place, text in enumerate(texts)]


def unit_year_context(paper: UnitYear) -> dict[str, Any]:
    issue, facts = paper.issue, paper.facts
    third = "各单位完成情况" if paper.whole else "未完成人员"
    exempted = paper.people("exempted")
    titles = ["总体情况", "各项要求完成情况", third, *(["减免情况"] if exempted else []), "有关事项"]
    return {
        **official_context(issue, head=issue.office, largest_head=LARGEST_HEAD, attachments=()),
        "paper": paper,
        "facts": facts,
        "title": title_lines(f"关于{paper.year}年度", "干部教育培训学习情况的通报"),
        "belongs": f"{paper.year}年度学习情况通报　{paper.unit}",
        "headings": headings(*titles),
        "last": headings(*titles)[-1],
        "opening": opening(paper),
        "overview": overview(paper),
        "requirements": requirement_rows(facts),
        "missing": paper.people("missing"),
        "exempted": exempted,
        "matters": matters(paper),
    }


def render_unit_year(paper: UnitYear) -> bytes:
    """The statement as PDF."""
    return render_pdf("papers/unit_year.html", unit_year_context(paper), STYLES, paper.issue.images)
