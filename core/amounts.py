"""Amounts as people read them: hours, credits, points, days."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

TENTH, HUNDREDTH = Decimal("0.1"), Decimal("0.01")


def plain(value: Decimal) -> str:
    """Without needless zeros: 76, 7.5, 0."""
    return f"{value.normalize():f}" if value else "0"


def ratio(part: Decimal | int, whole: int) -> Decimal | None:
    """To 0.1, half up; None of nothing. For a rate in per cent, `part` is a hundred times the count."""
    return (Decimal(part) / whole).quantize(TENTH, ROUND_HALF_UP) if whole else None


def mean(values: Iterable[Decimal | None]) -> Decimal | None:
    """Mean to 0.01, half up, of the values that are there; None of none."""
    there = [value for value in values if value is not None]
    return (sum(there, Decimal()) / len(there)).quantize(HUNDREDTH, ROUND_HALF_UP) if there else None
