"""The sentences of a bulletin, one function a section; each gives paragraphs, none where there is nothing to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.amounts import plain
from reports.papers.facts import CANDIDATE, UNDECIDED, ClassFacts
from reports.papers.figures import ActivityCount, Attendance, ExamComparison, ExamFigures, Satisfaction, ScoreSummary
from reports.papers.wording import held, listed, tally, title_lines, two_places, unassessed

if TYPE_CHECKING:
    from reports.papers.bulletin import Bulletin


def bulletin_title(facts: ClassFacts) -> list[str]:
    return title_lines(f"关于{facts.name}", "培训考核情况的通报")


def paragraphs(bulletin: Bulletin) -> dict[str, list[str]]:
    """Section → paragraphs, for the template."""
    return {
        "opening": opening(bulletin),
        "curriculum": curriculum(bulletin) + activities(bulletin.activities),
        "attendance": attendance(bulletin.attendance),
        "results": results(bulletin.scores, bulletin),
        "candidates": candidates(bulletin),
        "units": units(bulletin),
        "exams": exams(bulletin.exams),
        "papers": papers(bulletin),
        "satisfaction": satisfaction(bulletin.satisfaction),
    }


def opening(bulletin: Bulletin) -> list[str]:
    facts, replaced = bulletin.facts, bulletin.issue.replaces
    first = f"{held(facts)}，学员{facts.trainees}人，来自{len(bulletin.units)}个单位。现将培训考核情况通报如下。"
    return [first, f"本通报替换{replaced}，原通报即行作废，请以本通报为准。"] if replaced else [first]


def curriculum(bulletin: Bulletin) -> list[str]:
    text = f"课程表共安排{plain(bulletin.facts.hours)}学时"
    if not bulletin.curriculum:
        return [f"{text}，课程未全部标注类别，不统计各类课程所占比例。"]
    shares = "，".join(f"{share.name}占{two_places(share.percent)}%" for share in bulletin.curriculum)
    return [f"{text}，其中{shares}。"]


def activities(held_ones: Sequence[ActivityCount]) -> list[str]:
    """What the class did beside its lectures."""
    if not held_ones:
        return []
    kinds = "、".join(f"{one.name}{one.times}次" for one in held_ones)
    return [f"培训期间开展{kinds}，累计参加{sum(one.people for one in held_ones)}人次。"]


def attendance(figures: Attendance | None) -> list[str]:
    if figures is None:
        return ["本班未提供考勤记录，出勤情况未评定，学时未核定。"]
    marks = "、".join(f"{name}{count}人次" for name, count in figures.marks if count)
    first = f"共考勤{figures.sessions}个时段，学时出勤率{two_places(figures.rate)}%，全勤{figures.full}人"
    second = f"；{marks}" if marks else ""
    third = f"。请假超过总学时七分之一按退学处理{figures.withdrawn}人" if figures.withdrawn else ""
    return [f"{first}{second}{third}。"]


def results(scores: ScoreSummary, bulletin: Bulletin) -> list[str]:
    """Means and grades, or why there are none."""
    if bulletin.facts.unassessed:
        return [unassessed(bulletin.facts)]
    if scores.mean is None or scores.highest is None or scores.lowest is None:
        return ["没有可以评定等次的学员。"]
    spread = f"，标准差{two_places(scores.spread)}" if scores.spread is not None else ""
    first = (
        f"评定等次{scores.counted}人，平均总分{two_places(scores.mean)}分，"
        f"最高{two_places(scores.highest)}分，最低{two_places(scores.lowest)}分{spread}。"
    )
    return [first + tally((grade.name, grade.count) for grade in bulletin.grades) + "。"]


def candidates(bulletin: Bulletin) -> list[str]:
    chosen = [candidate for candidate in bulletin.candidates if candidate.state == CANDIDATE]
    waiting = [candidate for candidate in bulletin.candidates if candidate.state == UNDECIDED]
    if not chosen and not waiting:
        return ["本班没有优秀学员人选。"]
    text = f"按评定等次人数的百分之十五，从优秀等次学员中产生优秀学员人选{len(chosen)}人"
    if waiting:
        text += f"；另有{len(waiting)}人并列，待考评工作小组研究确定"
    return [f"{text}。人选经考评工作小组确认后列入储备库。"]


def units(bulletin: Bulletin) -> list[str]:
    if not bulletin.units:
        return []
    return ["各单位参训人数、平均总分和等次情况见下表，平均总分不含退学学员。"]


def exams(comparison: ExamComparison | None) -> list[str]:
    if comparison is None:
        return ["本班未举行入学测试或结业考试，不作比较。"]
    text = "；".join(
        f"{name}{_exam(figures)}"
        for name, figures in (("入学测试", comparison.entry), ("结业考试", comparison.final))
        if figures.papers
    )
    if comparison.gain is None:
        return [f"{text}。"]
    more = "提高" if comparison.gain >= 0 else "下降"
    pairs = f"两次都参加的{comparison.pairs}人平均{more}{two_places(abs(comparison.gain))}分，成绩提高的{comparison.improved}人"
    return [f"{text}。{pairs}。"]


def _exam(figures: ExamFigures) -> str:
    mean = f"，平均{two_places(figures.mean)}分" if figures.mean is not None else ""
    return f"参加{figures.papers}人{mean}"


def papers(bulletin: Bulletin) -> list[str]:
    notes = []
    for paper in bulletin.papers:
        if paper.hard:
            notes.append(f"{paper.name}中{listed(paper.hard, 8)}得分率较低。")
        if paper.weak:
            notes.append(f"{paper.name}中{listed(paper.weak, 8)}区分度不足，建议修订。")
    return ["".join(notes)] if notes else []


def satisfaction(figures: Satisfaction | None) -> list[str]:
    if figures is None or not figures.answers:
        return ["本班未收到学员评价。"]
    if not figures.may_be_shown:
        return ["收回的学员评价不足五份，为保护填写人，不公布结果。"]
    return [f"收回匿名评价{figures.answers}份，各项评价如下。"]
