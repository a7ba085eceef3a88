"""How amounts of learning are written: without a needless nought, a dash for none."""

from decimal import Decimal

from django import template

from core.amounts import plain

register = template.Library()


@register.filter
def total(value: Decimal) -> str:
    """A sum: nothing is 0."""
    return amount(value) if value else "0"


@register.filter
def amount(value: Decimal | None) -> str:
    """74, 74.5, −8; a dash for nothing."""
    if value is None or value == 0:
        return "—"
    return plain(value).replace("-", "−")
