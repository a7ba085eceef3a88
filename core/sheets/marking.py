"""Giving a user's own workbook back with cells coloured and commented. Runs in the child process, after the gate.

The only place where openpyxl builds a whole workbook from an upload: the file has passed the gate and the value
reader's caps, and the process has bounded memory and time (QUALITY.md E3).
"""

import io
import re
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import IllegalCharacterError, InvalidFileException

from core.sheets.limits import Limits
from core.sheets.parsing import parse
from core.sheets.refusal import FileRefused

COLOURS = {"error": "FFFFC7CE", "warning": "FFFFEB9C"}
_AUTHOR = "核对"
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")

Mark = tuple[str, str, str, str]
"""Sheet's name in the file, cell such as D15, level, comment."""


def mark(data: bytes, marks: list[Mark], summary: dict[str, Any], limits: Limits) -> bytes:
    """Return the workbook with `marks` set and a sheet `summary["title"]` listing `summary["rows"]` put first.

    Raises:
        FileRefused: what the reader refuses, or what openpyxl cannot load.
    """
    parse(data, limits)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
        for (sheet, cell, level), texts in _by_cell(marks).items():
            if sheet in workbook.sheetnames:
                _mark_cell(workbook[sheet][cell], level, texts)
        _add_summary(workbook, summary)
        buffer = io.BytesIO()
        workbook.save(buffer)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, BadZipFile) as error:
        raise FileRefused("unmarkable", "这个工作簿无法标注，请按页面上的清单修改") from error
    except (InvalidFileException, IllegalCharacterError) as error:
        raise FileRefused("unmarkable", "这个工作簿无法标注，请按页面上的清单修改") from error
    return buffer.getvalue()


def _by_cell(marks: list[Mark]) -> dict[tuple[str, str, str], list[str]]:
    """Gather the comments of a cell; an error's colour wins over a warning's."""
    levels: dict[tuple[str, str], str] = {}
    texts: dict[tuple[str, str], list[str]] = {}
    for sheet, cell, level, text in marks:
        levels[sheet, cell] = min(level, levels.get((sheet, cell), level))
        texts.setdefault((sheet, cell), []).append(text)
    return {(*place, levels[place]): found for place, found in texts.items()}


def _mark_cell(cell: Any, level: str, texts: list[str]) -> None:
    cell.fill = PatternFill("solid", fgColor=COLOURS[level])
    if hasattr(cell, "comment") and not type(cell).__name__.startswith("Merged"):
        cell.comment = Comment(_UNWRITABLE.sub("", "\n".join(texts)), _AUTHOR, height=90, width=320)


def _add_summary(workbook: Any, summary: dict[str, Any]) -> None:
    title = summary["title"]
    if title in workbook.sheetnames:
        del workbook[title]
    sheet = workbook.create_sheet(title, 0)
    workbook.active = 0
    for number, values in enumerate(summary["rows"], start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                # set_explicit_value would refuse nothing; the type keeps a text that begins with = a text.
                cell.value = _UNWRITABLE.sub("", value)
                cell.data_type = "s"
            else:
                cell.value = value
    for name, width in zip("ABCDE", (10, 14, 8, 18, 90), strict=True):
        sheet.column_dimensions[name].width = width
