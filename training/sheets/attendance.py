"""考勤: one row a trainee, one column a session."""

from collections import Counter
from dataclasses import dataclass, field

from core.sheets.cells import Cell, FormulaWithoutValue
from core.sheets.faults import Fault, FaultLog, Place
from core.sheets.table import Line, Table, is_blank, shown
from core.sheets.text import fold, key
from training.sheets import roster
from training.sheets.people import People
from training.sheets.rows import Attendance, Mark, MarkRow, SessionKey
from training.sheets.slots import Heading, looks_like_heading, parse_heading
from training.sheets.timetable import TimetableRead

NAME = "考勤"
REQUIRED = ("姓名",)
WORDS = {
    "": Mark.PRESENT, "√": Mark.PRESENT, "✓": Mark.PRESENT, "到": Mark.PRESENT, "出勤": Mark.PRESENT,
    "迟": Mark.LATE, "迟到": Mark.LATE, "早": Mark.EARLY, "早退": Mark.EARLY,
    "事": Mark.PERSONAL, "事假": Mark.PERSONAL, "病": Mark.SICK, "病假": Mark.SICK,
    "公": Mark.OFFICIAL, "公假": Mark.OFFICIAL, "公差": Mark.OFFICIAL, "旷": Mark.ABSENT, "旷课": Mark.ABSENT,
}  # fmt: skip
_EXPECTED = "√、迟、早、事、病、公、旷 之一，空白为出勤"
_KNOWN_BESIDES = frozenset(
    key(column) for column in (*roster.REQUIRED, *roster.OPTIONAL, "备注", "签名", "合计", "小计")
)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A column that fits no session; `heading` is None where it cannot be read."""

    fault: Fault
    heading: Heading | None


@dataclass(slots=True)
class AttendanceRead:
    """Columns by session, orphan columns, the rows of trainees, and the faults that depend on names."""

    columns: dict[int, SessionKey] = field(default_factory=dict)
    orphans: list[Orphan] = field(default_factory=list)
    first_rows: dict[str, int] = field(default_factory=dict)
    marks: list[MarkRow] = field(default_factory=list)
    ticks: Counter[SessionKey] = field(default_factory=Counter)
    anything_missed: bool = False
    """Whether any cell says so, whoever's row and whatever column it is in."""
    repeated: list[tuple[str, Fault]] = field(default_factory=list)
    missing: list[tuple[str, Fault]] = field(default_factory=list)

    def attendance(self, people: People) -> Attendance:
        """Return the typed sheet, marks in roster order and then in time order."""
        order = {label: place for place, label in enumerate(people.labels)}
        marks = sorted(self.marks, key=lambda mark: (order[mark.person], mark.session))
        return Attendance(tuple(sorted(self.columns.values())), tuple(marks), ticks=self.ticks)


def read_attendance(table: Table, timetable: TimetableRead, people: People, faults: FaultLog) -> AttendanceRead:
    """Read columns, then rows; every cell under a session's heading is checked, whoever's row it is."""
    read = AttendanceRead()
    checked = _read_columns(table, timetable, read, faults)
    for row in table.lines(also=checked):
        _read_row(row, checked, people, read, faults)
    if people.readable:
        for label in people.labels:
            if label not in read.first_rows:
                fault = faults.error("missing_trainee", table.place(), f"花名册中的“{label}”在本表没有一行", label)
                read.missing.append((label, fault))
    return read


def _read_columns(table: Table, timetable: TimetableRead, read: AttendanceRead, faults: FaultLog) -> list[int]:
    """Match headings with sessions and return the indexes of all columns that hold marks."""
    checked: list[int] = []
    for index, text in table.others:
        place = table.place(table.header.number, table.heading(index), index)
        if isinstance(table.header.at(index), FormulaWithoutValue):
            faults.error("formula_without_value", place, "公式没有存下计算结果，请改成文字", text)
            checked.append(index)
        elif _is_session_column(table, index, text):
            checked.append(index)
            _match(place, index, text, timetable, read, faults)
        elif text and key(text) not in _KNOWN_BESIDES:
            faults.notice("unknown_column", place, "这一列不认识，未读取", text)
    return checked


def _is_session_column(table: Table, index: int, text: str) -> bool:
    if looks_like_heading(text):
        return True
    # A heading that names no session over cells that hold marks: the marks must not get lost silently.
    return key(text) not in _KNOWN_BESIDES and any(_is_mark(row.at(index)) for row in table.rows)


def _is_mark(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(fold(cell)) and fold(cell) in WORDS


def _match(
    place: Place, index: int, text: str, timetable: TimetableRead, read: AttendanceRead, faults: FaultLog
) -> None:
    heading = parse_heading(text)
    fitting = [session for session in timetable.keys if heading and heading.fits(session)]
    if heading is not None and any(orphan.heading == heading for orphan in read.orphans):
        faults.error("duplicate_column", place, "与前面一列的表头相同", text)
    elif len(fitting) != 1:
        wrong = f"{fitting[0]} 在课程表中有几年的课，请写上年份" if fitting else "课程表中没有这次课"
        if heading is None:
            wrong = "表头无法识别，应写成“3月2日上午”，一个时段的第二次课写成“3月2日上午②”"
        read.orphans.append(Orphan(faults.error("orphan_column", place, wrong, text), heading))
    elif fitting[0] in read.columns.values():
        faults.error("duplicate_column", place, "这次课已有一列", text)
    else:
        read.columns[index] = fitting[0]


def _read_row(row: Line, checked: list[int], people: People, read: AttendanceRead, faults: FaultLog) -> None:
    label = people.read(row, faults)
    for index in checked:
        mark = _mark(row, index, faults)
        read.anything_missed |= mark not in (None, Mark.PRESENT)
        session = read.columns.get(index)
        if label is None or label in read.first_rows or session is None or mark is None:
            continue
        if mark is not Mark.PRESENT:
            read.marks.append(MarkRow(label, session, mark))
        elif not is_blank(row.row.at(index)):
            read.ticks[session] += 1
    if label is None:
        return
    first = read.first_rows.setdefault(label, row.number)
    if first != row.number:
        text = f"与第{first}行重复，每名学员只能有一行"
        read.repeated.append((label, faults.error("duplicate_trainee", row.place("姓名"), text, label)))


def _mark(row: Line, index: int, faults: FaultLog) -> Mark | None:
    cell = row.row.at(index)
    if cell is None:
        return Mark.PRESENT
    if isinstance(cell, str) and (mark := WORDS.get(fold(cell))) is not None:
        return mark
    if isinstance(cell, FormulaWithoutValue):
        faults.error("formula_without_value", row.at(index), "公式没有存下计算结果，请改成文字", shown(cell))
    elif not is_blank(cell):
        faults.error("attendance_code", row.at(index), f"考勤符号不认识，应为 {_EXPECTED}", shown(cell))
    return None
