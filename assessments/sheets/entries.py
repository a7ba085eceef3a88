"""量化记录: one entry a row."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.sheets.rows import EntryRow
from assessments.sheets.scheme import UNBOUNDED, ItemRules, SchemeRules
from core.sheets.faults import FaultLog
from core.sheets.fields import has_value, in_range, is_finer_than_cent, options, read_date, read_free_text, to_number
from core.sheets.table import Line, Table, is_blank, shown
from core.sheets.text import key
from training.sheets.people import People
from training.sheets.widths import read_bounded

NAME = "量化记录"
REQUIRED = ("日期", "姓名", "指标项", "分值")
OPTIONAL = ("事由", "记录人")
_MOST = Decimal("9999.99")
"""加分项 has no bound of its own; this is what the system can store, of one entry and of a trainee's sum."""


@dataclass(frozen=True, slots=True)
class _Points:
    number: Decimal | None
    rating: str = ""


@dataclass(slots=True)
class EntriesRead:
    """The good rows in the order of the sheet."""

    rows: list[EntryRow] = field(default_factory=list)


def read_entries(
    table: Table, scheme: SchemeRules, people: People, today: datetime.date, faults: FaultLog
) -> EntriesRead:
    """Read every entry, all faults of a row at once; two equal rows are two entries."""
    read = EntriesRead()
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in table.lines():
        day = _date(row, today, faults)
        person = people.read(row, faults) if "姓名" in table.columns else None
        item = _item(row, scheme, faults)
        points = _points(row, item, scheme, faults)
        reason = read_free_text(row, "事由", faults)
        recorder = read_bounded(row, "记录人", 60, faults)
        if person and item and points:
            sums[person, item.name] += points.number or 0
            if item.rule == UNBOUNDED and abs(sums[person, item.name]) > _MOST:
                faults.error("bad_points", row.place("分值"), f"“{item.name}”累计超过 {_MOST}，无法保存", person)
        if day and person and item and points and recorder is not None:
            read.rows.append(
                EntryRow(day, person, item.name, points.number, points.rating, reason, recorder, row.number)
            )
    return read


def _date(row: Line, today: datetime.date, faults: FaultLog) -> datetime.date | None:
    if "日期" not in row.table.columns:
        return None
    place = row.place("日期")
    return in_range(read_date(row.cell("日期"), place, faults), today, place, faults)


def _item(row: Line, scheme: SchemeRules, faults: FaultLog) -> ItemRules | None:
    cell, place = row.cell("指标项"), row.place("指标项")
    if "指标项" not in row.table.columns or not has_value(cell, place, faults):
        return None
    item = scheme.item(shown(cell))
    if item is None:
        text = "未填写指标项" if is_blank(cell) else "没有这个指标项"
        faults.error("unknown_item", place, f"{text}，应为 {options(scheme.entered)} 之一", shown(cell))
    elif not item.takes_entries:
        faults.error("unknown_item", place, "这一项由系统计算，不能在量化记录中填写", shown(cell))
        return None
    return item


def _points(row: Line, item: ItemRules | None, scheme: SchemeRules, faults: FaultLog) -> _Points | None:
    """Return the points of an entry; where the item is unknown only what no item takes is reported."""
    cell, place = row.cell("分值"), row.place("分值")
    if "分值" not in row.table.columns or not has_value(cell, place, faults):
        return None
    if is_blank(cell) and (item is None or not item.needs_points):
        return _Points(None)
    word = key(cell) if isinstance(cell, str) else ""
    if item is not None and word in item.words:
        return _Points(item.words[word], word)
    if item is None and word in scheme.words:
        return None
    number = to_number(cell)
    wrong = _wrong(number, item, is_blank(cell))
    if wrong is None:
        return _Points(number.quantize(Decimal("0.01")) if number is not None else None)
    if item is not None or number is None:
        faults.error("bad_points", place, wrong, shown(cell))
    return None


def _wrong(number: Decimal | None, item: ItemRules | None, blank: bool) -> str | None:
    if number is None:
        words = f"，或 {options(item.words)}" if item and item.words else ""
        return f"{'未填写分值' if blank else '分值不是数字'}，应为数字{words}"
    if is_finer_than_cent(number):
        return "分值最多两位小数"
    least, most = (item.bounds if item else None) or (-_MOST, _MOST)
    return None if least <= number <= most else f"分值超出范围，应在 {least} 到 {most} 之间"
