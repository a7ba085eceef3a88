"""How a year of learning becomes credits (DOMAIN.md §3, What counts): pure arithmetic in decimals, every step told.

The order is that of the days, then of the sources, whatever order they came in: a yearly cap is used up by what was
learned first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from uuid import UUID

from core.amounts import plain
from trainees.models.ledger import Channel, CreditEntry
from trainees.rules.rule_book import ZERO, Cap, ChannelRule, RuleBook

CENT, HALF = Decimal("0.01"), Decimal("0.5")
Step = dict[str, str]


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
    def place(self) -> tuple[date, str, UUID, int]:
        """Where it stands in its year."""
        return (self.on, self.source_kind, self.source_id, self.part)

    @property
    def facts(self) -> "Facts":
        return (self.channel, self.hours, self.days, self.sessions, self.minutes, self.share)


Facts = tuple[str, Decimal, Decimal, int, int, Decimal | None]
"""Channel, hours, days, sessions, minutes, share: all that a learning's own credits come from."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the rules make of one learning, and why (`steps`: sentences and values, the first what was given)."""

    kind: str
    hours: Decimal
    days: Decimal
    credits: Decimal
    steps: tuple[Step, ...]


def credit_year(learned: Sequence[tuple[Learning, RuleBook]]) -> list[Counted]:
    """Each learning of one cadre and year with the rules it comes under → what counts, in the order given."""
    used: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    counted: dict[int, Counted] = {}
    for index in sorted(range(len(learned)), key=lambda place: learned[place][0].place):
        learning, book = learned[index]
        one = _alone(learning.facts, book)
        for cap in book.caps:
            one = _capped(one, cap, learning.channel, used, book.step)
        used[learning.channel, one.kind] += one.credits
        counted[index] = one
    return [counted[index] for index in range(len(learned))]


@lru_cache(maxsize=10_000)
def _alone(facts: Facts, book: RuleBook) -> Counted:
    """What a learning would earn if it were the year's only one."""
    channel, hours, days, sessions, minutes, share = facts
    rule, steps = book.channels[channel], [given(facts)]
    if share is not None and share < rule.least_share:
        steps.append(_step("share", f"完成 {plain(share)}%，不到 {plain(rule.least_share)}%，不计", ZERO))
        return Counted(rule.kind, ZERO, ZERO, ZERO, tuple(steps))
    hours, days = _floor(hours, CENT), _floor(days, CENT)
    if minutes:
        hours = _floor(Decimal(minutes) / rule.minutes, book.step)
        steps.append(_step("minutes", f"{rule.minutes} 分钟折 1 学时", hours))
    if channel == Channel.OFF_JOB:
        hours, days = _converted(hours, days, book, steps)
    credits = _earned(channel, hours, sessions, rule, book.step, steps)
    return Counted(rule.kind, ZERO if channel == Channel.CARRY else hours, days, credits, tuple(steps))


def given(facts: Facts) -> Step:
    """The first step of every explanation: what was learned, from which a recomputation begins."""
    _, hours, days, _, minutes, share = facts
    step = {"rule": "given", "text": _given_words(facts), "hours": plain(hours), "days": plain(days)}
    if minutes:
        step["minutes"] = str(minutes)
    if share is not None:
        step["share"] = plain(share)
    return step


def _converted(hours: Decimal, days: Decimal, book: RuleBook, steps: list[Step]) -> tuple[Decimal, Decimal]:
    """Without a timetable hours follow from days, or days from hours; with both there is nothing to convert."""
    day, half = plain(book.day_hours), plain(book.half_day_hours)
    if days and not hours:
        whole = days // 1
        hours = whole * book.day_hours + (book.half_day_hours if days - whole >= HALF else ZERO)
        steps.append(_step("days", f"无课程表，每天折 {day} 学时、半天 {half}", hours))
    elif hours and not days:
        whole = hours // book.day_hours
        days = whole + (HALF if hours - whole * book.day_hours >= book.half_day_hours else ZERO)
        steps.append(_step("hours", f"无课程表，{day} 学时折 1 天、{half} 学时半天", days))
    return hours, days


def _earned(
    channel: str, hours: Decimal, sessions: int, rule: ChannelRule, step: Decimal, steps: list[Step]
) -> Decimal:
    label = CreditEntry.Kind(rule.kind).label
    earned = hours * rule.per_hour + sessions * rule.per_session
    if rule.per_session and sessions:
        words = f"每次计 {plain(rule.per_session)} {label}学分"
    elif channel == Channel.CARRY:
        words = f"上年必修结余转为{label}学分"
    else:
        words = f"每学时计 {plain(rule.per_hour)} {label}学分"
    credits = _floor(earned, step)
    steps.append(_step("rate", words + (f"，不足 {plain(step)} 的不计" if credits != earned else ""), credits))
    if rule.most is not None and credits > rule.most:
        credits = _floor(rule.most, step)
        steps.append(_step("most", f"每次最多计 {plain(rule.most)} 学分", credits))
    return credits


def _capped(one: Counted, cap: Cap, channel: str, used: Mapping[tuple[str, str], Decimal], step: Decimal) -> Counted:
    """The year's cap on a channel or kind: what is left of it is all that counts."""
    if not cap.holds_for(channel, one.kind):
        return one
    before = sum((credits for (way, kind), credits in used.items() if cap.holds_for(way, kind)), ZERO)
    left = max(_floor(cap.credits - before, step), ZERO)
    if one.credits <= left:
        return one
    words = f"{cap}学分一年最多计 {plain(cap.credits)}，" + (f"尚余 {plain(left)}" if left else "已经计满")
    return replace(one, credits=left, steps=(*one.steps, _step("cap", words, left)))


def surplus(earned: Decimal, asked: Decimal) -> Decimal:
    """Required credits beyond what the year asked: they go into next year's electives, and no further."""
    return max(earned - asked, ZERO)


def _floor(value: Decimal, step: Decimal) -> Decimal:
    """Down to a whole number of steps."""
    return (value / step).to_integral_value(ROUND_DOWN) * step


def _step(rule: str, text: str, value: Decimal) -> Step:
    return {"rule": rule, "text": text, "value": plain(value)}


def _given_words(facts: Facts) -> str:
    channel, hours, days, sessions, minutes, share = facts
    parts = [f"{plain(hours)} 学时"] if hours else []
    parts += [f"{plain(days)} 天"] if days else []
    parts += [f"{minutes} 分钟"] if minutes else []
    parts += [f"{sessions} 次"] if sessions else []
    parts += [f"完成 {plain(share)}%"] if share is not None else []
    return f"{Channel(channel).label}：{'、'.join(parts) or '0 学时'}"
