"""Rehearsing a class workbook: everything is read and checked, nothing is written (CLASS_WORKBOOK.md §2)."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.sheets import papers
from assessments.sheets.scheme import SchemeRules
from assessments.workbook.book import ClassBook
from assessments.workbook.checking import CadreLookup, ClashLookup, check
from assessments.workbook.following import settle
from assessments.workbook.reading import SHEETS, MissingCharacters, Reading, read_sheets
from core.sheets.cells import Book
from core.sheets.faults import Fault, Level, Place
from core.sheets.limits import CLASS_WORKBOOK
from core.sheets.reading import read_workbook
from organization.directory import UnitLookup


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal said: `book` is there exactly when there is no error. Faults are by sheet, row, column."""

    book: ClassBook | None
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    notices: tuple[Fault, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what `class_workbook --rehearse --json` prints."""
        return {
            "errors": [fault.to_json() for fault in self.errors],
            "warnings": [fault.to_json() for fault in self.warnings],
            "notices": [fault.to_json() for fault in self.notices],
        }


def rehearse(
    data: bytes,
    *,
    units: UnitLookup,
    schemes: Mapping[str, SchemeRules],
    missing_characters: MissingCharacters,
    today: datetime.date,
    cadres: CadreLookup | None = None,
    clashes: ClashLookup | None = None,
) -> Rehearsal:
    """Read a workbook's bytes and collect all its faults in one pass.

    Raises:
        FileRefused: what cannot be read as a workbook at all.
    """
    return judge(
        read_workbook(data, CLASS_WORKBOOK),
        units=units, schemes=schemes, missing_characters=missing_characters, today=today, cadres=cadres, clashes=clashes,
    )  # fmt: skip


def judge(
    workbook: Book,
    *,
    units: UnitLookup,
    schemes: Mapping[str, SchemeRules],
    missing_characters: MissingCharacters,
    today: datetime.date,
    cadres: CadreLookup | None = None,
    clashes: ClashLookup | None = None,
) -> Rehearsal:
    """Check the typed cells of a workbook that has been read."""
    reading = read_sheets(workbook, units, schemes, today)
    settle(reading)
    check(reading, missing_characters, cadres, clashes)
    for level, count in reading.faults.left_out.items():
        if level is not Level.NOTICE:
            named = "错误" if level is Level.ERROR else "提醒"
            reading.faults.notice("faults_left_out", Place("工作簿"), f"另有 {count} 处{named}未列出")
    errors = reading.faults.of(Level.ERROR, SHEETS)
    return Rehearsal(
        None if errors else _compose(reading),
        errors,
        reading.faults.of(Level.WARNING, SHEETS),
        reading.faults.of(Level.NOTICE, SHEETS),
    )


def _compose(reading: Reading) -> ClassBook | None:
    facts = reading.facts.facts
    if facts is None:
        return None
    exams = {name: read.paper(reading.people) for name, read in reading.papers.items()}
    return ClassBook(
        facts=facts,
        roster=tuple(reading.roster.rows),
        sessions=tuple(reading.timetable.rows),
        attendance=reading.attendance.attendance(reading.people) if reading.attendance else None,
        entries=tuple(reading.entries.rows) if reading.entries else None,
        entry_exam=exams.get(papers.ENTRY),
        final_exam=exams.get(papers.FINAL),
        satisfaction=reading.satisfaction,
    )
