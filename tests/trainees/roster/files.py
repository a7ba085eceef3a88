"""Rosters written for a test, and the short way from a file to what was found or written."""

import io
from datetime import date
from typing import Any

import openpyxl

from core.idnumber import check_character
from organization.models import Account, Unit
from trainees.models import RosterUpload
from trainees.roster.columns import COLUMNS
from trainees.roster.plan import Plan
from trainees.roster.rehearsing import judge
from trainees.services.rosters import assign_after_roster, confirm_roster, rehearse_roster, take_roster, write_roster

TODAY = date(2026, 6, 1)
HEADS = tuple(column.name for column in COLUMNS)


def number(sequence: int, born: str = "19800501") -> str:
    """Region 99; an odd sequence is a man's."""
    first = f"990001{born}{sequence:03d}"
    return first + check_character(first)


def sheet_of(rows: list[dict[str, Any]], heads: tuple[str, ...] = (), title: str = "花名册") -> bytes:
    """A workbook with these cells under these heads (those that any row has, in the roster's order)."""
    used = heads or tuple(head for head in HEADS if any(head in row for row in rows))
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(used)
    for row in rows:
        sheet.append([row.get(head) for head in used])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def plan_of(rows: list[dict[str, Any]], area: Unit, **more: Any) -> Plan:
    return judge(sheet_of(rows, **more), "a.xlsx", area, today=TODAY, day=TODAY)


def faults_of(rows: list[dict[str, Any]], area: Unit, **more: Any) -> list[tuple[str, int | None, str | None]]:
    """(code, row, column) of every fault, in the order of the file."""
    found = plan_of(rows, area, **more).faults.faults
    return [(str(fault.code), fault.place.row, fault.place.column) for fault in found]


def rehearsed(rows: list[dict[str, Any]], area: Unit, actor: Account) -> RosterUpload:
    upload = take_roster(sheet_of(rows), "干部花名册.xlsx", actor=actor, unit=area)
    rehearse_roster(upload.pk)
    upload.refresh_from_db()
    return upload


def imported(rows: list[dict[str, Any]], area: Unit, actor: Account, accepted: tuple[int, ...] = ()) -> RosterUpload:
    """Rehearsed, confirmed, written, with the duties that follow."""
    upload = rehearsed(rows, area, actor)
    assert upload.state == RosterUpload.State.REHEARSED, upload.found
    confirm_roster(upload, accepted, actor=actor)
    write_roster(upload.pk)
    assign_after_roster(upload.pk)
    upload.refresh_from_db()
    return upload
