"""Cells and strips of the attendance grid, a row at a time: a template's own loop over 1,400 cells costs ten times as much."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.pages.attendance_totals import SIGNS

register = template.Library()

CELL = (
    '<td class="att-cell" role="gridcell" tabindex="-1" aria-selected="false"'
    ' data-m="{}" data-v="{}" data-s="{}">{}</td>'
)
BAR = '<rect x="{}" width="1" height="4" data-m="{}"></rect>'


@register.simple_tag
def attendance_cells(cells: Iterable[tuple[str, int, str]]) -> SafeString:
    """The cells of one trainee: mark, version and source each; a mark of "" where nothing stands."""
    return joined(cell(*each) for each in cells)


@register.simple_tag
def attendance_strip(marks: Iterable[tuple[int, str]]) -> SafeString:
    """Where in the class's sessions somebody's marks lie."""
    return joined(bar(place, mark) for place, mark in marks)


@lru_cache(maxsize=4096)
def cell(mark: str, version: int, source: str) -> SafeString:
    return format_html(CELL, mark, version, source, SIGNS.get(mark, ""))


@lru_cache(maxsize=4096)
def bar(place: int, mark: str) -> SafeString:
    return format_html(BAR, place, mark)


def joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
