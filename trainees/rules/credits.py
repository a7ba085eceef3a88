"""How a year of learning becomes credits (DOMAIN.md §3, What counts): pure arithmetic in decimals, every step told.

The order is that of the days, then of the sources, whatever order they came in: a yearly cap is used up by what was
learned first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID

from trainees.models.ledger import Channel, CreditEntry
from trainees.rules.rule_book import ZERO, Cap, ChannelRule, RuleBook

CENT, HALF = Decimal("0.01"), Decimal("0.5")
Step = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Learning:
    """What a cadre learned, as its source knows it, before any rule made credit of it.

    `hours` and `days` are what was learned (0.5 steps), `sessions` counts study-group sessions. `part` tells the pieces
    of one source apart (a class over New Year is split: the part is the year). `on` is the last day of the piece.
    Off the job without a timetable one of `hours` and `days` is 0 and follows from the other. On-line, `minutes` stand
    in for `hours` where the time came in minutes, and `share` is how much of the course was done, in per cent. For what
    is carried over, `hours` is the surplus.
    """

    cadre_id: UUID
    on: date
    channel: str
    hours: Decimal
    days: Decimal
    title: str
    source_kind: str
    source_id: UUID
    part: int = 0
    sessions: int = 0
    minutes: int = 0
    share: Decimal | None = None

    @property
    def source(self) -> tuple[str, UUID]:
        return (self.source_kind, self.source_id)

    @property
    def key(self) -> tuple[str, UUID, int]:
        """What has one live award at most."""
        return (self.source_kind, self.source_id, self.part)

    @property
    def place(self) -> tuple[date, str, str, int]:
        """Where it stands in its year."""
        return (self.on, self.source_kind, str(self.source_id), self.part)

    def given(self) -> Step:
        """The first step of every explanation: what was learned, from which a recomputation begins."""
        facts = {"hours": _told(self.hours), "days": _told(self.days)}
        if self.minutes:
            facts["minutes"] = str(self.minutes)
        if self.share is not None:
            facts["share"] = _told(self.share)
        return {"rule": "given", "text": _given_words(self), **facts}


@dataclass(slots=True)
class Counted:
    """What the rules make of one learning, and why (`steps`: sentences and values)."""

    kind: str
    hours: Decimal
    days: Decimal
    credits: Decimal = ZERO
    steps: list[Step] = field(default_factory=list)

    def tell(self, rule: str, text: str, value: Decimal) -> None:
        self.steps.append({"rule": rule, "text": text, "value": _told(value)})


def credit_year(learned: Sequence[tuple[Learning, RuleBook]]) -> list[Counted]:
    """Each learning of one cadre and year with the rules it comes under → what counts, in the order given."""
    used: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    counted: dict[int, Counted] = {}
    for index in sorted(range(len(learned)), key=lambda place: learned[place][0].place):
        learning, book = learned[index]
        one = counted[index] = _alone(learning, book)
        for cap in book.caps:
            _cap(one, cap, learning.channel, used, book.step)
        used[learning.channel, one.kind] += one.credits
    return [counted[index] for index in range(len(learned))]


def _alone(learning: Learning, book: RuleBook) -> Counted:
    """What a learning would earn if it were the year's only one."""
    rule = book.channels[learning.channel]
    one = Counted(rule.kind, _floor(learning.hours, CENT), _floor(learning.days, CENT), steps=[learning.given()])
    if learning.share is not None and learning.share < rule.least_share:
        one.hours = one.days = ZERO
        one.tell("share", f"完成 {_told(learning.share)}%，不到 {_told(rule.least_share)}%，不计", ZERO)
        return one
    _convert(one, learning, rule, book)
    _earn(one, learning, rule, book.step)
    if learning.channel == Channel.CARRY:
        one.hours = ZERO
    return one


def _convert(one: Counted, learning: Learning, rule: ChannelRule, book: RuleBook) -> None:
    """Hours of minutes; off the job and without a timetable hours of days, or days of hours."""
    if learning.minutes:
        one.hours = _floor(Decimal(learning.minutes) / rule.minutes, book.step)
        one.tell("minutes", f"{rule.minutes} 分钟折 1 学时", one.hours)
    if learning.channel != Channel.OFF_JOB:
        return
    if one.days and not one.hours:
        whole = one.days // 1
        one.hours = whole * book.day_hours + (book.half_day_hours if one.days - whole >= HALF else ZERO)
        one.tell("days", f"无课程表，每天折 {_told(book.day_hours)} 学时、半天 {_told(book.half_day_hours)}", one.hours)
    elif one.hours and not one.days:
        one.days = _days_of(one.hours, book)
        one.tell(
            "hours", f"无课程表，{_told(book.day_hours)} 学时折 1 天、{_told(book.half_day_hours)} 学时半天", one.days
        )


def _days_of(hours: Decimal, book: RuleBook) -> Decimal:
    whole = hours // book.day_hours
    return whole + (HALF if hours - whole * book.day_hours >= book.half_day_hours else ZERO)


def _earn(one: Counted, learning: Learning, rule: ChannelRule, step: Decimal) -> None:
    label = CreditEntry.Kind(rule.kind).label
    earned = one.hours * rule.per_hour + learning.sessions * rule.per_session
    if rule.per_session and learning.sessions:
        words = f"每次计 {_told(rule.per_session)} {label}学分"
    elif learning.channel == Channel.CARRY:
        words = f"上年必修结余转为{label}学分"
    else:
        words = f"每学时计 {_told(rule.per_hour)} {label}学分"
    one.credits = _floor(earned, step)
    one.tell("rate", words + (f"，不足 {_told(step)} 的不计" if one.credits != earned else ""), one.credits)
    if rule.most is not None and one.credits > rule.most:
        one.credits = _floor(rule.most, step)
        one.tell("most", f"每次最多计 {_told(rule.most)} 学分", one.credits)


def _cap(one: Counted, cap: Cap, channel: str, used: Mapping[tuple[str, str], Decimal], step: Decimal) -> None:
    """The year's cap on a channel or kind: what is left of it is all that counts."""
    if (cap.channel or channel) != channel or (cap.kind or one.kind) != one.kind:
        return
    before = sum(
        (
            credits
            for (way, kind), credits in used.items()
            if (cap.channel or way) == way and (cap.kind or kind) == kind
        ),
        ZERO,
    )
    left = max(_floor(cap.credits - before, step), ZERO)
    if one.credits > left:
        one.credits = left
        words = f"{cap}学分一年最多计 {_told(cap.credits)}，"
        one.tell("cap", words + (f"尚余 {_told(left)}" if left else "已经计满"), left)


def surplus(earned: Decimal, asked: Decimal) -> Decimal:
    """Required credits beyond what the year asked: they go into next year's electives, and no further."""
    return max(earned - asked, ZERO)


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A half-day of a timetable that a trainee attended: its sessions' hours together."""

    on: date
    afternoon: bool
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a class falls into one year; `on` is its last day."""

    year: int
    on: date
    hours: Decimal
    days: Decimal


def pieces(half_days: Iterable[HalfDay], book: RuleBook) -> list[Piece]:
    """Attended half-days, year by year: at most `half_day_most` hours and half a day each, a day at most 1.

    Half-days of the same day and half count together. An evening belongs to the afternoon. A half-day without hours
    is no day.
    """
    together: dict[tuple[date, bool], Decimal] = defaultdict(Decimal)
    for one in half_days:
        together[one.on, one.afternoon] += one.hours
    years: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for (on, _), hours in sorted(together.items()):
        if hours > 0:
            years[on.year].append((on, min(hours, book.half_day_most)))
    return [
        Piece(year, rows[-1][0], sum((hours for _, hours in rows), ZERO), len(rows) * HALF)
        for year, rows in sorted(years.items())
    ]


def _floor(value: Decimal, step: Decimal) -> Decimal:
    """Down to a whole number of steps."""
    return (value / step).to_integral_value(ROUND_DOWN) * step


def _told(value: Decimal) -> str:
    """Without idle zeros: 12, 0.5."""
    return f"{value.normalize():f}" if value else "0"


def _given_words(one: Learning) -> str:
    parts = [f"{_told(one.hours)} 学时"] if one.hours else []
    parts += [f"{_told(one.days)} 天"] if one.days else []
    parts += [f"{one.minutes} 分钟"] if one.minutes else []
    parts += [f"{one.sessions} 次"] if one.sessions else []
    parts += [f"完成 {_told(one.share)}%"] if one.share is not None else []
    return f"{Channel(one.channel).label}：{'、'.join(parts) or '0 学时'}"
