"""Lists of attendance machines (.xlsx, .csv): who stood before the machine, and when. Columns are found by heading."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from core import names
from core.sheets.cells import Book, Cell, DateCell, Row, Sheet
from core.sheets.fields import to_date
from core.sheets.limits import OTHER
from core.sheets.reading import read_workbook
from core.sheets.refusal import FileRefused
from core.sheets.table import is_blank, shown
from core.sheets.text import fold, key

NAME, NUMBER, SERIAL, AT, DAY, CLOCK = "name", "number", "serial", "at", "day", "clock"
HEADINGS = {
    NAME: ("姓名", "学员姓名", "人员姓名", "员工姓名", "名字"),
    NUMBER: ("工号", "学号", "编号", "人员编号", "员工编号", "考勤号码", "登记号码"),
    SERIAL: ("序号",),
    AT: ("打卡时间", "刷卡时间", "考勤时间", "签到时间", "识别时间", "日期时间", "打卡日期时间"),
    DAY: ("日期", "打卡日期", "考勤日期", "刷卡日期"),
    CLOCK: ("时间", "时刻", "打卡时刻"),
}
HEADER_ROWS = 5
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?")
_MOMENT = re.compile(r"(.+?[0-9日])\s*T?\s*((?<=[\sT日])[0-9]{1,2}:.*)")


@dataclass(frozen=True, slots=True)
class Clocking:
    """One row: Excel's row number, the name and number as written, and the moment, None where it cannot be read."""

    row: int
    name: str
    number: str
    at: datetime | None
    written: str

    @property
    def who(self) -> str:
        return self.name or self.number


def read_clockings(data: bytes, file_name: str) -> list[Clocking]:
    """All rows of the first sheet that has the columns. Raises FileRefused with a sentence."""
    book = read_csv(data) if file_name.lower().endswith(".csv") else read_workbook(data, OTHER)
    for sheet in book.sheets:
        for head in (row for row in sheet.rows if row.number <= HEADER_ROWS):
            columns = columns_of(head)
            if columns:
                return [one for row in sheet.rows if row.number > head.number if (one := clocking(row, columns))]
    raise FileRefused(
        "missing_column", "没有找到表头：前五行里要有“姓名”（或“工号”“学号”“序号”）和“打卡时间”（或“日期”加“时间”）两列"
    )


def columns_of(head: Row) -> dict[str, int]:
    """Known columns by meaning; empty where the row is no header."""
    texts = {key(shown(cell)): index for index, cell in reversed(list(enumerate(head.cells)))}
    found = {meaning: texts[word] for meaning, words in HEADINGS.items() for word in reversed(words) if word in texts}
    who = NAME in found or NUMBER in found or SERIAL in found
    when = AT in found or CLOCK in found
    return found if who and when else {}


def clocking(row: Row, columns: Mapping[str, int]) -> Clocking | None:
    """One row; None where nothing is written. 序号 is the machine's own count wherever there is a name or number."""
    cells = {meaning: row.at(index) for meaning, index in columns.items()}
    if all(is_blank(cell) for meaning, cell in cells.items() if meaning != SERIAL):
        return None
    name = names.parse(shown(cells.get(NAME))).label if not is_blank(cells.get(NAME)) else ""
    number = shown(cells.get(NUMBER))
    if NAME not in columns and NUMBER not in columns:
        number = shown(cells.get(SERIAL))
    stamp, day, clock = cells.get(AT), cells.get(DAY), cells.get(CLOCK)
    at = moment_of(stamp if not is_blank(stamp) else clock, day)
    written = " ".join(shown(cell) for cell in (day, stamp, clock) if not is_blank(cell))
    return Clocking(row.number, name, number, at, at.isoformat(" ", "minutes") if at else written[:60])


def moment_of(cell: Cell, day: Cell) -> datetime | None:
    """A date with a time of day in one cell, or the time in one and the date in the other."""
    if isinstance(cell, DateCell) and cell.date is not None and cell.serial % 1:
        return joined(cell.date, of_day(cell.serial))
    text = fold(cell) if isinstance(cell, str) else ""
    found = _MOMENT.fullmatch(text)
    if found:
        return joined(to_date(found[1].strip()), clock_of(found[2].strip()))
    return joined(to_date(day), clock_of(cell))


def clock_of(cell: Cell) -> time | None:
    if isinstance(cell, DateCell):
        return of_day(cell.serial)
    if isinstance(cell, Decimal):
        return of_day(cell) if 0 <= cell < 1 else None
    found = _CLOCK.fullmatch(fold(cell)) if isinstance(cell, str) else None
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return None


def of_day(serial: Decimal) -> time:
    """The time of day in a spreadsheet's number, to the second."""
    minutes, seconds = divmod(min(86_399, round(float(serial % 1) * 86_400)), 60)
    return time(minutes // 60, minutes % 60, seconds)


def joined(day: date | None, clock: time | None) -> datetime | None:
    return datetime.combine(day, clock) if day and clock else None


def read_csv(data: bytes) -> Book:
    """A .csv of an office: UTF-8 or GBK, parted by commas, semicolons or tabs. Raises FileRefused."""
    if len(data) > OTHER.file_bytes:
        raise FileRefused("too_large", f"文件超过 {OTHER.file_bytes // 1024 // 1024} MB")
    text = decoded(data)
    first = text.partition("\n")[0]
    parted = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=parted))
    except csv.Error as error:
        raise FileRefused("damaged", "文件不是可以读取的 CSV，请在 Excel 中打开后另存为 .xlsx 再上传") from error
    if len(lines) > OTHER.rows or any(len(line) > OTHER.columns for line in lines):
        raise FileRefused("too_large", f"文件超过 {OTHER.rows} 行或 {OTHER.columns} 列")
    return Book((Sheet("CSV", rows_of(lines)),))


def rows_of(lines: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    return tuple(Row(number, tuple(line)) for number, line in enumerate(lines, 1) if any(line))


def decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileRefused("damaged", "文件不是文字的 CSV（应为 UTF-8 或 GBK 编码）")
