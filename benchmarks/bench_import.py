"""The class workbook's way in: rows a second of rehearsal and commit, beside the time that bare readers need for it."""

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TypeVar

import openpyxl
from python_calamine import CalamineWorkbook

from assessments.models import WorkbookImport
from assessments.services import commit_workbook, rehearse_workbook
from assessments.workbook.writing import write_book
from benchmarks.classes import FEW, WORKBOOK, a_city, class_book, rows_of
from benchmarks.databases import own_database
from benchmarks.stored import forget_files
from benchmarks.table import Row
from organization.models import Account, Unit

WANTED = 5_000 / 60  # rows a second (REL-06)
TIMES = 3
T = TypeVar("T")


def rows() -> Iterator[Row]:
    book = class_book("三百人班", WORKBOOK)
    data, count = write_book(book), rows_of(book)
    cells, calamine = by_calamine(data), fastest(lambda: by_calamine(data))
    readers = f"openpyxl alone {fastest(lambda: by_openpyxl(data)):.2f} s, calamine alone {calamine:.2f} s"
    with own_database("import"):
        operator, city = a_city()
        take_in(write_book(class_book("小班", FEW, first=900)), operator, city)
        rehearsed, committed, again = take_in(data, operator, city)
        forget_files()
    what = f"workbook of {count} rows, {cells} cells: "
    for name, seconds in (("rehearse", rehearsed), ("commit", committed), ("the same again, committed", again)):
        told = f"{seconds:.2f} s, {count / seconds:.0f} rows and {cells / seconds:.0f} cells a second"
        ratio = f"{seconds / calamine:.1f}× calamine"
        yield Row("import", what + name, told, readers, ratio, f"≥ {WANTED:.0f} rows/s", count / seconds >= WANTED)


def take_in(data: bytes, operator: Account, city: Unit) -> tuple[float, float, float]:
    """Seconds of a rehearsal, of its commit, and of the commit of the same workbook once more."""
    rehearsed, first = timed(lambda: rehearse_workbook(data, "测量.xlsx", actor=operator, unit=city))
    if first.state != WorkbookImport.State.REHEARSED:
        raise RuntimeError(f"the workbook has faults: {first.faults['errors'][:3]}")
    committed, _ = timed(lambda: commit_workbook(first, actor=operator))
    second = rehearse_workbook(data, "测量.xlsx", actor=operator, unit=city)
    again, _ = timed(lambda: commit_workbook(second, actor=operator))
    return rehearsed, committed, again


def timed(act: Callable[[], T]) -> tuple[float, T]:
    begin = time.perf_counter()
    done = act()
    return time.perf_counter() - begin, done


def fastest(act: Callable[[], object]) -> float:
    return min(timed(act)[0] for _ in range(TIMES))


def by_openpyxl(data: bytes) -> int:
    """Cells that hold something."""
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
    return sum(
        cell is not None for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row
    )


def by_calamine(data: bytes) -> int:
    """The same."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return sum(
        cell != "" for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    )
