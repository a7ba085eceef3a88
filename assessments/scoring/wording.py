"""The rules in Chinese sentences with their numbers, for one trainee: what page, PDF and CSV say of a point. Pure."""

from collections.abc import Callable
from decimal import Decimal

from assessments.scoring.rules import (
    ABSENT,
    BASE_PLUS_ENTRIES,
    DEDUCT_PER_MARK,
    FULL_PLUS_ENTRIES,
    MEAN_OF_ENTRIES,
    NOTHING,
    SHARE_OF_EXAM,
    SUM_OF_ENTRIES,
    Basis,
    Facts,
    ItemRule,
    Scheme,
    deducted,
    exam_score,
    leave_exceeded,
    to_cent,
    vetoed,
)
from assessments.scoring.standing import (
    CHOSEN,
    EXCELLENT,
    FAIL,
    GOOD,
    PASS,
    PENDING,
    UNGRADED,
    WITHDRAWN,
    ClassScores,
    Scored,
)
from core.amounts import plain

# In the order and the words of CLASS_WORKBOOK.md §3.
MARK_NAMES = {"late": "迟到", "early": "早退", "personal": "事假", "sick": "病假", "official": "公假", "absent": "旷课"}
MISSING = {DEDUCT_PER_MARK: "没有考勤表", SHARE_OF_EXAM: "没有结业考试"}
FRACTIONS = "零一二三四五六七八九十"


def signed(value: Decimal) -> str:
    """With its sign: +3, -1.5, 0."""
    return f"+{plain(value)}" if value > NOTHING else plain(value)


def fraction(numerator: int, denominator: int) -> str:
    """七分之一; beyond ten 2/21."""
    if max(numerator, denominator) >= len(FRACTIONS):
        return f"{numerator}/{denominator}"
    return f"{FRACTIONS[denominator]}分之{FRACTIONS[numerator]}"


def rule_sentence(item: ItemRule, facts: Facts, basis: Basis) -> str:
    """How the item's points came about."""
    if not basis.assesses(item):
        return f"{MISSING.get(item.kind, '没有量化记录')}，本项未评定"
    return SENTENCES[item.kind](item, facts)


def _deduct(item: ItemRule, facts: Facts) -> str:
    rates = item.rates  # jsonb keeps no order: the page's order is that of MARK_NAMES
    worth = "，".join(f"{name} {plain(rates[mark])} 分" for mark, name in MARK_NAMES.items() if mark in rates)
    rule = f"满分 {plain(item.maximum or NOTHING)} 分，按次扣分（{worth}），扣完为止"
    marked = [f"{name} {facts.marks[mark]} 次" for mark, name in MARK_NAMES.items() if facts.marks.get(mark)]
    return f"{rule}；{'、'.join(marked)}，共扣 {plain(deducted(item, facts))} 分" if marked else f"{rule}；没有扣分"


def _full(item: ItemRule, facts: Facts) -> str:
    return f"满分 {plain(item.maximum or NOTHING)} 分起，按记录加减，不低于 0 分、不高于满分；{_records(item, facts)}"


def _base(item: ItemRule, facts: Facts) -> str:
    start, top = plain(item.base or NOTHING), plain(item.maximum or NOTHING)
    return f"基础分 {start} 分，按记录加减，不低于 0 分、不高于 {top} 分；{_records(item, facts)}"


def _mean(item: ItemRule, facts: Facts) -> str:
    found = facts.entries.get(item.key)
    if not found or not found.count:
        return "各次评分的平均分；没有评分，计 0 分"
    sum_and_count = f"{plain(found.total)} ÷ {found.count}"
    return f"各次评分的平均分；共 {found.count} 次评分，{sum_and_count} = {to_cent(found.total / found.count)}"


def _exam(item: ItemRule, facts: Facts) -> str:
    paper, top = facts.final_paper, plain(item.maximum or NOTHING)
    rule = f"结业考试得分占卷面总分的比例 × {top}"
    if paper is None:
        return f"{rule}；没有答卷，计 0 分"
    return f"{rule}；{plain(paper.points)} ÷ {plain(paper.full)} × {top}"


def _sum(item: ItemRule, facts: Facts) -> str:
    return f"各次记录累计，不封顶；{_records(item, facts)}"


def _records(item: ItemRule, facts: Facts) -> str:
    found = facts.entries.get(item.key)
    return f"记录 {found.count} 条，合计 {signed(found.total)} 分" if found else "没有记录"


SENTENCES: dict[str, Callable[[ItemRule, Facts], str]] = {
    DEDUCT_PER_MARK: _deduct,
    FULL_PLUS_ENTRIES: _full,
    BASE_PLUS_ENTRIES: _base,
    MEAN_OF_ENTRIES: _mean,
    SHARE_OF_EXAM: _exam,
    SUM_OF_ENTRIES: _sum,
}


def grade_sentence(one: Scored, basis: Basis) -> str:
    """Why this grade."""
    if one.grade == WITHDRAWN:
        return f"{leave_sentence(one.facts, basis)}，作退学处理，不评等次"
    if one.grade == UNGRADED:
        missing = "、".join(item.name for item in basis.scheme.items if not basis.assesses(item))
        return f"{missing}未评定，暂不评定等次"
    reached = f"总分 {one.total}，常规项合计 {one.base}"
    if one.grade == FAIL:
        return _why_failed(one, basis.scheme, reached)
    lines = _lines(basis.scheme)
    short = "" if one.grade == EXCELLENT else f"未达到优秀线（{lines[EXCELLENT]}），"
    return f"{reached}，{short}达到{one.grade}线（{lines[one.grade]}）"


def _lines(scheme: Scheme) -> dict[str, str]:
    return {
        EXCELLENT: f"总分≥{plain(scheme.excellent_total)} 且常规项≥{plain(scheme.excellent_base)}",
        GOOD: f"总分≥{plain(scheme.good_total)}",
        PASS: f"总分≥{plain(scheme.pass_total)}",
    }


def _why_failed(one: Scored, scheme: Scheme, reached: str) -> str:
    absent = one.facts.marks.get(ABSENT, 0)
    reasons = []
    if absent >= scheme.absent_sessions:
        reasons.append(f"旷课 {absent} 次，达到 {scheme.absent_sessions} 次即不合格")
    if vetoed(one.facts, scheme):
        reasons.append("有否决项记录，即不合格")
    if one.total < scheme.pass_total:
        reasons.append(f"未达到合格线（{_lines(scheme)[PASS]}）")
    return f"{reached}；{'；'.join(reasons)}"


def leave_sentence(facts: Facts, basis: Basis) -> str:
    """Leave against the cap, compared by multiplication as the rule is written."""
    if not basis.attendance_kept:
        return "没有考勤表，请假学时不明"
    scheme, leave, total = basis.scheme, facts.leave_hours, basis.total_hours
    cap = fraction(scheme.leave_numerator, scheme.leave_denominator)
    left, right = plain(leave * scheme.leave_denominator), plain(total * scheme.leave_numerator)
    compared = f"{plain(leave)} × {scheme.leave_denominator} = {left}"
    if scheme.leave_numerator != 1:
        right = f"{plain(total)} × {scheme.leave_numerator} = {right}"
    if not leave_exceeded(leave, basis):
        return f"请假 {plain(leave)} 学时，{compared}，不超过 {right}，未超过总学时 {plain(total)} 的{cap}"
    allowed = f"；经特批不作退学处理（{facts.leave_override}）" if facts.leave_override else ""
    return f"请假 {plain(leave)} 学时，{compared}，大于 {right}，超过总学时 {plain(total)} 的{cap}{allowed}"


def hours_sentence(facts: Facts, basis: Basis) -> str:
    if not basis.attendance_kept:
        return "没有考勤表，实到学时不明"
    attended = plain(basis.total_hours - facts.away_hours)
    away = plain(facts.away_hours)
    return f"总学时 {plain(basis.total_hours)}，事假、病假、公假、旷课 {away} 学时，实到 {attended} 学时"


def rank_sentence(one: Scored, scores: ClassScores) -> str:
    if one.rank is None:
        return "退学，不排名次" if one.grade == WITHDRAWN else "尚有指标项未评定，暂不排名次"
    return f"第 {one.rank} 名，有等次的学员共 {scores.graded} 人"


def candidate_sentence(one: Scored, scores: ClassScores) -> str:
    """Why this trainee is, is not, or may become a candidate."""
    if not one.graded:
        return "未评定等次，不列入优秀学员人选"
    if one.grade != EXCELLENT:
        return "等次不是优秀，不列入优秀学员人选"
    share = plain(scores.basis.scheme.candidate_share * 100)
    places = f"名额 {scores.places} 个（有等次的 {scores.graded} 人的 {share}%，至少 1 个）"
    if one.candidate == CHOSEN:
        return f"{places}，按总分、常规项合计、结业测试、出勤情况依次比较，列入优秀学员人选"
    if one.candidate == PENDING:
        return f"{places}，总分、常规项合计、结业测试、出勤情况均相同的学员跨最后名额，由考评工作小组研究决定"
    return f"{places}，依次比较后未列入优秀学员人选"


def exam_sentence(facts: Facts) -> str:
    """The closing paper in one line, empty without one."""
    paper = facts.final_paper
    if paper is None:
        return ""
    return f"卷面得 {plain(paper.points)} 分，满分 {plain(paper.full)} 分，折合百分制 {exam_score(paper)} 分"
