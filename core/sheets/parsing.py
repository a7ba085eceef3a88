"""Workbook bytes → rows of plain values that JSON can carry. Runs in the child process only."""

import datetime
import io
import xml.etree.ElementTree
import xml.parsers.expat
import zipfile
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from core.sheets import gate, raw
from core.sheets.cells import shortest_decimal
from core.sheets.limits import Limits
from core.sheets.refusal import FileRefused

# A cell on the wire: null, a text, a truth value, or [kind, …] with the kinds below.
NUMBER, DATE, ERROR, FORMULA = "n", "d", "e", "f"
_EPOCH = datetime.date(1899, 12, 30)
_SURELY_A_DAY = datetime.date(1920, 1, 1)
"""What is shown as an earlier day is more likely a number in a date's clothes: the stored number is asked."""

_DAMAGED = (
    CalamineError,
    KeyError,
    StopIteration,
    ValueError,
    RuntimeError,
    zipfile.BadZipFile,
    xml.etree.ElementTree.ParseError,
    xml.parsers.expat.ExpatError,
)

Wire = list[dict[str, Any]]


def parse(data: bytes, limits: Limits) -> Wire:
    """Return [{"name": sheet, "rows": [[number, [cell, …]], …]}, …].

    Raises:
        FileRefused: what the gate refuses, more rows, columns or text than the limits allow, a damaged sheet.
    """
    gate.inspect(data, limits)
    try:
        return _parse(data, limits)
    except _DAMAGED as error:
        raise FileRefused("damaged", "工作簿内部已损坏，请在 Excel 中重新保存后再上传") from error


def _parse(data: bytes, limits: Limits) -> Wire:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    budget = _Budget(limits)
    sheets: Wire = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = raw.sheet_parts(package)
        for meta in workbook.sheets_metadata:
            if meta.typ is not SheetTypeEnum.WorkSheet:
                continue
            rows = _rows(workbook.get_sheet_by_name(meta.name), meta.name, limits)
            budget.spend(rows)
            part = parts.get(meta.name)
            _add_raw(rows, package.read(part) if part else b"")
            sheets.append({"name": meta.name, "rows": [row for row in rows if any(c is not None for c in row[1])]})
    return sheets


class _Budget:
    """What all sheets together may hold."""

    def __init__(self, limits: Limits) -> None:
        self._cells = limits.cells
        self._characters = limits.text_characters

    def spend(self, rows: list[list[Any]]) -> None:
        for _, cells in rows:
            self._cells -= sum(1 for cell in cells if cell != "")
            self._characters -= sum(len(cell) for cell in cells if isinstance(cell, str))
            if self._cells < 0:
                raise FileRefused("too_many_cells", "工作簿中填写的单元格太多，超出读取上限")
            if self._characters < 0:
                raise FileRefused("too_much_text", "工作簿中的文字太多，超出读取上限")


def _rows(sheet: CalamineSheet, name: str, limits: Limits) -> list[list[Any]]:
    if sheet.end is None:
        return []
    if sheet.end[0] >= limits.rows or sheet.end[1] >= limits.columns:
        raise FileRefused(
            "too_many_cells", f"工作表“{name}”的行/列超过上限（最多 {limits.rows} 行、{limits.columns} 列）"
        )
    grid = sheet.to_python(skip_empty_area=False)
    _blank_merged(grid, sheet.merged_cell_ranges or [], limits)
    return [[number, list(cells)] for number, cells in enumerate(grid, start=1)]


def _blank_merged(grid: list[list[Any]], ranges: list[Any], limits: Limits) -> None:
    """Of merged cells only the first has a value; some programs leave old ones below the others."""
    area = 4 * limits.rows * limits.columns
    for (top, left), (bottom, right) in ranges:
        last_row, last_column = min(bottom, len(grid) - 1), min(right, len(grid[0]) - 1)
        area -= max(0, last_row - top + 1) * max(0, last_column - left + 1)
        if area < 0:
            raise FileRefused("too_many_cells", "合并单元格太多，超出读取上限")
        for row in range(top, last_row + 1):
            for column in range(left, last_column + 1):
                if (row, column) != (top, left):
                    grid[row][column] = ""


def _add_raw(rows: list[list[Any]], part: bytes) -> None:
    """Turn values into their wire form, with what only the raw file tells."""
    unsure = {
        (number - 1, column)
        for number, cells in rows
        for column, value in enumerate(cells)
        if isinstance(value, datetime.time | datetime.timedelta | datetime.date) and not _is_plain_date(value)
    }
    known = raw.walk(part, unsure)
    width = len(rows[0][1]) if rows else 0
    for (row, column), cell in known.items():
        if cell.lacks_value or cell.kind == "e":
            _reach(rows, row, column, width)
    for number, cells in rows:
        for column, value in enumerate(cells):
            cells[column] = _wire(value, known.get((number - 1, column)))


def _reach(rows: list[list[Any]], row: int, column: int, width: int) -> None:
    """Make room for a cell without a value beyond the last value; calamine leaves such rows and columns out."""
    if row > len(rows) + 1000 or column > 300:
        return
    while len(rows) <= row:
        rows.append([len(rows) + 1, [""] * width])
    cells = rows[row][1]
    cells.extend([""] * (column + 1 - len(cells)))


def _is_plain_date(value: object) -> bool:
    return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime) and value >= _SURELY_A_DAY


def _wire(value: Any, known: raw.RawCell | None) -> Any:
    if known is not None and known.lacks_value:
        return [FORMULA]
    if known is not None and known.kind == "e":
        return [ERROR, known.value or "#N/A"]
    if value is None or value == "":
        return None
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return [NUMBER, format(shortest_decimal(value), "f")]
    return _wire_date(value, known)


def _wire_date(value: Any, known: raw.RawCell | None) -> Any:
    day = value.date() if isinstance(value, datetime.datetime) else value
    if not isinstance(day, datetime.date):
        return [DATE, None, _serial(known)]
    if _is_plain_date(value) or (known is not None and known.kind == "d"):
        return [DATE, day.isoformat(), str((day - _EPOCH).days)]
    number = _serial(known)
    return [DATE, day.isoformat() if float(number) >= 1 else None, number]


def _serial(known: raw.RawCell | None) -> str:
    """Return the stored number of a cell that is shown as a time, or as a date with one."""
    if known is None or known.value is None or known.kind == "d":
        return "0"
    return format(shortest_decimal(float(known.value)), "f")
