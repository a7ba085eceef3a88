"""Reading the cell of an ID number: a text, whole, with the right check character (QUALITY.md B09, B10)."""

import datetime
from decimal import Decimal

from core import idnumber
from core.idnumber import IdFault
from core.sheets.cells import Cell
from core.sheets.faults import FaultLog, Place
from core.sheets.fields import has_value
from core.sheets.table import Line, is_blank, shown
from core.sheets.text import fold, invisible

_DIGITS_LOST = Decimal(10) ** 15
"""A number of Excel keeps 15 digits; from here on the last ones of an ID number are gone."""


def read_id_number(row: Line, column: str, today: datetime.date, faults: FaultLog) -> str | None:
    """Return a valid ID number; anything else is an error and None. Without the column nothing is said."""
    if column not in row.table.columns:
        return None
    return id_number_in(row.cell(column), row.place(column), today, faults)


def id_number_in(cell: Cell, place: Place, today: datetime.date, faults: FaultLog) -> str | None:
    """The same of one cell."""
    if not has_value(cell, place, faults):
        return None
    if is_blank(cell):
        faults.error("missing_id", place, f"缺少{place.column}")
        return None
    if _is_scientific(cell):
        text = f"{place.column}必须为文本：此格已被 Excel 变成数字，末几位已丢失，请把单元格设为“文本”格式后重新填写"
        faults.error("scientific_id", place, text, _scientific(cell))
        return None
    written = cell if isinstance(cell, str) else shown(cell)
    number = idnumber.normalise(written)
    fault = IdFault.FORM if invisible(written.strip()) else idnumber.fault_of(number, today)
    if fault is None:
        return number
    faults.error(fault, place, _text(fault, number, written), idnumber.mask(number))
    return None


def was_normalised(cell: Cell, number: str) -> bool:
    """Tell whether the number was written in full-width or small letters."""
    return number != (cell if isinstance(cell, str) else shown(cell)).strip()


def _is_scientific(cell: Cell) -> bool:
    if isinstance(cell, Decimal):
        return abs(cell) >= _DIGITS_LOST
    text = fold(cell).upper() if isinstance(cell, str) else ""
    mantissa, e, exponent = text.partition("E")
    return bool(e) and mantissa.replace(".", "", 1).isdecimal() and exponent.lstrip("+").isdecimal()


def _scientific(cell: Cell) -> str:
    return f"{cell:.1E}" if isinstance(cell, Decimal) else str(cell)


def _text(fault: IdFault, number: str, written: str) -> str:
    if fault is IdFault.FORM:
        hidden = invisible(written.strip())
        return f"含有看不见的字符（{'、'.join(hidden)}）" if hidden else _form_text(number)
    if fault is IdFault.BIRTH:
        return f"出生日期 {number[6:14]} 不存在或不可能"
    return f"校验位不符，应为 {idnumber.check_character(number[:17])}"


def _form_text(number: str) -> str:
    if len(number) != 18:
        return f"应为 18 位，现有 {len(number)} 位"
    return "号码是遮盖过的，不能用来导入" if "*" in number else "应为 17 位数字加 1 位数字或 X"
