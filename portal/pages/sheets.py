"""A list as an Excel sheet, as it is filtered on the page."""

from collections.abc import Iterable, Sequence
from typing import Any

from core.sheets.writing import BookWriter


def table_workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet with a head; texts stay texts (QUALITY.md SEC-26)."""
    book = BookWriter({"head": {"bold": True}})
    sheet = book.sheet(title)
    sheet.put_row(0, columns, "head")
    for place, row in enumerate(rows, 1):
        sheet.put_row(place, row)
    return book.finish()


def long_workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[bytes, int]:
    """The same for tens of thousands of rows, which go to a temporary file as they come; the file and how many they were."""
    book = BookWriter({"head": {"bold": True}}, long=True)
    sheet, place = book.sheet(title), 0
    sheet.put_row(0, columns, "head")
    for place, row in enumerate(rows, 1):
        sheet.put_row(place, row)
    return book.finish(), place
