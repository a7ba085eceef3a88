"""From points to standing: sums, grades, ranks and candidates of one class (CLASS_WORKBOOK.md §3). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from assessments.scoring.rules import (
    ABSENT,
    DEDUCT_PER_MARK,
    NOTHING,
    RULES,
    SHARE_OF_EXAM,
    Basis,
    Facts,
    ItemRule,
    Scheme,
    exam_score,
    to_cent,
    vetoed,
    withdrawn,
)

EXCELLENT, GOOD, PASS, FAIL, WITHDRAWN, UNGRADED = "优秀", "良好", "合格", "不合格", "退学", "未评定"
CHOSEN, PENDING, NOT_CHOSEN = "是", "待定", ""


@dataclass(slots=True)
class Scored:
    """What one trainee reached; `points` by item name, None where not assessed. Hours are unknown without 考勤."""

    facts: Facts
    points: dict[str, Decimal | None]
    base: Decimal
    bonus: Decimal | None
    total: Decimal
    grade: str
    leave_hours: Decimal | None
    attended_hours: Decimal | None
    entry_score: Decimal | None
    final_score: Decimal | None
    order: tuple[Decimal, ...]
    rank: int | None = None
    candidate: str = NOT_CHOSEN

    @property
    def enrolment_id(self) -> UUID:
        return self.facts.enrolment_id

    @property
    def graded(self) -> bool:
        return self.grade not in (WITHDRAWN, UNGRADED)


@dataclass(frozen=True, slots=True)
class ClassScores:
    """A whole class: `trainees` in roster order; `graded` have a grade, `places` may become candidates."""

    basis: Basis
    trainees: list[Scored]
    graded: int
    places: int

    @property
    def tied(self) -> list[UUID]:
        """Those who stay equal across the last place and wait for the assessment group (待定)."""
        return [one.enrolment_id for one in self.trainees if one.candidate == PENDING]


def grade_of(total: Decimal, base: Decimal, facts: Facts, scheme: Scheme) -> str:
    """The grade of somebody who is assessed in full and not withdrawn."""
    if facts.marks.get(ABSENT, 0) >= scheme.absent_sessions or vetoed(facts, scheme):
        return FAIL
    if total >= scheme.excellent_total and base >= scheme.excellent_base:
        return EXCELLENT
    if total >= scheme.good_total:
        return GOOD
    return PASS if total >= scheme.pass_total else FAIL


def places_for(graded: int, share: Decimal) -> int:
    """max(1, floor(15 % of those with a grade)); nobody graded, no place."""
    return max(1, int(graded * share)) if graded else 0


def give_ranks(trainees: Iterable[Scored]) -> None:
    """Rank by total; ties share a rank and the next is skipped (1, 2, 2, 4)."""
    ahead = 0
    ordered = sorted(trainees, key=lambda one: one.total, reverse=True)
    for _, group in groupby(ordered, key=lambda one: one.total):
        equals = list(group)
        for one in equals:
            one.rank = ahead + 1
        ahead += len(equals)


def give_candidacies(trainees: Iterable[Scored], places: int) -> None:
    """The best of the 优秀, by total, ten items, 结业测试, 出勤情况; equals across the last place are all 待定."""
    excellent = sorted((one for one in trainees if one.grade == EXCELLENT), key=lambda one: one.order, reverse=True)
    left = places
    for _, group in groupby(excellent, key=lambda one: one.order):
        equals = list(group)
        for one in equals if left > 0 else ():
            one.candidate = CHOSEN if len(equals) <= left else PENDING
        left -= len(equals)


def score_class(basis: Basis, trainees: Sequence[Facts]) -> ClassScores:
    """Points, grades, ranks and candidates of everybody on the roster, in the order given."""
    plan = [(item, basis.assesses(item)) for item in basis.scheme.scored_items]
    complete = basis.complete
    scored = [_score(facts, basis, plan, complete) for facts in trainees]
    standing = [one for one in scored if one.graded]
    places = places_for(len(standing), basis.scheme.candidate_share)
    give_ranks(standing)
    give_candidacies(standing, places)
    return ClassScores(basis, scored, len(standing), places)


def _score(facts: Facts, basis: Basis, plan: Sequence[tuple[ItemRule, bool]], complete: bool) -> Scored:
    points = {item.name: to_cent(RULES[item.kind](item, facts)) if assessed else None for item, assessed in plan}
    base, bonus = _sums(points, plan)
    total = base + (bonus or NOTHING)
    kept = basis.attendance_kept
    return Scored(
        facts=facts,
        points=points,
        base=base,
        bonus=bonus,
        total=total,
        grade=_grade(total, base, facts, basis, complete),
        leave_hours=facts.leave_hours if kept else None,
        attended_hours=basis.total_hours - facts.away_hours if kept else None,
        entry_score=exam_score(facts.entry_paper),
        final_score=exam_score(facts.final_paper),
        order=(total, base, _of_kind(points, plan, SHARE_OF_EXAM), _of_kind(points, plan, DEDUCT_PER_MARK)),
    )


def _sums(points: dict[str, Decimal | None], plan: Sequence[tuple[ItemRule, bool]]) -> tuple[Decimal, Decimal | None]:
    """常规项合计 and the bonus; sums take what is there, the bonus is None where it is not assessed."""
    base, bonus, kept = to_cent(NOTHING), to_cent(NOTHING), False
    for item, assessed in plan:
        if item.regular:
            base += points[item.name] or NOTHING
        elif assessed:
            bonus, kept = bonus + (points[item.name] or NOTHING), True
    return base, bonus if kept else None


def _of_kind(points: dict[str, Decimal | None], plan: Sequence[tuple[ItemRule, bool]], kind: str) -> Decimal:
    return sum((points[item.name] or NOTHING for item, _ in plan if item.kind == kind), NOTHING)


def _grade(total: Decimal, base: Decimal, facts: Facts, basis: Basis, complete: bool) -> str:
    """退学 follows from hours alone, so it is said even where the points are not complete."""
    if withdrawn(facts, basis):
        return WITHDRAWN
    return grade_of(total, base, facts, basis.scheme) if complete else UNGRADED
