"""Reading one cell as a text, a date, a number, with the fault said where it cannot be read.

Each reader returns None where the cell has a fault that has been reported.
"""

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal

from core.sheets.cells import Cell, DateCell, ErrorValue, FormulaWithoutValue
from core.sheets.faults import FaultLog, Place
from core.sheets.table import Line, is_blank, shown
from core.sheets.text import clean, key, line

_DATE = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_DATE_FORMS = "2026-03-02、2026/3/2、2026.03.02 或 2026年3月2日"
EARLIEST_YEAR = 1940
YEARS_AHEAD = 2
LONGEST_TEXT = 2_000


def has_value(cell: Cell, place: Place, faults: FaultLog) -> bool:
    """Report a formula whose result is not stored, which is a fault everywhere but in free text."""
    if not isinstance(cell, FormulaWithoutValue):
        return True
    faults.error("formula_without_value", place, "公式没有存下计算结果，请改成数值或文字", shown(cell))
    return False


def read_text(row: Line, column: str, faults: FaultLog) -> str | None:
    """Return a one-line text, "" where nothing is written."""
    cell, place = row.cell(column), row.place(column)
    if not has_value(cell, place, faults):
        return None
    if isinstance(cell, ErrorValue):
        faults.error("formula_without_value", place, f"单元格是错误值 {cell.code}，请改成文字", cell.code)
        return None
    return line(shown(cell))


def read_free_text(row: Line, column: str, faults: FaultLog) -> str:
    """Return a free text (意见建议, 事由); formulas without a value are left out with a notice."""
    cell = row.cell(column)
    if isinstance(cell, FormulaWithoutValue | ErrorValue):
        faults.notice("formula_left_out", row.place(column), "公式没有计算结果，此格未读取", shown(cell))
        return ""
    text = clean(cell) if isinstance(cell, str) else shown(cell)
    if len(text) > LONGEST_TEXT:
        faults.error("too_long", row.place(column), f"超过 {LONGEST_TEXT} 个字（现有 {len(text)} 个字）", text)
        return ""
    return text


def to_date(cell: Cell) -> datetime.date | None:
    """Return the date in a cell: an Excel date or one of the written forms; a bare number is none."""
    if isinstance(cell, DateCell):
        return cell.date
    found = _DATE.fullmatch(key(cell)) if isinstance(cell, str) else None
    if found is None:
        return None
    try:
        return datetime.date(int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))
    except ValueError:
        return None


def read_date(cell: Cell, place: Place, faults: FaultLog) -> datetime.date | None:
    """Return the date in a cell that must hold one."""
    if not has_value(cell, place, faults):
        return None
    day = to_date(cell)
    if day is None:
        text = "未填写日期" if is_blank(cell) else "日期无法识别"
        faults.error("bad_date", place, f"{text}，应为 Excel 日期，或 {_DATE_FORMS}", shown(cell))
    return day


def in_range(day: datetime.date | None, today: datetime.date, place: Place, faults: FaultLog) -> datetime.date | None:
    """Return the day if it lies within 1940 … two years from today (QUALITY.md B16), else report it."""
    if day is None or EARLIEST_YEAR <= day.year <= today.year + YEARS_AHEAD:
        return day
    span = f"{EARLIEST_YEAR} 年至 {today.year + YEARS_AHEAD} 年"
    faults.error("bad_date", place, f"日期不在 {span} 之间", day.isoformat())
    return None


def to_number(cell: Cell) -> Decimal | None:
    """Return the decimal in a cell, also where it is written as a text or shown as a date."""
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, DateCell):
        return cell.serial
    if isinstance(cell, str) and _NUMBER.fullmatch(key(cell)):
        return Decimal(key(cell))
    return None


def is_finer_than_cent(number: Decimal) -> bool:
    """Tell whether a number has more than two decimals that are not zero."""
    return number != number.quantize(Decimal("0.01")) if abs(number) < Decimal(10) ** 20 else False


def options(words: Iterable[str]) -> str:
    """Return words as a Chinese enumeration."""
    return "、".join(words)
