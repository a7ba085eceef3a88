"""班次信息: two columns, item and value, no header."""

import datetime
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from core.sheets.cells import Cell, ErrorValue, Row, Sheet
from core.sheets.faults import FaultLog, Place
from core.sheets.fields import has_value, in_range, options, read_date, to_number
from core.sheets.table import is_blank, shown
from core.sheets.text import key, line
from training.sheets.rows import ClassFacts

NAME = "班次信息"
REQUIRED = ("班次名称", "开始日期", "结束日期", "主办单位", "班次类别")
OPTIONAL = ("班次编号", "承办单位", "培训地点", "班主任", "计划人数", "量化方案")
ITEMS = (*REQUIRED, *OPTIONAL)
DEFAULT_SCHEME = "4+1"
_LONGEST = {
    "班次名称": 120,
    "主办单位": 120,
    "班次类别": 30,
    "班次编号": 40,
    "承办单位": 120,
    "培训地点": 120,
    "班主任": 120,
}
_MOST_PEOPLE = 100_000


@dataclass(slots=True)
class FactsRead:
    """What could be read; `facts` is None with any fault in it. Dates and scheme serve the other sheets' checks."""

    facts: ClassFacts | None = None
    start: datetime.date | None = None
    end: datetime.date | None = None
    scheme: str | None = None
    values: dict[str, tuple[Place, Cell]] = field(default_factory=dict)

    def text(self, item: str) -> str:
        """An item as written, good or not, no longer than its limit; empty without one."""
        cell = self.values[item][1] if item in self.values else None
        return "" if isinstance(cell, ErrorValue) else line(shown(cell))[: _LONGEST.get(item)]


def read_facts(sheet: Sheet, schemes: Collection[str], today: datetime.date, faults: FaultLog) -> FactsRead:
    """Read the class's facts; `schemes` are the names of the scoring schemes that there are."""
    before = len(faults.faults)
    read = FactsRead(values=_values(sheet, faults))
    texts = {item: _text(item, read, faults) for item in ITEMS if item not in ("开始日期", "结束日期", "计划人数")}
    read.start = _day("开始日期", read, today, faults)
    read.end = _day("结束日期", read, today, faults)
    _check_order(read, faults)
    read.scheme = _scheme(texts["量化方案"], schemes, read, faults)
    planned = _planned(read, faults)
    if any(fault.level == "error" for fault in faults.faults[before:]):
        return read
    if read.start and read.end and read.scheme:
        read.facts = ClassFacts(
            name=texts["班次名称"], start=read.start, end=read.end, organizer=texts["主办单位"],
            class_type=texts["班次类别"], code=texts["班次编号"], host=texts["承办单位"], place=texts["培训地点"],
            manager=texts["班主任"], planned=planned, scheme=read.scheme,
        )  # fmt: skip
    return read


def _values(sheet: Sheet, faults: FaultLog) -> dict[str, tuple[Place, Cell]]:
    """Return place and value cell of every known item."""
    names = {key(item): item for item in ITEMS}
    found: list[tuple[str, Row, int]] = []
    for row in sheet.rows:
        index = next((i for i, cell in enumerate(row.cells) if not is_blank(cell)), None)
        item = names.get(key(shown(row.at(index))).rstrip(":")) if index is not None else None
        if item and index is not None:
            found.append((item, row, index))
    column = _value_column(found)
    values: dict[str, tuple[Place, Cell]] = {}
    for item, row, _ in found:
        place = Place(NAME, row.number, item, column, sheet.name)
        if item not in values:
            values[item] = (place, row.at(column))
        elif not is_blank(row.at(column)) and key(shown(row.at(column))) != key(shown(values[item][1])):
            faults.warning("repeated_fact", place, f"重复出现，按第{values[item][0].row}行的取", shown(row.at(column)))
    return values


def _value_column(found: list[tuple[str, Row, int]]) -> int:
    """Return the column right of the items that holds most values: merged items push it further right."""
    filled: Counter[int] = Counter()
    for _, row, index in found:
        filled.update(i for i in range(index + 1, len(row.cells)) if not is_blank(row.at(i)))
    after = max((index for _, _, index in found), default=0) + 1
    return min(filled, key=lambda column: (-filled[column], column), default=after)


def _cell(item: str, read: FactsRead, faults: FaultLog) -> tuple[Place, Cell] | None:
    """Return place and cell of an item that has something in it; a required one without is an error."""
    place, cell = read.values.get(item, (Place(NAME), None))
    if not is_blank(cell):
        return place, cell
    if item in REQUIRED:
        faults.error("missing_fact", place, "未填写" if place.row else f"缺少“{item}”一项")
    return None


def _text(item: str, read: FactsRead, faults: FaultLog) -> str:
    found = _cell(item, read, faults)
    if found is None or not has_value(found[1], found[0], faults):
        return ""
    place, cell = found
    if isinstance(cell, ErrorValue):
        faults.error("formula_without_value", place, f"单元格是错误值 {cell.code}，请改成文字", cell.code)
        return ""
    text = line(shown(cell))
    longest = _LONGEST.get(item, 1000)
    if len(text) > longest:
        faults.error("too_long", place, f"超过 {longest} 个字（现有 {len(text)} 个字）", text)
    return text


def _day(item: str, read: FactsRead, today: datetime.date, faults: FaultLog) -> datetime.date | None:
    found = _cell(item, read, faults)
    if found is None:
        return None
    return in_range(read_date(found[1], found[0], faults), today, found[0], faults)


def _check_order(read: FactsRead, faults: FaultLog) -> None:
    if read.start and read.end and read.end < read.start:
        place = read.values["结束日期"][0]
        faults.error("bad_period", place, f"早于开始日期 {read.start.isoformat()}", read.end.isoformat())
        read.start = read.end = None


def _scheme(text: str, schemes: Collection[str], read: FactsRead, faults: FaultLog) -> str | None:
    wanted = key(text) or DEFAULT_SCHEME
    known = {key(name): name for name in schemes}
    if wanted in known:
        return known[wanted]
    place = read.values.get("量化方案", (Place(NAME), None))[0]
    faults.error("unknown_scheme", place, f"没有这个量化方案，现有：{options(schemes)}", text or DEFAULT_SCHEME)
    return None


def _planned(read: FactsRead, faults: FaultLog) -> int | None:
    place, cell = read.values.get("计划人数", (Place(NAME), None))
    if is_blank(cell) or not has_value(cell, place, faults):
        return None
    number = to_number(cell)
    if number is not None and number == number.to_integral_value() and 0 <= number <= _MOST_PEOPLE:
        return int(number)
    faults.notice("planned_left_out", place, "不是人数，此项未读取", shown(cell))
    return None
