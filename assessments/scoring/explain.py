"""One explanation of every point: which marks, which entries, which rule. Page, PDF and CSV all read this.

`Explanation` is plain JSON: points and hours are text (points with two decimals), None where not assessed or unknown,
dates are ISO (empty where a line has none). It is stored with a confirmed result, so its shape only grows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import NotRequired, TypedDict
from uuid import UUID

from assessments.models import ScoreEntry
from assessments.scoring import wording
from assessments.scoring.compute import WHY, compute
from assessments.scoring.rules import DEDUCT_PER_MARK, SHARE_OF_EXAM, VETO, Basis, ItemRule, leave_exceeded, to_cent
from assessments.scoring.standing import ClassScores, Scored
from core.amounts import plain
from training.models import AttendanceMark, Enrolment, Session


class Line(TypedDict):
    """A mark, an entry or a paper that made the item's points; `points` is what it carries by itself."""

    date: str
    text: str
    points: str | None
    reason: str
    recorder: str


class ItemExplanation(TypedDict):
    item: str
    block: str
    maximum: str | None  # None: without cap
    points: str | None
    rule: str
    lines: list[Line]


class BlockExplanation(TypedDict):
    """Sum of a block's assessed items; None where none is assessed (`maximum` None: without cap)."""

    block: str
    maximum: str | None
    points: str | None


class Leave(TypedDict):
    """The leave meter: `hours × denominator` against `total × numerator`, never a rounded percentage."""

    hours: str | None
    total: str
    numerator: int
    denominator: int
    exceeded: bool
    override: str  # the reason of the organization department, empty without an override
    sentence: str


class Hours(TypedDict):
    total: str
    attended: str | None
    sentence: str


class Rank(TypedDict):
    rank: int | None
    of: int
    sentence: str


class Decision(TypedDict):
    """What the assessment group decided about a tie (待定), by minute; `tied` are the enrolments it was about."""

    chosen: bool
    minute: str
    by: str
    tied: list[str]


class Candidate(TypedDict):
    value: str  # 是, 待定 or empty
    places: int
    sentence: str


class Exams(TypedDict):
    entry: str | None
    final: str | None


class Explanation(TypedDict):
    scheme: str
    items: list[ItemExplanation]
    blocks: list[BlockExplanation]
    base: str
    bonus: str | None
    total: str
    grade: str
    grade_reason: str
    vetoes: list[Line]
    leave: Leave
    hours: Hours
    rank: Rank
    candidate: Candidate
    exams: Exams
    decision: NotRequired[Decision]


Lines = dict[tuple[UUID, str], list[Line]]  # by enrolment, and item name


def explain(enrolments: Iterable[Enrolment]) -> dict[UUID, Explanation]:
    """Explanations of these enrolments by key; those not on a roster are left out.

    The number of queries does not grow with the number of enrolments: the classes are scored once, then two more.
    """
    people = list(enrolments)
    classes = {person.training_class_id for person in people}
    return explain_scores(compute(sorted(classes)), {person.pk for person in people})


def explain_scores(scores: Iterable[ClassScores], wanted: Collection[UUID]) -> dict[UUID, Explanation]:
    """The same from scores that are at hand already; only of the enrolments `wanted`."""
    found = [(each, one) for each in scores for one in each.trainees if one.enrolment_id in wanted]
    lines = _entry_lines([one.enrolment_id for _, one in found])
    marks = _mark_lines(found)
    return {one.enrolment_id: _explanation(one, each, lines, marks) for each, one in found}


def text(points: Decimal | None) -> str | None:
    """Points as text with two decimals."""
    return None if points is None else str(to_cent(points))


def _entry_lines(keys: Collection[UUID]) -> Lines:
    """Standing entries as lines, in the order of their dates."""
    lines: Lines = defaultdict(list)
    rows = ScoreEntry.objects.unscoped(WHY).standing().filter(enrolment__in=keys).order_by("on", "pk")
    columns = ("enrolment_id", "item__name", "on", "points", "rating", "reason", "recorder")
    for key, item, on, points, rating, reason, recorder in rows.values_list(*columns):
        line = Line(date=on.isoformat(), text=rating, points=text(points), reason=reason, recorder=recorder)
        lines[key, item].append(line)
    return lines


def _mark_lines(found: Iterable[tuple[ClassScores, Scored]]) -> dict[UUID, list[tuple[str, Line]]]:
    """Marks other than present as (mark, line), in the order of the timetable; points are set by the item's rates."""
    lines: dict[UUID, list[tuple[str, Line]]] = defaultdict(list)
    keys = [one.enrolment_id for each, one in found if each.basis.attendance_kept]
    rows = AttendanceMark.objects.unscoped(WHY).filter(enrolment__in=keys).exclude(mark=AttendanceMark.Mark.PRESENT)
    rows = rows.order_by("session__date", "session__period", "session__number", "pk")
    columns = ("enrolment_id", "mark", "session__date", "session__period", "session__title")
    for key, mark, day, period, title in rows.values_list(*columns):
        name = f"{Session.Period(period).label} {title} {wording.MARK_NAMES[mark]}"
        lines[key].append((mark, Line(date=day.isoformat(), text=name, points=None, reason="", recorder="")))
    return lines


def _explanation(
    one: Scored, scores: ClassScores, lines: Lines, marks: dict[UUID, list[tuple[str, Line]]]
) -> Explanation:
    basis = scores.basis
    items = [_item(item, one, basis, lines, marks) for item in basis.scheme.scored_items]
    vetoes = [lines.get((one.enrolment_id, item.name), []) for item in basis.scheme.items if item.kind == VETO]
    return Explanation(
        scheme=basis.scheme.title,
        items=items,
        blocks=_blocks(one, basis),
        base=str(one.base),
        bonus=text(one.bonus),
        total=str(one.total),
        grade=one.grade,
        grade_reason=wording.grade_sentence(one, basis),
        vetoes=[line for each in vetoes for line in each],
        leave=_leave(one, basis),
        hours=_hours(one, basis),
        rank=Rank(rank=one.rank, of=scores.graded, sentence=wording.rank_sentence(one, scores)),
        candidate=_candidate(one, scores),
        exams=Exams(entry=text(one.entry_score), final=text(one.final_score)),
    )


def _item(
    item: ItemRule, one: Scored, basis: Basis, lines: Lines, marks: dict[UUID, list[tuple[str, Line]]]
) -> ItemExplanation:
    return ItemExplanation(
        item=item.name,
        block=item.block,
        maximum=text(item.maximum),
        points=text(one.points[item.name]),
        rule=wording.rule_sentence(item, one.facts, basis),
        lines=_lines(item, one, lines, marks) if basis.assesses(item) else [],
    )


def _lines(item: ItemRule, one: Scored, lines: Lines, marks: dict[UUID, list[tuple[str, Line]]]) -> list[Line]:
    if item.kind == DEDUCT_PER_MARK:
        found = marks.get(one.enrolment_id, [])
        return [Line({**line, "points": text(-item.rates.get(mark, Decimal(0)))}) for mark, line in found]
    if item.kind == SHARE_OF_EXAM:
        sentence = wording.exam_sentence(one.facts)
        points = text(one.points[item.name])
        return [Line(date="", text=sentence, points=points, reason="", recorder="")] if sentence else []
    return lines.get((one.enrolment_id, item.name), [])


def _blocks(one: Scored, basis: Basis) -> list[BlockExplanation]:
    items: dict[str, list[ItemRule]] = defaultdict(list)
    for item in basis.scheme.scored_items:
        items[item.block].append(item)
    return [_block(name, rows, one) for name, rows in items.items()]


def _block(name: str, items: list[ItemRule], one: Scored) -> BlockExplanation:
    reached = [points for item in items if (points := one.points[item.name]) is not None]
    caps = [item.maximum for item in items if item.maximum is not None]
    maximum = sum(caps, Decimal(0)) if len(caps) == len(items) else None
    points = sum(reached, Decimal(0)) if reached else None
    return BlockExplanation(block=name, maximum=text(maximum), points=text(points))


def _leave(one: Scored, basis: Basis) -> Leave:
    scheme, hours = basis.scheme, one.leave_hours
    return Leave(
        hours=None if hours is None else plain(hours),
        total=plain(basis.total_hours),
        numerator=scheme.leave_numerator,
        denominator=scheme.leave_denominator,
        exceeded=hours is not None and leave_exceeded(hours, basis),
        override=one.facts.leave_override,
        sentence=wording.leave_sentence(one.facts, basis),
    )


def _hours(one: Scored, basis: Basis) -> Hours:
    attended = None if one.attended_hours is None else plain(one.attended_hours)
    return Hours(total=plain(basis.total_hours), attended=attended, sentence=wording.hours_sentence(one.facts, basis))


def _candidate(one: Scored, scores: ClassScores) -> Candidate:
    return Candidate(value=one.candidate, places=scores.places, sentence=wording.candidate_sentence(one, scores))
