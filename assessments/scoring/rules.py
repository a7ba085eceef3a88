"""The rules of scoring (CLASS_WORKBOOK.md §3). Pure: plain values in, decimals out; nothing here knows the database.

Points are decimals. An item's points are rounded to 0.01, half up; sums are sums of rounded items. Hours are compared
by multiplication, never by a rounded percentage. What follows for a class is in `standing`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

DEDUCT_PER_MARK = "deduct_per_mark"
FULL_PLUS_ENTRIES = "full_plus_entries"
BASE_PLUS_ENTRIES = "base_plus_entries"
MEAN_OF_ENTRIES = "mean_of_entries"
SHARE_OF_EXAM = "share_of_exam"
SUM_OF_ENTRIES = "sum_of_entries"
VETO = "veto"

ABSENT = "absent"  # 旷课

NOTHING = Decimal(0)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ItemRule:
    """An item of a scheme. `rates`: points per mark for 满分减考勤扣分, per rating word for 记录平均."""

    key: int
    name: str
    block: str
    kind: str
    maximum: Decimal | None = None
    base: Decimal | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def regular(self) -> bool:
        """Whether the item counts into 常规项合计 (the bonus and the veto do not)."""
        return self.kind not in (SUM_OF_ENTRIES, VETO)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a scoring scheme: its items in order and its bounds, in points."""

    key: UUID
    title: str
    items: tuple[ItemRule, ...]
    excellent_total: Decimal = Decimal(90)
    excellent_base: Decimal = Decimal(85)
    good_total: Decimal = Decimal(80)
    pass_total: Decimal = Decimal(60)
    absent_sessions: int = 4
    candidate_share: Decimal = Decimal("0.15")
    leave_numerator: int = 1
    leave_denominator: int = 7

    @property
    def scored_items(self) -> tuple[ItemRule, ...]:
        """Items that carry points (all but the veto)."""
        return tuple(item for item in self.items if item.kind != VETO)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a class is scored on: its scheme, the hours of its timetable, which records were kept at all."""

    class_id: UUID
    scheme: Scheme
    total_hours: Decimal
    attendance_kept: bool
    entries_kept: bool
    final_held: bool

    def assesses(self, item: ItemRule) -> bool:
        """“No entry” means 0 only where the record was kept; otherwise the item is not assessed."""
        if item.kind == DEDUCT_PER_MARK:
            return self.attendance_kept
        if item.kind == SHARE_OF_EXAM:
            return self.final_held
        return self.entries_kept

    @property
    def complete(self) -> bool:
        """Whether every item is assessed: until then nobody has a grade, a rank or a candidacy."""
        return all(self.assesses(item) for item in self.scheme.items)


@dataclass(frozen=True, slots=True)
class Entries:
    """Standing entries of one trainee in one item: their sum, and how many carry points."""

    total: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Paper:
    """An exam paper: points reached, of `full` points."""

    points: Decimal
    full: Decimal


@dataclass(slots=True)
class Facts:
    """What is known of one trainee. `marks` counts sessions by mark; hours are those of the sessions so marked."""

    enrolment_id: UUID
    marks: Mapping[str, int] = field(default_factory=dict)
    leave_hours: Decimal = NOTHING  # 事假 and 病假
    away_hours: Decimal = NOTHING  # 事假, 病假, 公假 and 旷课
    entries: dict[int, Entries] = field(default_factory=dict)  # by item key
    entry_paper: Paper | None = None
    final_paper: Paper | None = None
    leave_override: str = ""  # why the organization department lets leave beyond the cap pass

    def sum_of(self, item: ItemRule) -> Decimal:
        found = self.entries.get(item.key)
        return found.total if found else NOTHING


def to_cent(value: Decimal) -> Decimal:
    """Rounded to 0.01, half up (away from nought, as on paper)."""
    return value.quantize(CENT, ROUND_HALF_UP)


def within(value: Decimal, maximum: Decimal | None) -> Decimal:
    """Not below 0, not above the maximum."""
    if value < NOTHING:
        return NOTHING
    return maximum if maximum is not None and value > maximum else value


def deducted(item: ItemRule, facts: Facts) -> Decimal:
    """Points that the marks take away, before the floor of 0."""
    rates = item.rates
    return sum((rates[mark] * count for mark, count in facts.marks.items() if mark in rates), NOTHING)


def deduct_per_mark(item: ItemRule, facts: Facts) -> Decimal:
    """满分减考勤扣分: the maximum less the rate of every mark; not below 0."""
    return within((item.maximum or NOTHING) - deducted(item, facts), item.maximum)


def full_plus_entries(item: ItemRule, facts: Facts) -> Decimal:
    """满分加记录: full points plus the (negative) entries; within 0 and the maximum."""
    return within((item.maximum or NOTHING) + facts.sum_of(item), item.maximum)


def base_plus_entries(item: ItemRule, facts: Facts) -> Decimal:
    """基础分加记录: the base plus the entries; within 0 and the maximum."""
    return within((item.base or NOTHING) + facts.sum_of(item), item.maximum)


def mean_of_entries(item: ItemRule, facts: Facts) -> Decimal:
    """记录平均: the mean of the entries; without any, 0."""
    found = facts.entries.get(item.key)
    return within(found.total / found.count, item.maximum) if found and found.count else NOTHING


def share_of_exam(item: ItemRule, facts: Facts) -> Decimal:
    """按结业考试折算: the unrounded share of the closing paper, times the maximum; without a paper, 0.

    Multiplied before it is divided: a quotient that ends stays exact, so that half a cent is seen as half a cent.
    """
    paper = facts.final_paper
    if paper is None or not paper.full:
        return NOTHING
    return within(paper.points * (item.maximum or NOTHING) / paper.full, item.maximum)


def sum_of_entries(item: ItemRule, facts: Facts) -> Decimal:
    """记录累计: the sum of the entries, without cap."""
    return facts.sum_of(item)


RULES: dict[str, Callable[[ItemRule, Facts], Decimal]] = {
    DEDUCT_PER_MARK: deduct_per_mark,
    FULL_PLUS_ENTRIES: full_plus_entries,
    BASE_PLUS_ENTRIES: base_plus_entries,
    MEAN_OF_ENTRIES: mean_of_entries,
    SHARE_OF_EXAM: share_of_exam,
    SUM_OF_ENTRIES: sum_of_entries,
}


def item_points(item: ItemRule, facts: Facts, basis: Basis) -> Decimal | None:
    """The rounded points of one item, None where it is not assessed."""
    return to_cent(RULES[item.kind](item, facts)) if basis.assesses(item) else None


def exam_score(paper: Paper | None) -> Decimal | None:
    """A paper's points brought to a full mark of 100, rounded to 0.01; None without a paper."""
    if paper is None:
        return None
    return to_cent(paper.points * HUNDRED / paper.full) if paper.full else to_cent(NOTHING)


def leave_exceeded(leave: Decimal, basis: Basis) -> bool:
    """Leave beyond the cap: `leave × 7 > total hours`; exactly one seventh is allowed."""
    scheme = basis.scheme
    return leave * scheme.leave_denominator > basis.total_hours * scheme.leave_numerator


def withdrawn(facts: Facts, basis: Basis) -> bool:
    """退学: leave beyond the cap, unless the organization department overrode it. Unknown hours exceed nothing."""
    return basis.attendance_kept and not facts.leave_override and leave_exceeded(facts.leave_hours, basis)


def vetoed(facts: Facts, scheme: Scheme) -> bool:
    """Whether a record of 否决项 exists."""
    return any(item.key in facts.entries for item in scheme.items if item.kind == VETO)
