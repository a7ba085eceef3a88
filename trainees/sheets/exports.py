"""A platform's export as a table (.xlsx, .csv): its header found, its columns guessed, its cells read by the mapping."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.sheets.cells import Cell, DateCell, Row, Sheet
from core.sheets.decoding import rows_of
from core.sheets.fields import to_number
from core.sheets.limits import OTHER
from core.sheets.reading import read_workbook
from core.sheets.refusal import FileRefused
from core.sheets.table import is_blank, shown
from core.sheets.text import key

SHEET = "导出表"
HEADER_ROWS = 5
NAME, ID_NUMBER, NUMBER, TITLE, LENGTH = "name", "id_number", "number", "title", "length"
SHARE, FINISHED, BEGUN, RECORD, PROVIDER = "share", "finished", "begun", "record", "provider"
LENGTH_IN, SHARE_IN = "length_in", "share_in"

COLUMNS = {
    NAME: ("姓名", ("姓名", "学员姓名", "用户姓名", "真实姓名", "名字", "学员")),
    ID_NUMBER: ("身份证号", ("身份证号", "身份证号码", "身份证", "证件号", "证件号码", "公民身份号码")),
    NUMBER: (
        "平台人员编号",
        ("人员编号", "学号", "学员编号", "用户编号", "用户ID", "学员ID", "工号", "账号", "用户名"),
    ),
    TITLE: (
        "课程名称",
        ("课程名称", "课程", "课程名", "课程标题", "课件名称", "专题", "专题名称", "学习内容", "班级名称", "项目名称"),
    ),
    LENGTH: (
        "学习时长",
        (
            "学习时长",
            "学时",
            "已获学时",
            "获得学时",
            "学习时间",
            "学习分钟",
            "时长",
            "课程时长",
            "认定学时",
            "学时数",
            "学习学时",
        ),
    ),
    SHARE: (
        "完成比例",
        ("完成比例", "进度", "学习进度", "完成进度", "完成率", "完成度", "完成情况", "是否完成", "状态"),
    ),
    FINISHED: (
        "完成日期",
        ("完成日期", "完成时间", "学完时间", "学完日期", "结束时间", "结束日期", "结业时间", "通过时间"),
    ),
    BEGUN: ("开始日期", ("开始日期", "开始时间", "选课时间", "首次学习时间")),
    RECORD: ("记录编号", ("记录编号", "学习记录编号", "记录号", "流水号", "记录ID", "编号", "证书编号")),
    PROVIDER: ("举办单位", ("举办单位", "主办单位", "开课单位", "来源")),
}
"""What a column can hold: its name on our pages, and headings that platforms use, the likeliest first."""
NEEDED = (NAME, TITLE, LENGTH, FINISHED)
LENGTHS = {"minutes": "分钟", "clock_hours": "小时（60 分钟）", "hours": "学时", "seconds": "秒"}
SHARES = {"percent": "百分数（95 或 95%）", "fraction": "小数（0.95）", "all_done": "导出的都是学完的课程"}
_UNITS = (("seconds", "秒"), ("minutes", "分钟"), ("hours", "学时"), ("clock_hours", "小时"))
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5]?[0-9])(?::([0-5]?[0-9]))?")
_WRITTEN = re.compile(r"(?:([0-9.]{1,9})(?:个)?小时)?(?:([0-9.]{1,9})分钟?)?(?:([0-9.]{1,9})秒)?")
_HOURS = re.compile(r"([0-9.]{1,9})(?:个)?学时")
_DONE, _NOT_DONE = (
    ("已完成", "完成", "已学完", "学完", "是", "通过", "合格", "已结业"),
    ("未完成", "学习中", "否", "未通过", "未学"),
)

Mapped = Mapping[str, str]
"""Heading by what the column holds, and `length_in`, `share_in`."""


@dataclass(frozen=True, slots=True)
class Export:
    """A table with its header: Excel's row number and the headings, as they stand, by column."""

    header: int
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    def columns(self, mapped: Mapped) -> dict[str, int]:
        """Column indices of a mapping, as far as its headings are there."""
        places = {key(text): index for index, text in reversed(list(enumerate(self.headings))) if text}
        return {what: places[key(mapped[what])] for what in COLUMNS if key(mapped.get(what, "")) in places}


def read_export(data: bytes, file_name: str) -> Export:
    """The first sheet that looks like a table. Raises FileRefused with a sentence."""
    sheets = _from_csv(data) if file_name.lower().endswith(".csv") else read_workbook(data, OTHER).sheets
    for sheet in sheets:
        heads = [row for row in sheet.rows if row.number <= HEADER_ROWS]
        best = max(heads, key=lambda row: len(guess(_headings(row), ())), default=None)
        if best is not None and sum(not is_blank(cell) for cell in best.cells) >= len(NEEDED):
            below = tuple(row for row in sheet.rows if row.number > best.number)
            return Export(best.number, _headings(best), below)
    raise FileRefused("missing_column", "没有找到表头：前五行里要有姓名、课程名称、学习时长、完成日期等各列的名称")


def _from_csv(data: bytes) -> Sequence[Sheet]:
    lines = rows_of(data)
    if lines and len(lines[0]) == 1 and any(sign in lines[0][0] for sign in ";\t；"):
        raise FileRefused(
            "bad_csv", "各列之间是分号或制表符，请在 Excel 中打开后另存为 .xlsx，或“CSV UTF-8（逗号分隔）”"
        )
    return [Sheet(SHEET, tuple(Row(number, tuple(line)) for number, line in enumerate(lines, 1)))]


def _headings(row: Row) -> tuple[str, ...]:
    return tuple(shown(cell)[:60] for cell in row.cells)


# ---- guessing ----


def guess(headings: Sequence[str], rows: Sequence[Row]) -> dict[str, str]:
    """What each heading probably is; the first rows tell how lengths and shares are written."""
    folded = {_bare(text): text for text in reversed(headings) if text}
    found: dict[str, str] = {}
    for what, (_, words) in COLUMNS.items():
        free = {bare: text for bare, text in folded.items() if text not in found.values()}
        word = next((word for word in words if key(word).casefold() in free), None)
        if word is not None:
            found[what] = free[key(word).casefold()]
    if LENGTH in found:
        found[LENGTH_IN] = _length_unit(found[LENGTH])
    if SHARE in found:
        index = list(headings).index(found[SHARE])
        found[SHARE_IN] = _share_kind([row.at(index) for row in rows])
    return found


def _bare(heading: str) -> str:
    """A heading without what stands in brackets: 学习时长（分钟） → 学习时长."""
    return re.sub(r"[(（\[【].*", "", key(heading)).casefold() or key(heading).casefold()


def _length_unit(heading: str) -> str:
    return next((unit for unit, word in _UNITS if word in heading), "minutes")


def _share_kind(cells: Sequence[Cell]) -> str:
    numbers = [number for cell in cells if (number := to_number(cell)) is not None]
    return "fraction" if numbers and max(numbers) <= 1 else "percent"


def is_whole(mapped: Mapped) -> bool:
    """Whether a mapping says enough: who, what, how long, when, and how much of the course."""
    return all(mapped.get(what) for what in NEEDED) and bool(mapped.get(SHARE) or mapped.get(SHARE_IN) == "all_done")


# ---- cells ----


def minutes_in(cell: Cell, unit: str, per_hour: int) -> Decimal | None:
    """How long, in whole minutes: a number in the column's unit, or written out (1小时30分, 01:30:00, 2学时).

    Hours of the platform are kept as they are: half of 45 minutes is no whole number of minutes.
    """
    number = cell.serial * 1440 if isinstance(cell, DateCell) and cell.serial < 1000 else None
    if number is not None:
        return _whole(number)
    if isinstance(cell, DateCell):
        return None
    if (number := to_number(cell)) is not None:
        return number * per_hour if unit == "hours" else _whole(Fraction(number) * _MINUTES.get(unit, Fraction(1)))
    try:
        return _written(key(cell), per_hour) if isinstance(cell, str) else None
    except (ArithmeticError, ValueError):
        return None


_MINUTES = {"minutes": Fraction(1), "clock_hours": Fraction(60), "seconds": Fraction(1, 60)}


def _whole(minutes: Decimal | Fraction) -> Decimal:
    """Down to the minute."""
    return Decimal(int(minutes))


def _written(text: str, per_hour: int) -> Decimal | None:
    if found := _HOURS.fullmatch(text):
        return Decimal(found[1]) * per_hour
    found = _CLOCK.fullmatch(text) or (_WRITTEN.fullmatch(text) if text else None)
    if found is None:
        return None
    hours, minutes, seconds = (Fraction(part or 0) for part in found.groups())
    return _whole(hours * 60 + minutes + seconds / 60)


def share_in(cell: Cell, kind: str) -> Decimal | None:
    """How much of the course, in per cent: 95, 95%, 0.95 where the column holds fractions, 已完成."""
    number = to_number(cell) if not isinstance(cell, DateCell) else None
    if number is not None:
        return number * 100 if kind == "fraction" else number
    text = key(cell) if isinstance(cell, str) else ""
    if text.endswith("%"):
        return to_number(text[:-1])
    if text in _DONE:
        return Decimal(100)
    return Decimal(0) if text in _NOT_DONE else None
