"""A workbook with the faults that offices make most often."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from assessments.sheets.rows import EntryRow
from assessments.workbook.book import ClassBook
from assessments.workbook.writing import write_book
from core.idnumber import check_character
from organization.directory import UnitRef
from portal.demo.books import Seating, book_of
from portal.demo.people import everybody
from portal.demo.plan import TOPIC, Plan, Stage
from training.sheets.rows import RosterRow

FAULTY = Plan("faulty", "信访工作业务培训班", TOPIC, "", -5, 3, 14, Stage.RUNNING, units=5)


def faulty_workbook(today: date, units: Mapping[str, str]) -> bytes:
    """A wrong check digit, an unknown unit, one person twice, a session outside the class, points beyond the item, a stranger."""
    book = book_of(FAULTY, Seating(everybody(), today).fill(FAULTY), units, "YLPX-错例", today)
    roster = [_wrong_digit(book.roster[0]), _wrong_unit(book.roster[1]), *book.roster[2:]]
    roster[-1] = replace(roster[-1], id_number=roster[-2].id_number)
    return write_book(_with_stray_rows(replace(book, roster=tuple(roster))))


def _wrong_digit(row: RosterRow) -> RosterRow:
    right = check_character(row.id_number[:17])
    return replace(row, id_number=row.id_number[:17] + ("1" if right != "1" else "2"))


def _wrong_unit(row: RosterRow) -> RosterRow:
    return replace(row, unit=UnitRef("", "云岭市大数据发展管理局"))


def _with_stray_rows(book: ClassBook) -> ClassBook:
    last = book.sessions[-1]
    stray = replace(last, key=replace(last.key, date=book.facts.end + timedelta(days=4)))
    entries = list(book.entries or ())
    entries[0] = replace(entries[0], item="调研报告", points=Decimal(12), rating="")
    stranger = EntryRow(book.facts.start, "万俟无名", "课堂互动", Decimal(1), "", "主动发言", "周组织员")
    return replace(book, sessions=(*book.sessions, stray), entries=(*entries, stranger))
