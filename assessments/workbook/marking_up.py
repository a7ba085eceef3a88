"""The user's workbook back with the faulty cells marked and commented (CLASS_WORKBOOK.md §2)."""

from collections.abc import Iterator

from assessments.workbook.rehearsal import Rehearsal
from core.sheets.child import order_line
from core.sheets.faults import Fault, Level
from core.sheets.limits import CLASS_WORKBOOK, Limits
from core.sheets.reading import ask

SUMMARY = "核对结果"
_LEVELS = {Level.ERROR: "错误", Level.WARNING: "提醒", Level.NOTICE: "说明"}
_HEADER = ("级别", "工作表", "行", "列", "说明")


def mark_up(data: bytes, rehearsal: Rehearsal, limits: Limits = CLASS_WORKBOOK) -> bytes:
    """Return the workbook with errors red, warnings yellow, each with a comment, and a sheet 核对结果 in front.

    Raises:
        FileRefused: the file cannot be read, or cannot be marked.
    """
    marks = [mark for fault in (*rehearsal.errors, *rehearsal.warnings) for mark in _marks(fault, fault.level)]
    rows = [_HEADER, *(row for fault in _all(rehearsal) for row in _rows(fault, _LEVELS[fault.level]))]
    order = order_line("mark", limits, marks=marks, summary={"title": SUMMARY, "rows": rows})
    return ask(order, data, limits)[1]


def _all(rehearsal: Rehearsal) -> tuple[Fault, ...]:
    return (*rehearsal.errors, *rehearsal.warnings, *rehearsal.notices)


def _marks(fault: Fault, level: Level) -> Iterator[tuple[str, str, str, str]]:
    place = fault.place
    if place.reference is not None:
        yield place.tab or place.sheet, place.reference, level.value, fault.text
    for follower in fault.follows:
        # What follows from an error is no error: it is coloured like a warning.
        yield from _marks(follower, Level.WARNING)


def _rows(fault: Fault, level: str) -> Iterator[tuple[str, str, int | None, str | None, str]]:
    place = fault.place
    yield level, place.sheet, place.row, place.column, fault.text
    for follower in fault.follows:
        yield from _rows(follower, "由上一条引起")
