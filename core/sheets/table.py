"""A sheet with a header row: finding the header among titles, columns by their text, rows that are not blank."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from core.sheets.cells import Cell, DateCell, ErrorValue, FormulaWithoutValue, Row, Sheet
from core.sheets.cells import letter as column_letter
from core.sheets.faults import FaultLog, Place
from core.sheets.text import key, line

SERIAL = "序号"
EXAMPLE = "示例"
"""What stands in 序号 of the template's example row; such a row is never read."""
_HEADER_ROWS = 5


def shown(cell: Cell) -> str:
    """Return a cell as a person reads it, for headers and for `found`."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case DateCell():
            return cell.date.isoformat() if cell.date else format(cell.serial, "f")
        case ErrorValue():
            return cell.code
        case FormulaWithoutValue():
            return "（公式，无结果）"
        case str():
            return line(cell)
        case _:
            return format(cell, "f")


def is_blank(cell: Cell) -> bool:
    """Tell whether nothing, or only white space, is written in a cell."""
    return cell is None or (isinstance(cell, str) and not key(cell))


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet read as a table: `columns` maps known header keys to their first column, `others` lists the rest."""

    name: str
    tab: str
    header: Row
    columns: dict[str, int]
    others: tuple[tuple[int, str], ...]
    rows: tuple[Row, ...]

    def place(self, row: int | None = None, column: str | None = None, index: int | None = None) -> Place:
        """Return a place in this table; `index` is found from a known column."""
        if column is not None and index is None:
            index = self.columns.get(column)
        return Place(self.name, row, column, index, self.tab)

    def heading(self, index: int) -> str:
        """Return a column's header text, or its letter where nothing is written."""
        return shown(self.header.at(index)) or f"{column_letter(index)}列"

    def lines(self, also: Collection[int] = ()) -> "Iterator[Line]":
        """Return the rows below the header that hold something in a column that is read.

        `also` are the columns read besides those of known headers. Left out: blank rows, rows with nothing but a 序号,
        repeated headers and the template's example row.
        """
        serial = self.columns.get(SERIAL)
        read = [index for index in (*self.columns.values(), *also) if index != serial]
        heads = {index: key(shown(self.header.at(index))) for index in read}
        for row in self.rows:
            texts = {index: key(shown(row.at(index))) for index in read}
            is_example = serial is not None and key(shown(row.at(serial))) == EXAMPLE
            if not is_example and any(text and text != heads[index] for index, text in texts.items()):
                yield Line(self, row)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table."""

    table: Table
    row: Row

    @property
    def number(self) -> int:
        """Excel's row number."""
        return self.row.number

    def cell(self, column: str) -> Cell:
        """Return the cell under a header, None where the sheet has no such column."""
        index = self.table.columns.get(column)
        return None if index is None else self.row.at(index)

    def place(self, column: str) -> Place:
        """Return the place of the cell under a known header."""
        return self.table.place(self.number, column)

    def at(self, index: int) -> Place:
        """Return the place of the cell in a column found by its index."""
        return self.table.place(self.number, self.table.heading(index), index)


def open_table(
    sheet: Sheet, name: str, required: Sequence[str], optional: Sequence[str], faults: FaultLog
) -> Table | None:
    """Find the header among the first five rows; every required column that is missing is an error.

    The best row is taken where none holds all required columns, so that the rest of the sheet is checked too.
    Returns None where no row holds any of them.
    """
    heads = [row for row in sheet.rows if row.number <= _HEADER_ROWS]
    best = max(heads, key=lambda row: len(_found(row, required)), default=None)
    held = _found(best, required) if best else set()
    for column in required:
        if column not in held:
            where = Place(name, tab=sheet.name)
            faults.error("missing_column", where, f"缺少“{column}”列（表头应在前 {_HEADER_ROWS} 行内）")
    if best is None or not held:
        return None
    return _table(sheet, name, best, (*required, *optional, SERIAL), faults)


def _found(row: Row, wanted: Sequence[str]) -> set[str]:
    texts = {key(shown(cell)) for cell in row.cells}
    return {column for column in wanted if key(column) in texts}


def _table(sheet: Sheet, name: str, header: Row, known: Sequence[str], faults: FaultLog) -> Table:
    names = {key(column): column for column in known}
    columns: dict[str, int] = {}
    others: list[tuple[int, str]] = []
    below = tuple(row for row in sheet.rows if row.number > header.number)
    width = max((len(row.cells) for row in (header, *below)), default=0)
    for index in range(width):
        text = shown(header.at(index))
        column = names.get(key(text))
        if column is None:
            others.append((index, text))
        elif column in columns:
            where = Place(name, header.number, column, index, sheet.name)
            faults.error(
                "duplicate_column", where, f"“{column}”列重复，前一列是 {column_letter(columns[column])} 列", text
            )
        else:
            columns[column] = index
    return Table(name, sheet.name, header, columns, tuple(others), below)
