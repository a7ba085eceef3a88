"""Days as rosters have them: those that every sheet reads, and a month such as 1998.07, which is its first day."""

import re
from datetime import date

from core.sheets.cells import Cell
from core.sheets.fields import to_date
from core.sheets.text import key

ACCEPTED = "Excel 日期、2026-03-02、2026/3/2、2026.03.02、2026年3月2日，或只写到月的 2026.03、2026年3月（均为文本）"
_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{2})|年([0-9]{1,2})月)")


def day_of(cell: Cell) -> date | None:
    """The day in a cell; a bare number is none: 2024.1 may be January or October."""
    day = to_date(cell)
    if day is not None or not isinstance(cell, str):
        return day
    found = _MONTH.fullmatch(key(cell))
    try:
        return date(int(found[1]), int(found[2] or found[3]), 1) if found else None
    except ValueError:
        return None
