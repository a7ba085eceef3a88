"""Every row by itself: the faults of all its cells at once, and what it says of one person."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from core import idnumber, names
from core.phone import is_mobile
from core.sheets.cells import Cell, ErrorValue, FormulaWithoutValue
from core.sheets.faults import Fault, FaultLog
from core.sheets.fields import in_range, options, to_date
from core.sheets.id_cells import read_id_number, was_normalised
from core.sheets.table import Line, Table, is_blank, shown
from core.sheets.text import fold, key, line
from trainees.models import Cadre
from trainees.roster.columns import BORN, DAYS, HEADINGS, TEXTS, RosterRow
from trainees.roster.days import ACCEPTED, day_of
from trainees.roster.progress import Tell
from trainees.roster.reading import lines_of
from trainees.roster.units import AreaUnits
from trainees.roster.words import KNOWN

STATUS = {label: str(value) for value, label in Cadre.Status.choices}
SEX = {label: str(value) for value, label in Cadre.Sex.choices}
STRICT = ("ethnic_group", "political_status")
LISTED = (*STRICT, "post_level", "rank")


class Checker:
    """Reads the rows of one table; `faults` collects what is wrong, a row with an error gives nothing."""

    def __init__(self, table: Table, units: AreaUnits, today: date, faults: FaultLog, tell: Tell) -> None:
        self.table, self.units, self.today, self.faults, self.tell = table, units, today, faults, tell
        self.seen = 0
        self._bad = False
        self._first: dict[str, int] = {}
        self._widened: list[Line] = []
        self._texts: dict[str, str] = {}

    def rows(self) -> Iterator[RosterRow]:
        """The rows without an error, in the order of the file."""
        for row in lines_of(self.table):
            self.seen, self._bad = self.seen + 1, False
            self.tell(self.seen, len(self.table.rows))
            read = self._row(row)
            if read is not None and not self._bad:
                yield read
        if self._widened:
            text = f"{len(self._widened)} 个身份证号用了全角或小写字符，已按半角大写读取"
            self.faults.notice("id_normalised", self._widened[0].place("身份证号"), text)

    def _row(self, row: Line) -> RosterRow | None:
        number = self._number(row)
        name = self._name(row, number)
        unit = self._unit(row, "单位")
        read = RosterRow(row.number, name, number, "", unit)  # type: ignore[arg-type]
        read.sex = self._sex(row, number)
        self._fill_words(row, read)
        self._fill_days(row, read, number)
        read.phone = self._phone(row)
        read.status = self._status(row)
        if self._text(row, "管理权限"):
            read.authority = self._unit(row, "管理权限")
        return read if name and number and unit else None

    # ---- one kind of cell each ----

    def _error(self, code: str, row: Line, column: str, text: str, found: object = "") -> Fault:
        self._bad = True
        return self.faults.error(code, row.place(column), text, found)

    def _text(self, row: Line, column: str) -> str:
        """One line of text, "" where nothing is written or where it is no text."""
        cell: Cell = row.cell(column)
        if cell is None:
            return ""
        if isinstance(cell, str):
            known = self._texts.get(cell)
            if known is None:
                known = self._texts[cell] = line(cell)
            return known
        if isinstance(cell, FormulaWithoutValue | ErrorValue):
            self._error("formula_without_value", row, column, "公式没有计算结果或是错误值，请改成文字", shown(cell))
            return ""
        return shown(cell)

    def _number(self, row: Line) -> str:
        number = read_id_number(row, "身份证号", self.today, self.faults)
        if number is None:
            self._bad = True
            return ""
        if was_normalised(row.cell("身份证号"), number):
            self._widened.append(row)
        first = self._first.setdefault(number, row.number)
        if first != row.number:
            self._error("duplicate_id", row, "身份证号", f"与第{first}行的身份证号相同", idnumber.mask(number))
        return number

    def _name(self, row: Line, number: str) -> str:
        cell = row.cell("姓名")
        written = cell if isinstance(cell, str) else self._text(row, "姓名")
        if fault := names.fault_of(written):
            self._error("bad_name", row, "姓名", f"姓名{fault}", ascii(written))
            return ""
        name = names.parse(written)
        if not name.bare:
            if not self._bad or is_blank(cell):
                self._error("missing_name", row, "姓名", "缺少姓名")
            return ""
        if name.suffix and number and not number.endswith(name.suffix):
            self._error("bad_name", row, "姓名", f"括号内应为身份证号后四位 {number[-4:]}", name.label)
        return name.bare

    def _unit(self, row: Line, column: str) -> UUID | None:
        written = self._text(row, column)
        if not key(written):
            if column in self.table.columns and not isinstance(row.cell(column), FormulaWithoutValue | ErrorValue):
                self._error("unknown_unit", row, column, "缺少单位")
            return None
        unit, said, is_error = self.units.find(written)
        if is_error:
            self._error("unknown_unit", row, column, said, written)
        elif said:
            self.faults.warning("near_unit", row.place(column), said, written)
        return unit

    def _sex(self, row: Line, number: str) -> str:
        """Believed is the number; what disagrees is a warning. Without the column the number says it."""
        said, by_number = key(self._text(row, "性别")).removesuffix("性"), idnumber.sex(number) if number else ""
        if said and said not in SEX:
            self._error("bad_word", row, "性别", "应为 男 或 女", said)
        elif said and by_number and said != by_number:
            text = f"与身份证号不符，身份证号为{by_number}，按身份证号处理"
            self.faults.warning("sex_disagrees", row.place("性别"), text, said)
        return SEX.get(by_number, "")

    def _fill_words(self, row: Line, read: RosterRow) -> None:
        for attribute in LISTED:
            setattr(read, attribute, self._listed(row, attribute))
        read.post = self._bounded(row, "post")

    def _listed(self, row: Line, attribute: str) -> str:
        """A word of a closed list; of post levels and ranks others are kept, with a warning."""
        column = HEADINGS[attribute]
        written = self._text(row, column)
        if not written:
            return ""
        known = KNOWN[attribute].get(written) or KNOWN[attribute].get(key(written))
        if known is not None:
            return known
        if attribute in STRICT:
            few = options(dict.fromkeys(KNOWN[attribute].values())) if attribute != "ethnic_group" else "汉族、回族等"
            self._error("bad_word", row, column, f"不在名称之列，应为：{few}", written)
            return ""
        self.faults.warning("odd_word", row.place(column), f"不在{column}之列，按原文写入，请核对", written)
        return self._bounded(row, attribute)

    def _bounded(self, row: Line, attribute: str) -> str:
        column, longest = TEXTS[attribute]
        written = self._text(row, column)
        if len(written) <= longest:
            return written
        self._error("too_long", row, column, f"超过 {longest} 个字（现有 {len(written)} 个字）", written)
        return ""

    def _fill_days(self, row: Line, read: RosterRow, number: str) -> None:
        born = idnumber.birth_date(number) if number else None
        read.since = self._day(row, "任职时间", born)
        if read.since and read.since > self.today:
            self._error("bad_date", row, "任职时间", "晚于今天：任职生效以后再导入", read.since.isoformat())
        for attribute, column in DAYS.items():
            setattr(read, attribute, self._day(row, column, born))
        if BORN in self.table.columns and not is_blank(row.cell(BORN)):
            self._born(row, born)

    def _day(self, row: Line, column: str, born: date | None) -> date | None:
        cell = row.cell(column)
        if cell is None or is_blank(cell):
            return None
        day = day_of(cell)
        if day is None:
            self._error("bad_date", row, column, f"日期无法识别，应为 {ACCEPTED}", shown(cell))
            return None
        if in_range(day, self.today, row.place(column), self.faults) is None:
            self._bad = True
            return None
        if born is not None and day <= born:
            self._error("bad_date", row, column, f"早于身份证号上的出生日期 {born.isoformat()}", day.isoformat())
        return day

    def _born(self, row: Line, born: date | None) -> None:
        """A number with two digits exchanged may pass its check character: the birth date tells (B10)."""
        cell = row.cell(BORN)
        day = to_date(cell) or day_of(cell)
        if day is None:
            self._error("bad_date", row, BORN, f"日期无法识别，应为 {ACCEPTED}", shown(cell))
        elif born is not None and (day.year, day.month) != (born.year, born.month):
            self._error("birth_disagrees", row, BORN, f"与身份证号不符，身份证号为 {born.isoformat()}", shown(cell))

    def _phone(self, row: Line) -> str:
        written = fold(self._text(row, "手机号")).replace(" ", "").replace("-", "")
        if written and not is_mobile(written):
            self._error("bad_phone", row, "手机号", "应为 11 位手机号", written[:3] + "…")
            return ""
        return written

    def _status(self, row: Line) -> str:
        written = key(self._text(row, "状态"))
        if written and written not in STATUS:
            self._error("bad_word", row, "状态", f"应为：{options(STATUS)}", written)
        return STATUS.get(written, "")
