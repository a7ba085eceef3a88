"""Amounts as people read them: hours, credits, points, days."""

from decimal import Decimal


def plain(value: Decimal) -> str:
    """Without needless zeros: 76, 7.5, 0."""
    return f"{value.normalize():f}" if value else "0"
