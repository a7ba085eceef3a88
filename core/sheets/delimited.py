"""CSV that Excel opens as it is meant: UTF-8 with byte-order mark, no text that becomes a formula (SEC-26)."""

import csv
import io
from collections.abc import Iterable, Sequence

from core.sheets.text import is_invisible
from core.sheets.writing import storable

_STARTERS = tuple("=+-@\t\r\n＝＋－＠")


def guarded(text: str) -> str:
    """Return a text with a leading ' where a spreadsheet would take it for a formula.

    White space and invisible characters before the sign do not hide it.
    """
    at = next((i for i, c in enumerate(text) if c in "\t\r\n" or not (c.isspace() or is_invisible(c))), len(text))
    return "'" + text if text[at:].startswith(_STARTERS) else text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[str] = ()) -> bytes:
    """Return a CSV file; values of the columns named in `numeric` stay as they are (-5), all others are guarded."""
    numbers = {index for index, name in enumerate(header) if name in set(numeric)}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(value if index in numbers else guarded(storable(value)) for index, value in enumerate(row))
    return buffer.getvalue().encode("utf-8-sig")
