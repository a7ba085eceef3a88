"""Template tags of paper (`{% load paper %}`; core/pdf/rendering.py registers them)."""

import re
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.amounts import plain
from core.pdf.coverage import covers

register = template.Library()

DASH = "—"
BREAK = "\u200b"  # an invisible place where a line may end
KEEP = "\u2060"  # an invisible place where it may not
MEASURE = re.compile(r"(?<=[0-9%])(?=[人分个次学名份年月日号版条%])")
BEFORE_QUOTE = re.compile(r"(?<=[^（《〔“])“")
AFTER_QUOTE = re.compile(r"”(?=[^，。、；：？！）》〕”…])")
BODY = "Paper Fang"


@register.filter
def person(name: str) -> str | SafeString:
    """A person's name; one that 仿宋 cannot set whole is set whole in 宋体, never glyph by glyph."""
    return name if covers(BODY, name) else format_html('<span class="rare">{}</span>', name)


@register.filter
def flowing(text: str) -> str:
    """Running text with invisible marks for line breaking; neither is in the PDF's text.

    A line may end before “ and after ”, which line breaking knows as Western marks only; it does not end between a
    number and its unit (3人, 85.00分).
    """
    text = MEASURE.sub(KEEP, text)
    return BEFORE_QUOTE.sub(f"{BREAK}“", AFTER_QUOTE.sub(f"”{BREAK}", text))


@register.filter
def shortened(text: str, most: int) -> str:
    """A text for a narrow cell: no row of a table may grow past its page."""
    return text if len(text) <= most else f"{text[:most]}……"


@register.filter
def points(value: Decimal | None) -> str:
    """Points with two decimals, a dash where nothing was assessed."""
    return DASH if value is None else f"{value:.2f}"


@register.filter
def hours(value: Decimal | None) -> str:
    """Hours without needless zeros (`76`, `7.5`), a dash where they are unknown."""
    return DASH if value is None else plain(value)


@register.filter
def or_dash(value: object) -> object:
    """The value, or a dash for None and the empty text; 0 is a value."""
    return DASH if value is None or value == "" else value


@register.filter
def add_number(value: float, more: float) -> float:
    """The sum, for coordinates of charts."""
    return round(value + more, 2)


@register.filter
def legend_place(index: int) -> float:
    """Millimetres from a chart's left edge to its legend's entry."""
    return 110.0 + 24.0 * index


@register.filter
def rows_of(values: list[object], width: int) -> list[list[object]]:
    """The values in rows of so many, the last perhaps shorter."""
    return [values[place : place + width] for place in range(0, len(values), width)]


@register.filter
def count(value: int) -> int | str:
    """A count in a table: a dash for none, so that the few that are there stand out."""
    return value or DASH
