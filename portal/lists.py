"""What every list does: sort by a known key, filter by chips, page in the database."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 25


def sorted_by(request: HttpRequest, rows: QuerySet, keys: Mapping[str, tuple[str, ...]], default: str) -> QuerySet:
    """`?sort=key` or `?sort=-key`; an unknown key is the default. Each key ends in something unique."""
    asked = request.GET.get("sort", "")
    key = asked if asked.lstrip("-") in keys else default
    columns = keys[key.lstrip("-")]
    return rows.order_by(*(_turned(column) if key.startswith("-") else column for column in columns))


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def page_of(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page:
    """The asked page; a number that does not exist gives the nearest that does."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def chosen(request: HttpRequest, name: str, values: Iterable[str]) -> str:
    """The value asked for by a filter, empty where it is none of `values`."""
    value = request.GET.get(name, "")
    return value if value in set(values) else ""


def chips(name: str, label: str, options: Iterable[tuple[str, str]], value: str) -> dict[str, Any]:
    """One group of filter chips, with 全部 first."""
    words = [("", "全部"), *options]
    return {
        "name": name,
        "label": label,
        "options": [{"value": key, "label": word, "count": None, "selected": key == value} for key, word in words],
    }
