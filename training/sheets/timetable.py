"""课程表: a session a row."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from core.sheets.faults import Fault, FaultLog
from core.sheets.fields import has_value, read_date, to_number
from core.sheets.table import Line, Table, is_blank, shown
from training.sheets.rows import Period, SessionKey, SessionRow
from training.sheets.slots import parse_period
from training.sheets.widths import read_bounded

NAME = "课程表"
REQUIRED = ("日期", "时段", "课程名称", "学时")
OPTIONAL = ("课程类别", "教学形式", "授课人", "地点")
_MOST_HOURS = 24
Span = tuple[datetime.date | None, datetime.date | None]
"""The class's first and last day, None for what could not be read."""


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A session whose time is itself at fault: a column of 考勤 that fits no session may be its column.

    What could be read of its time is given, None stands for what could not.
    """

    fault: Fault
    date: datetime.date | None
    period: Period | None
    number: int | None


@dataclass(slots=True)
class TimetableRead:
    """The timetable's good rows, every session whose time could be read, and those whose time is at fault."""

    rows: list[SessionRow] = field(default_factory=list)
    keys: dict[SessionKey, Line] = field(default_factory=dict)
    misplaced: list[Misplaced] = field(default_factory=list)


def read_timetable(table: Table, span: Span, faults: FaultLog) -> TimetableRead:
    """Read every session; what lies outside `span` is a fault."""
    read = TimetableRead()
    for row in table.lines():
        _read_row(row, span, read, faults)
    return read


def _read_row(row: Line, span: Span, read: TimetableRead, faults: FaultLog) -> None:
    when = _time(row, span, read, faults)
    title = _title(row, faults)
    hours = _hours(row, faults)
    category = read_bounded(row, "课程类别", 30, faults)
    form = read_bounded(row, "教学形式", 30, faults)
    teacher = read_bounded(row, "授课人", 120, faults)
    place = read_bounded(row, "地点", 120, faults)
    if (
        when
        and title
        and hours is not None
        and not (category is None or form is None or teacher is None or place is None)
    ):
        read.rows.append(SessionRow(when, title, hours, category, form, teacher, place, row.number))


def _time(row: Line, span: Span, read: TimetableRead, faults: FaultLog) -> SessionKey | None:
    before = len(faults.faults)
    day = _date(row, span, faults)
    slot = _slot(row, faults)
    period, number = slot or (None, None)
    when = SessionKey(day, *slot) if day and slot else None
    if when in read.keys:
        text = f"与第{read.keys[when].number}行同日同时段，第二次课的时段请写成“{when.period.label}②”" if when else ""
        faults.error("duplicate_session", row.place("时段"), text, shown(row.cell("时段")))
        number = None
    for fault in faults.faults[before:]:
        read.misplaced.append(Misplaced(fault, day, period, number))
        break
    if when is not None:
        read.keys.setdefault(when, row)
    return when


def _date(row: Line, span: Span, faults: FaultLog) -> datetime.date | None:
    if "日期" not in row.table.columns:
        return None
    day = read_date(row.cell("日期"), row.place("日期"), faults)
    start, end = span
    if day and not (start or day) <= day <= (end or day):
        text = f"不在班次起止日期内（{start or '开始日期有误'} 至 {end or '结束日期有误'}）"
        faults.error("session_outside_class", row.place("日期"), text, day.isoformat())
    return day


def _slot(row: Line, faults: FaultLog) -> tuple[Period, int] | None:
    cell, place = row.cell("时段"), row.place("时段")
    if "时段" not in row.table.columns or not has_value(cell, place, faults):
        return None
    slot = parse_period(shown(cell))
    if slot is None:
        text = "未填写时段" if is_blank(cell) else "时段无法识别"
        faults.error("bad_period_of_day", place, f"{text}，应为 上午、下午 或 晚上", shown(cell))
    return slot


def _title(row: Line, faults: FaultLog) -> str | None:
    title = read_bounded(row, "课程名称", 200, faults)
    if title == "" and "课程名称" in row.table.columns:
        faults.error("missing_fact", row.place("课程名称"), "缺少课程名称")
    return title


def _hours(row: Line, faults: FaultLog) -> Decimal | None:
    cell, place = row.cell("学时"), row.place("学时")
    if "学时" not in row.table.columns or not has_value(cell, place, faults):
        return None
    hours = to_number(cell)
    if hours is not None and 0 < hours <= _MOST_HOURS and hours * 2 == (hours * 2).to_integral_value():
        return hours.quantize(Decimal("0.1"))
    text = "未填写学时" if is_blank(cell) else "学时无法识别"
    faults.error("bad_hours", place, f"{text}，应为 0.5 到 {_MOST_HOURS} 之间 0.5 的倍数", shown(cell))
    return None
