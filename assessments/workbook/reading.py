"""All sheets of a class workbook read together, faults collected in one pass."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assessments.sheets import entries, papers, satisfaction
from assessments.sheets.entries import EntriesRead
from assessments.sheets.papers import PaperRead
from assessments.sheets.rows import Satisfaction
from assessments.sheets.scheme import SchemeRules, merged
from core.sheets.cells import Book, Sheet
from core.sheets.faults import Fault, FaultLog, Level, Place
from core.sheets.table import Table, is_blank, open_table
from core.sheets.text import key
from organization.directory import UnitLookup
from training.sheets import attendance, facts, roster, timetable
from training.sheets.attendance import AttendanceRead
from training.sheets.facts import FactsRead
from training.sheets.people import People
from training.sheets.roster import RosterRead
from training.sheets.rows import ClassFacts
from training.sheets.timetable import TimetableRead

REQUIRED = (facts.NAME, roster.NAME, timetable.NAME)
SHEETS = (*REQUIRED, attendance.NAME, entries.NAME, *papers.NAMES, satisfaction.NAME)
_COLUMNS = {
    roster.NAME: (roster.REQUIRED, roster.OPTIONAL),
    timetable.NAME: (timetable.REQUIRED, timetable.OPTIONAL),
    attendance.NAME: (attendance.REQUIRED, ()),
    entries.NAME: (entries.REQUIRED, entries.OPTIONAL),
    papers.ENTRY: (papers.REQUIRED, papers.OPTIONAL),
    papers.FINAL: (papers.REQUIRED, papers.OPTIONAL),
    satisfaction.NAME: (satisfaction.REQUIRED, satisfaction.OPTIONAL),
}
_COLUMNS_OF_THEIR_OWN = (attendance.NAME, *papers.NAMES)
"""Sheets whose readers look at unknown headings themselves."""


@dataclass(slots=True)
class Reading:
    """What the sheets gave, good or not; `tables` has the sheets in which a header was found."""

    faults: FaultLog = field(default_factory=FaultLog)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    facts: FactsRead = field(default_factory=FactsRead)
    roster: RosterRead = field(default_factory=RosterRead)
    timetable: TimetableRead = field(default_factory=TimetableRead)
    people: People = field(default_factory=lambda: People([]))
    attendance: AttendanceRead | None = None
    entries: EntriesRead | None = None
    papers: dict[str, PaperRead] = field(default_factory=dict)
    satisfaction: Satisfaction | None = None
    no_roster: Fault | None = None
    """Why nobody's name could be read: then every name elsewhere follows from it."""
    no_timetable: Fault | None = None
    """Why no session's time could be read: then every column of 考勤 follows from it."""


def read_sheets(book: Book, units: UnitLookup, schemes: Mapping[str, SchemeRules], today: datetime.date) -> Reading:
    """Read every sheet that is there, in the order of the page's table."""
    reading = Reading()
    _find_sheets(book, reading)
    _read_facts(reading, schemes, today)
    _open_tables(reading)
    _read_required(reading, units, today)
    _read_attendance(reading)
    _read_assessment(reading, schemes, today)
    return reading


def _find_sheets(book: Book, reading: Reading) -> None:
    names = {key(name): name for name in SHEETS}
    for sheet in book.sheets:
        name = names.get(key(sheet.name))
        place = Place(sheet.name, tab=sheet.name)
        if name is None:
            reading.faults.notice("unknown_sheet", place, "这个工作表不认识，未读取", sheet.name)
        elif name in reading.sheets:
            reading.faults.notice("unknown_sheet", place, f"“{name}”已有一个同名的工作表，这一个未读取", sheet.name)
        else:
            reading.sheets[name] = sheet
    for name in REQUIRED:
        if name not in reading.sheets:
            _miss(reading, name, reading.faults.error("missing_sheet", Place(name), f"缺少工作表“{name}”"))
        elif _is_empty(reading.sheets[name]):
            place = Place(name, tab=reading.sheets.pop(name).name)
            _miss(reading, name, reading.faults.error("missing_sheet", place, "工作表是空的"))


def _is_empty(sheet: Sheet) -> bool:
    return all(is_blank(cell) for row in sheet.rows for cell in row.cells)


def _miss(reading: Reading, name: str, fault: Fault) -> None:
    if name == roster.NAME:
        reading.no_roster = reading.no_roster or fault
    elif name == timetable.NAME:
        reading.no_timetable = reading.no_timetable or fault


def _read_facts(reading: Reading, schemes: Mapping[str, SchemeRules], today: datetime.date) -> None:
    if sheet := reading.sheets.get(facts.NAME):
        reading.facts = facts.read_facts(sheet, list(schemes), today, reading.faults)


def _open_tables(reading: Reading) -> None:
    for name, (required, optional) in _COLUMNS.items():
        if (sheet := reading.sheets.get(name)) is None:
            continue
        before = len(reading.faults.faults)
        table = open_table(sheet, name, required, optional, reading.faults)
        if table is not None:
            reading.tables[name] = table
            _tell_unknown_columns(table, reading.faults)
        _tell_unreadable(reading, name, table, reading.faults.faults[before:])


def _tell_unknown_columns(table: Table, faults: FaultLog) -> None:
    for index, text in table.others if table.name not in _COLUMNS_OF_THEIR_OWN else ():
        if text:
            faults.notice("unknown_column", table.place(table.header.number, text, index), "这一列不认识，未读取", text)


def _tell_unreadable(reading: Reading, name: str, table: Table | None, faults: Sequence[Fault]) -> None:
    """Remember the fault because of which names, or sessions' times, cannot be read at all."""
    needed = {roster.NAME: ("姓名",), timetable.NAME: ("日期", "时段")}.get(name, ())
    if any(column not in (table.columns if table else ()) for column in needed):
        _miss(reading, name, next(fault for fault in faults if fault.code == "missing_column"))


def _read_required(reading: Reading, units: UnitLookup, today: datetime.date) -> None:
    if table := reading.tables.get(roster.NAME):
        before = len(reading.faults.faults)
        reading.roster = roster.read_roster(table, units, today, reading.faults)
        _check_not_empty(reading, table, any(True for _ in table.lines()), "没有一名学员", before)
    if table := reading.tables.get(timetable.NAME):
        before = len(reading.faults.faults)
        span = (reading.facts.start, reading.facts.end)
        reading.timetable = timetable.read_timetable(table, span, reading.faults)
        _check_not_empty(reading, table, any(True for _ in table.lines()), "没有一次课", before)
    reading.people = People(reading.roster.seats, readable=reading.no_roster is None)


def _check_not_empty(reading: Reading, table: Table, has_rows: bool, text: str, before: int) -> None:
    if not has_rows and reading.faults.faults[before:] == []:
        _miss(reading, table.name, reading.faults.error("missing_sheet", table.place(), text))


def _read_attendance(reading: Reading) -> None:
    if table := reading.tables.get(attendance.NAME):
        reading.attendance = attendance.read_attendance(table, reading.timetable, reading.people, reading.faults)


def _read_assessment(reading: Reading, schemes: Mapping[str, SchemeRules], today: datetime.date) -> None:
    chosen = reading.facts.scheme
    scheme = schemes[chosen] if chosen else merged(schemes.values())
    if table := reading.tables.get(entries.NAME):
        reading.entries = entries.read_entries(table, scheme, reading.people, today, reading.faults)
    for name in papers.NAMES:
        if table := reading.tables.get(name):
            reading.papers[name] = papers.read_paper(table, reading.people, reading.faults)
    if table := reading.tables.get(satisfaction.NAME):
        reading.satisfaction = satisfaction.read_satisfaction(table, reading.faults)
    _tell_empty(reading)


def _tell_empty(reading: Reading) -> None:
    """An empty sheet is there all the same: “no entry” and “no paper” then mean 0 (§3, “Not assessed”)."""
    kept = {
        entries.NAME: reading.entries is not None and not reading.entries.rows,
        **{name: not read.answers and not read.scores for name, read in reading.papers.items()},
    }
    bad = {fault.place.sheet for fault in reading.faults.faults if fault.level is Level.ERROR}
    for name, is_empty in kept.items():
        if is_empty and name not in bad:
            text = "工作表中没有一行记录，相关各项按 0 分计；没有进行的项目请删去整个工作表"
            reading.faults.notice("empty_sheet", reading.tables[name].place(), text)


MissingCharacters = Callable[[str], Sequence[str]]
"""Returns the characters of a text that no font of the project has."""


def peek_facts(book: Book, schemes: Mapping[str, SchemeRules], today: datetime.date) -> ClassFacts | None:
    """Read the class's facts alone, to know which class it is before everything else is judged by its scheme."""
    return _facts_alone(book, schemes, today).facts


def peek_words(book: Book, schemes: Mapping[str, SchemeRules], today: datetime.date) -> dict[str, str]:
    """What can be read of name, code, organizer, start and end (ISO), with or without faults; the rest is empty."""
    read = _facts_alone(book, schemes, today)
    return {
        "name": read.text("班次名称"),
        "code": read.text("班次编号"),
        "organizer": read.text("主办单位"),
        "start": read.start.isoformat() if read.start else "",
        "end": read.end.isoformat() if read.end else "",
    }


def _facts_alone(book: Book, schemes: Mapping[str, SchemeRules], today: datetime.date) -> FactsRead:
    reading = Reading()
    _find_sheets(book, reading)
    _read_facts(reading, schemes, today)
    return reading.facts
