"""Writing Excel files in which a text is always a text (QUALITY.md SEC-26, §9)."""

import datetime
import io
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from core.sheets.cells import shortest_decimal

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}
Value = str | int | Decimal | datetime.date | None


def storable(text: str) -> str:
    """Return a text without the characters that XML cannot hold or Excel shows as rubbish."""
    if text.isprintable():
        return text
    return "".join(
        c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and ord(c) & 0xFFFE != 0xFFFE)
    )


class SheetWriter:
    """One worksheet; rows and columns count from 0."""

    def __init__(self, book: "BookWriter", sheet: Any) -> None:
        self.book = book
        self.sheet = sheet

    def put(self, row: int, column: int, value: Value, style: str = "") -> None:
        """Write one cell by the value's type: texts as texts, decimals and integers as numbers, dates as dates."""
        form = self.book.style(style) if style else None
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, form)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, storable(value), form)
        elif isinstance(value, datetime.date):
            self.sheet.write_datetime(row, column, value, form or self.book.style("date"))
        elif Decimal(value) == shortest_decimal(float(value)):
            self.sheet.write_number(row, column, float(value), form)
        else:
            # More digits than Excel keeps: as a text nothing is lost.
            self.sheet.write_string(row, column, f"{value:f}", form)

    def put_row(self, row: int, values: Sequence[Value], style: str = "") -> None:
        """Write one row from column A on."""
        for column, value in enumerate(values):
            self.put(row, column, value, style)


class BookWriter:
    """A workbook that is written to memory; `styles` are xlsxwriter's format properties by name.

    A `long` one puts each row into a temporary file as it comes: rows must be written in order, one sheet after another.
    """

    def __init__(self, styles: dict[str, dict[str, Any]] | None = None, *, long: bool = False) -> None:
        self._buffer = io.BytesIO()
        kept = {"in_memory": False, "constant_memory": True} if long else {}
        self.book = xlsxwriter.Workbook(self._buffer, _OPTIONS | kept)
        given = {"date": {"num_format": "yyyy-mm-dd"}, **(styles or {})}
        self._styles = {name: self.book.add_format(properties) for name, properties in given.items()}

    def style(self, name: str) -> Any:
        """Return a format by its name."""
        return self._styles[name]

    def sheet(self, name: str) -> SheetWriter:
        """Add a worksheet."""
        return SheetWriter(self, self.book.add_worksheet(name))

    def finish(self) -> bytes:
        """Close the workbook and return the file."""
        self.book.close()
        return self._buffer.getvalue()
