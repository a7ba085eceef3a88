"""入学测试, 结业考试: answers by question with a key and points, or just a score out of 100."""

import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.sheets.rows import AnswerRow, Paper, Question, ScoreRow
from core.sheets.cells import Cell, FormulaWithoutValue
from core.sheets.faults import Fault, FaultLog, Place
from core.sheets.fields import has_value, is_finer_than_cent, to_number
from core.sheets.table import Line, Table, is_blank, shown
from core.sheets.text import fold, key
from training.sheets.people import COLUMN, People

ENTRY, FINAL = "入学测试", "结业考试"
NAMES = (ENTRY, FINAL)
REQUIRED = ("姓名",)
OPTIONAL = ("得分",)
_KEY, _POINTS, _SCORE = "标准答案", "分值", "得分"
_LETTERS = frozenset("ABCDEFGH")
_SEPARATORS = frozenset(",;、/\\|.·•・。+&-_:")
_FULL_MARK = 100
_MOST_POINTS = 1000


@dataclass(slots=True)
class PaperRead:
    """What a paper's sheet holds; `paper` is complete only where the sheet has no error."""

    questions: dict[int, int] = field(default_factory=dict)
    """Column index of each question's number, in the order of the sheet."""
    keys: dict[int, str] = field(default_factory=dict)
    points: dict[int, Decimal] = field(default_factory=dict)
    answers: dict[str, dict[int, str]] = field(default_factory=dict)
    scores: dict[str, Decimal] = field(default_factory=dict)
    first_rows: dict[str, int] = field(default_factory=dict)
    repeated: list[tuple[str, Fault]] = field(default_factory=list)
    special: set[str] = field(default_factory=set)

    def paper(self, people: People) -> Paper:
        """Return the typed sheet: questions by number, papers in roster order."""
        order = {label: place for place, label in enumerate(people.labels)}
        numbers = sorted(self.questions)
        by_place = sorted(self.answers.items(), key=lambda pair: order[pair[0]])
        scores = sorted(self.scores.items(), key=lambda pair: order[pair[0]])
        return Paper(
            tuple(Question(n, self.keys[n], self.points[n]) for n in numbers),
            tuple(AnswerRow(label, tuple(given.get(n, "") for n in numbers)) for label, given in by_place),
            tuple(ScoreRow(label, score) for label, score in scores),
        )


def read_paper(table: Table, people: People, faults: FaultLog) -> PaperRead:
    """Read the key, the points and every paper; a row without any answer, or an empty 得分, is no paper."""
    read = PaperRead()
    _read_questions(table, read, faults)
    if not read.questions and _SCORE not in table.columns:
        faults.error("missing_column", table.place(), "缺少题号列（1、2、3……）或“得分”列")
        return read
    lines = list(table.lines(also=read.questions.values()))
    _leave_out_unused(lines, read)
    for row in lines:
        _read_row(row, people, read, faults)
    if read.questions:
        _check_key(table, read, faults)
    return read


def _leave_out_unused(lines: list[Line], read: PaperRead) -> None:
    """Forget questions under which nothing is written at all: the template has more columns than most papers."""
    used = {n: i for n, i in read.questions.items() if any(not is_blank(row.row.at(i)) for row in lines)}
    read.questions = used


def _read_questions(table: Table, read: PaperRead, faults: FaultLog) -> None:
    for index, text in table.others:
        place = table.place(table.header.number, table.heading(index), index)
        if isinstance(table.header.at(index), FormulaWithoutValue):
            faults.error("formula_without_value", place, "公式没有存下计算结果，请改成题号", text)
            continue
        number = _question_number(text)
        if number is None:
            if text:
                faults.notice("unknown_column", place, "这一列不认识，未读取", text)
        elif number in read.questions:
            faults.error("duplicate_column", place, f"第 {number} 题重复", text)
        else:
            read.questions[number] = index


def _question_number(text: str) -> int | None:
    digits = key(text)
    return int(digits) if digits.isascii() and digits.isdecimal() and 0 < int(digits[:6]) <= 9999 else None


def _read_row(row: Line, people: People, read: PaperRead, faults: FaultLog) -> None:
    written = key(shown(row.cell(COLUMN)))
    if written in (_KEY, _POINTS):
        _read_special(row, written, read, faults)
        return
    if read.questions:
        given, has_paper = _answers(row, read, faults)
        if has_paper and (label := _person(row, people, read, faults)):
            read.answers[label] = given
    elif _SCORE in row.table.columns and not is_blank(row.cell(_SCORE)):
        score = _score(row, faults)
        if (label := _person(row, people, read, faults)) and score is not None:
            read.scores[label] = score


def _person(row: Line, people: People, read: PaperRead, faults: FaultLog) -> str | None:
    """Return whose paper a row is, None for nobody's and for a second paper of the same trainee."""
    label = people.read(row, faults)
    if label is None:
        return None
    first = read.first_rows.setdefault(label, row.number)
    if first == row.number:
        return label
    text = f"与第{first}行重复，每名学员只能有一份答卷"
    read.repeated.append((label, faults.error("duplicate_trainee", row.place(COLUMN), text, label)))
    return None


def _answers(row: Line, read: PaperRead, faults: FaultLog) -> tuple[dict[int, str], bool]:
    """Return the answers that are not blank, and whether the row has any, good or bad."""
    given: dict[int, str] = {}
    has_paper = False
    for number, index in read.questions.items():
        cell = row.row.at(index)
        letters = _letters(cell)
        if letters:
            given[number] = letters
        elif letters is None:
            _report_answer(cell, row.at(index), faults)
        has_paper = has_paper or letters != ""
    return given, has_paper


def _letters(cell: Cell) -> str | None:
    """Return the letters of an answer in order, "" for none, None where something else stands there."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return None
    kept = {c for c in fold(cell).upper() if c not in _SEPARATORS and not unicodedata.category(c).startswith("Z")}
    kept -= {"\n", "\t"}
    return "".join(sorted(kept)) if kept <= _LETTERS else None


def _report_answer(cell: Cell, place: Place, faults: FaultLog) -> None:
    if has_value(cell, place, faults):
        faults.error("answer_out_of_range", place, "答案应为 A 至 H 的字母", shown(cell))


def _read_special(row: Line, kind: str, read: PaperRead, faults: FaultLog) -> None:
    if not read.questions:
        return
    if kind in read.special:
        faults.error("duplicate_trainee", row.place(COLUMN), f"“{kind}”一行重复", kind)
        return
    read.special.add(kind)
    for number, index in read.questions.items():
        cell, place = row.row.at(index), row.at(index)
        if kind == _KEY:
            _read_key(number, cell, place, read, faults)
        elif (points := _question_points(cell, place, faults)) is not None:
            read.points[number] = points


def _read_key(number: int, cell: Cell, place: Place, read: PaperRead, faults: FaultLog) -> None:
    letters = _letters(cell)
    if letters:
        read.keys[number] = letters
    elif letters is None:
        _report_answer(cell, place, faults)
    else:
        faults.error("missing_key", place, f"第 {number} 题没有标准答案", shown(cell))


def _question_points(cell: Cell, place: Place, faults: FaultLog) -> Decimal | None:
    if not has_value(cell, place, faults):
        return None
    number = to_number(cell)
    if number is not None and 0 <= number <= _MOST_POINTS and not is_finer_than_cent(number):
        return number.quantize(Decimal("0.01"))
    allowed = f"题目分值应为 0 到 {_MOST_POINTS} 的数字，最多两位小数"
    wrong = "未填写这一题的分值" if is_blank(cell) else allowed
    faults.error("bad_points", place, wrong, shown(cell))
    return None


def _check_key(table: Table, read: PaperRead, faults: FaultLog) -> None:
    for kind in (_KEY, _POINTS):
        if kind not in read.special:
            faults.error("missing_key", table.place(), f"缺少“{kind}”一行", "")
    if read.points.keys() == read.questions.keys() and not any(read.points.values()):
        faults.error("bad_points", table.place(), "各题分值合计为 0")


def _score(row: Line, faults: FaultLog) -> Decimal | None:
    cell, place = row.cell(_SCORE), row.place(_SCORE)
    if not has_value(cell, place, faults):
        return None
    number = to_number(cell)
    if number is not None and 0 <= number <= _FULL_MARK:
        return number
    faults.error("bad_score", place, "得分应为 0 到 100 的数字", shown(cell))
    return None
