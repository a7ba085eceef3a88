"""A roster's bytes → its table: Excel through the reading child process, CSV within the same bounds (SEC-24, B12, B13)."""

from collections.abc import Iterator

from core.sheets import gate
from core.sheets.cells import Book, Cell, Row, Sheet
from core.sheets.decoding import rows_of
from core.sheets.faults import FaultLog
from core.sheets.limits import ROSTER
from core.sheets.reading import read_workbook
from core.sheets.refusal import FileRefused
from core.sheets.table import EXAMPLE, SERIAL, Line, Table, is_blank, open_table, shown
from core.sheets.text import key
from trainees.roster.columns import NAME, OPTIONAL, REQUIRED


def check_file(data: bytes, file_name: str) -> None:
    """What the first bytes say, while somebody waits. Raises FileRefused."""
    if not data:
        raise FileRefused("empty", "文件是空的（0 字节）")
    if not is_csv(file_name):
        gate.check_kind(data, ROSTER)


def is_csv(file_name: str) -> bool:
    return file_name.lower().endswith(".csv")


def read_table(data: bytes, file_name: str, faults: FaultLog) -> Table | None:
    """The sheet 花名册, else the first one in which the header is found; None with the faults said.

    Raises FileRefused for what cannot be read at all.
    """
    book = _from_csv(data) if is_csv(file_name) else read_workbook(data, ROSTER)
    sheets = [sheet for sheet in book.sheets if sheet.rows]
    if not sheets:
        raise FileRefused("empty", "表格是空的")
    named = [sheet for sheet in sheets if key(sheet.name) == NAME]
    return open_table(_best(named or sheets), NAME, REQUIRED, OPTIONAL, faults)


def _best(sheets: list[Sheet]) -> Sheet:
    """The first sheet that opens without a missing column, else the first."""
    for sheet in sheets:
        tried = FaultLog()
        open_table(Sheet(sheet.name, sheet.rows[:5]), NAME, REQUIRED, OPTIONAL, tried)
        if not any(fault.code == "missing_column" for fault in tried.faults):
            return sheet
    return sheets[0]


def _from_csv(data: bytes) -> Book:
    rows = tuple(
        Row(number, tuple(cell or None for cell in line)) for number, line in enumerate(rows_of(data, ROSTER), 1)
    )
    return Book((Sheet(NAME, rows),))


def lines_of(table: Table) -> Iterator[Line]:
    """Rows with something in a column that is read; no repeated header, no example row of the template."""
    read = [index for name, index in table.columns.items() if name != SERIAL]
    serial = table.columns.get(SERIAL)
    first = table.columns.get(REQUIRED[0], read[0])
    for row in table.rows:
        if all(_nothing(row, index) for index in read) or key(shown(row.at(first))) == REQUIRED[0]:
            continue
        if serial is None or key(shown(row.at(serial))) != EXAMPLE:
            yield Line(table, row)


def _nothing(row: Row, index: int) -> bool:
    cell: Cell = row.at(index)
    return cell is None or is_blank(cell)
