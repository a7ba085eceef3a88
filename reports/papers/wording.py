"""Turns of phrase that several documents share, as an office writes them."""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from reports.papers.facts import ClassFacts

HUNDREDTH = Decimal("0.01")


def day(value: date) -> str:
    """2026年3月2日: Arabic digits without leading zeros (GB/T 9704)."""
    return f"{value.year}年{value.month}月{value.day}日"


def period(begins: date, ends: date) -> str:
    """2026年3月2日至13日; month and year are said again only where they change."""
    if begins == ends:
        return day(begins)
    if begins.year != ends.year:
        return f"{day(begins)}至{day(ends)}"
    month = "" if begins.month == ends.month else f"{ends.month}月"
    return f"{day(begins)}至{month}{ends.day}日"


def two_places(value: Decimal) -> str:
    return str(value.quantize(HUNDREDTH, ROUND_HALF_UP))


def tally(counts: Iterable[tuple[str, int]]) -> str:
    """优秀3人、良好5人: what is there, in the order given."""
    return "、".join(f"{name}{count}人" for name, count in counts if count)


def listed(names: Sequence[str], most: int = 6) -> str:
    """Up to six names in full; of more, three and “等”."""
    return "、".join(names) if len(names) <= most else "、".join(names[:3]) + "等"


def held(facts: ClassFacts) -> str:
    """由甲主办、乙承办的“某班”于某时在某地举办."""
    organizer = f"、{facts.organizer}承办" if facts.organizer and facts.organizer != facts.host else ""
    place = f"在{facts.place}" if facts.place else ""
    return f"由{facts.host}主办{organizer}的“{facts.name}”于{period(facts.begins, facts.ends)}{place}举办"


def unassessed(facts: ClassFacts) -> str:
    """Why there are no grades, as a sentence; empty where everything was assessed."""
    if not facts.unassessed:
        return ""
    items = "、".join(facts.unassessed)
    return f"本班因缺少相应记录，{items}未评定，总分仅为已评定各项之和，不评定等次、名次和优秀学员人选。"


def compared(own: Decimal | None, whole: Decimal | None) -> str:
    """高于全班0.50分 and the like; empty where one of the two is missing."""
    if own is None or whole is None:
        return ""
    gap = own - whole
    if gap == 0:
        return "与全班持平"
    return f"{'高于' if gap > 0 else '低于'}全班{two_places(abs(gap))}分"


TITLE_WIDTH = 20.0  # characters of 二号 in the type area


def width(text: str) -> float:
    """Characters a text is wide: digits and Latin letters count half."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def title_lines(*phrases: str) -> list[str]:
    """A title on as few lines as its phrases allow; a phrase longer than a line is parted evenly."""
    lines = [""]
    for phrase in phrases:
        if lines[-1] and width(lines[-1] + phrase) > TITLE_WIDTH:
            lines.append("")
        lines[-1] += phrase
    return [part for line in lines for part in _parted(line)]


WORD_ENDS = frozenset("年季期届市县区部度级班")
"""After these a title may be parted without tearing a word."""


def _parted(line: str) -> list[str]:
    """A line in parts of about equal length, each at most a line wide, parted at the end of a word where one is near."""
    count = math.ceil(width(line) / TITLE_WIDTH)
    if count <= 1:
        return [line]
    even = math.ceil(len(line) / count)
    near = [end for end in range(even - 5, even + 6) if 0 < end < len(line) and _may_part(line, end, count)]
    end = min(near, key=lambda place: (abs(place - even), -place), default=even)
    return [line[:end], *_parted(line[end:])]


def _may_part(line: str, end: int, count: int) -> bool:
    fits = width(line[:end]) <= TITLE_WIDTH and width(line[end:]) <= TITLE_WIDTH * (count - 1)
    return fits and (line[end - 1] in WORD_ENDS or line[end] == "第")
