"""Texts that are longer than the system stores: said as an error in the cell, instead of failing on the way in."""

from core.sheets.faults import FaultLog
from core.sheets.fields import read_text
from core.sheets.table import Line


def read_bounded(row: Line, column: str, longest: int, faults: FaultLog) -> str | None:
    """Return a one-line text of at most `longest` characters; None where a fault was reported."""
    text = read_text(row, column, faults)
    if text is None or len(text) <= longest:
        return text
    faults.error("too_long", row.place(column), f"超过 {longest} 个字（现有 {len(text)} 个字）", text)
    return None
