"""满意度: one anonymous answer a row, kept as counts."""

from collections import Counter

from assessments.sheets.rows import ASPECTS, RATINGS, Satisfaction
from core.sheets.faults import FaultLog
from core.sheets.fields import has_value, options, read_free_text
from core.sheets.table import Line, Table, is_blank, shown
from core.sheets.text import key

NAME = "满意度"
REQUIRED = ASPECTS
SUGGESTION = "意见建议"
OPTIONAL = (SUGGESTION,)


def read_satisfaction(table: Table, faults: FaultLog) -> Satisfaction:
    """Read every answer; an empty rating is an unanswered question, no fault."""
    counts: dict[str, Counter[str]] = {aspect: Counter() for aspect in ASPECTS}
    suggestions: list[str] = []
    for row in table.lines():
        for aspect in ASPECTS:
            counts[aspect].update(_rating(row, aspect, faults))
        if text := read_free_text(row, SUGGESTION, faults):
            suggestions.append(text)
    rows = tuple(tuple(counts[aspect][rating] for rating in RATINGS) for aspect in ASPECTS)
    return Satisfaction(rows, tuple(sorted(suggestions)))  # type: ignore[arg-type]


def _rating(row: Line, aspect: str, faults: FaultLog) -> list[str]:
    cell, place = row.cell(aspect), row.place(aspect)
    if is_blank(cell) or not has_value(cell, place, faults):
        return []
    rating = key(shown(cell))
    if rating in RATINGS:
        return [rating]
    faults.error("unknown_rating", place, f"应为 {options(RATINGS)} 之一", shown(cell))
    return []
