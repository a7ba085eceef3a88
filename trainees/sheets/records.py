"""The rows of a platform's export as records, with everything that cannot be read said by row and column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core import idnumber
from core.names import fault_of as name_fault
from core.names import normalise
from core.sheets.cells import Cell, ErrorValue, FormulaWithoutValue, Row
from core.sheets.faults import FaultLog, Place
from core.sheets.fields import EARLIEST_YEAR, to_date
from core.sheets.id_cells import id_number_in, was_normalised
from core.sheets.table import is_blank, shown
from core.sheets.text import invisible, key, line
from trainees.sheets import exports
from trainees.sheets.exports import Export, Mapped

LONGEST = {exports.TITLE: 200, exports.PROVIDER: 120, exports.RECORD: 80, exports.NUMBER: 60}


@dataclass(frozen=True, slots=True)
class Read:
    """One row, read without a fault; `id_number` is normalised and checked, "" where the export has none."""

    row: int
    name: str
    id_number: str
    title: str
    minutes: Decimal
    share: Decimal | None
    finished: date
    begun: date | None
    record: str
    provider: str


@dataclass(slots=True)
class Reader:
    """Reads an export by a mapping; faults go to the log."""

    export: Export
    mapped: Mapped
    per_hour: int
    today: date
    faults: FaultLog

    columns: Mapping[str, int] = field(init=False)
    by_number: Mapping[int, Row] = field(init=False)
    numbers: dict[str, str] = field(default_factory=dict)
    broken: bool = False

    def __post_init__(self) -> None:
        self.columns = self.export.columns(self.mapped)
        self.by_number = {row.number: row for row in self.export.rows}

    def rows(self) -> Iterator[Read]:
        """Rows without faults; blank rows are passed over."""
        for row in self.export.rows:
            if all(is_blank(row.at(index)) for index in self.columns.values()):
                continue
            self.broken = False
            read = self._read(row)
            if read is not None and not self.broken:
                yield read

    def place(self, row: int, what: str) -> Place:
        """A cell, by what it holds."""
        index = self.columns.get(what)
        heading = self.export.headings[index] if index is not None else exports.COLUMNS[what][0]
        return Place(exports.SHEET, row, heading, index)

    def found(self, row: int, what: str) -> str:
        """What stands in a cell, a number of somebody masked."""
        text = shown(self._cell(self.by_number[row], what))
        return idnumber.mask(text) if what == exports.ID_NUMBER else text

    def _read(self, row: Row) -> Read | None:
        name, number = self._name(row), self._id_number(row)
        self._same_person(row, name)
        minutes, share = self._minutes(row), self._share(row)
        finished, begun = self._day(row, exports.FINISHED), self._day(row, exports.BEGUN)
        title = self._text(row, exports.TITLE)
        if not title and not self._is_broken(row, exports.TITLE):
            self._error("empty", row, exports.TITLE, "没有写课程名称")
        if finished is None or minutes is None:
            return None
        record, provider = self._text(row, exports.RECORD), self._text(row, exports.PROVIDER)
        return Read(row.number, name, number, title, minutes, share, finished, begun, record, provider)

    # ---- cells ----

    def _cell(self, row: Row, what: str) -> Cell:
        index = self.columns.get(what)
        return None if index is None else row.at(index)

    def _is_broken(self, row: Row, what: str) -> bool:
        return isinstance(self._cell(row, what), FormulaWithoutValue | ErrorValue)

    def _error(self, code: str, row: Row, what: str, text: str, found: str = "") -> None:
        self.broken = True
        self.faults.error(code, self.place(row.number, what), text, found)

    def _text(self, row: Row, what: str) -> str:
        cell = self._cell(row, what)
        if isinstance(cell, FormulaWithoutValue | ErrorValue):
            self._error("formula_without_value", row, what, "公式没有存下计算结果，或是错误值，请改成文字", shown(cell))
            return ""
        text = line(shown(cell))
        if isinstance(cell, str) and (hidden := [code for code in invisible(cell) if code not in _BREAKS]):
            self._error("invisible", row, what, f"含有看不见的字符（{'、'.join(hidden)}），请删去")
        if len(text) > LONGEST.get(what, 200):
            self._error("too_long", row, what, f"超过 {LONGEST.get(what, 200)} 个字", text)
        return text

    def _name(self, row: Row) -> str:
        cell = self._cell(row, exports.NAME)
        text = cell if isinstance(cell, str) else shown(cell)
        if fault := name_fault(text):
            self._error("bad_name", row, exports.NAME, fault)
            return ""
        if not normalise(text):
            self._error("empty", row, exports.NAME, "没有写姓名")
        return normalise(text)

    def _id_number(self, row: Row) -> str:
        """ "" where the export has no such column or nothing stands there."""
        cell, place = self._cell(row, exports.ID_NUMBER), self.place(row.number, exports.ID_NUMBER)
        if is_blank(cell):
            return ""
        number = id_number_in(cell, place, self.today, self.faults)
        if number is None:
            self.broken = True
            return ""
        if was_normalised(cell, number):
            self.faults.notice("id_rewritten", place, "号码中的全角或小写字符已按规范改写")
        return number

    def _same_person(self, row: Row, name: str) -> None:
        """A platform's number of a person stands for one name."""
        number = key(shown(self._cell(row, exports.NUMBER)))
        if number and self.numbers.setdefault(number, name) != name:
            self._error("number_of_two", row, exports.NUMBER, f"这个编号在前面是“{self.numbers[number]}”", number)

    def _minutes(self, row: Row) -> Decimal | None:
        cell = self._cell(row, exports.LENGTH)
        minutes = exports.minutes_in(cell, self.mapped.get(exports.LENGTH_IN, "minutes"), self.per_hour)
        if minutes is None or not 0 < minutes < 100_000:
            self._error(
                "bad_length", row, exports.LENGTH, "学习时长应是大于 0 的数，或写成“1小时30分”“01:30:00”", shown(cell)
            )
            return None
        return minutes

    def _share(self, row: Row) -> Decimal | None:
        kind = self.mapped.get(exports.SHARE_IN, "percent")
        if kind == "all_done":
            return Decimal(100)
        cell = self._cell(row, exports.SHARE)
        share = exports.share_in(cell, kind)
        if share is None or not 0 <= share <= 100:
            self._error(
                "bad_share", row, exports.SHARE, "完成比例应在 0 到 100 之间，写成 95、95%，或“已完成”", shown(cell)
            )
            return None
        return share.quantize(Decimal("0.01"))

    def _day(self, row: Row, what: str) -> date | None:
        cell = self._cell(row, what)
        if is_blank(cell) and what != exports.FINISHED:
            return None
        day = to_date(cell) or (
            to_date(cell.strip().replace("T", " ").split(" ")[0]) if isinstance(cell, str) else None
        )
        if day is None or not EARLIEST_YEAR <= day.year <= self.today.year + 2:
            words = "没有写日期" if is_blank(cell) else "日期无法识别，应写成 2026-03-02 或 2026年3月2日"
            self._error("bad_date", row, what, words, shown(cell))
            return None
        return day


_BREAKS = {"U+000A", "U+0009", "U+000D"}
