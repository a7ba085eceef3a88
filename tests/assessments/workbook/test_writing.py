"""Export, template and marked-up copy: what is written is read back as it was (CLASS_WORKBOOK.md, first paragraph)."""

import datetime
import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.sheets.rows import AnswerRow, EntryRow, Paper, Question, Satisfaction, ScoreRow
from assessments.workbook.book import ClassBook
from assessments.workbook.marking_up import SUMMARY, mark_up
from assessments.workbook.template import HELP, write_template
from assessments.workbook.writing import write_book
from core.sheets.refusal import FileRefused
from organization.directory import UnitRef
from tests.assessments.workbook.samples import (
    DATA,
    IDS,
    SCHEME,
    Formula,
    Sheets,
    id_number,
    rehearse_here,
    save,
    sheets,
    told,
)
from training.sheets.rows import Attendance, ClassFacts, Mark, MarkRow, Period, RosterRow, SessionKey, SessionRow

START = datetime.date(2026, 3, 2)
UNITS = [
    UnitRef("YL02", "云岭市财政局"),
    UnitRef("YL01", "云岭市发展和改革局"),
    UnitRef("QX03", "清溪县石桥镇人民政府"),
]
NAMES = [
    "龚䶮", "刘𬭎", "张㛃", "阿依古丽·买买提", "欧阳致远", "<script>x", "=cmd|' /C calc'!A0", "@SUM", "-1", "O'Neil John",
    "张", "艾克拜尔·吐尔逊江·阿不都热依木·买买提",
]  # fmt: skip
ODD = [
    "",
    "科长",
    "=1+1",
    "+1",
    "-5",
    "@x",
    "'引号",
    "{{7*7}}",
    "第一报告厅（二楼）",
    "a  b",
    "<b>",
    "2026-03-02",
    "1",
    "_x0041_",
]
texts = st.sampled_from(ODD) | st.text(alphabet="国家干部教育𬭎㛃=+-@'\"&<>{}/、。（）aZ9 ", max_size=20).map(str.strip)
some = texts.filter(bool)
points = st.decimals(min_value=-10, max_value=10, places=2)


@st.composite
def books(draw: st.DrawFn) -> ClassBook:
    """Classes as they can be: any of the optional sheets, odd texts, two people of one name."""
    days = draw(st.integers(0, 400))
    facts = ClassFacts(
        draw(some), START, START + datetime.timedelta(days=days), draw(some), draw(some), draw(texts), draw(texts),
        draw(texts), draw(texts), draw(st.none() | st.integers(0, 999)),
    )  # fmt: skip
    roster = draw(rosters())
    labels = [row.label for row in roster]
    keys = draw(
        st.lists(
            st.builds(
                SessionKey,
                st.integers(0, days).map(lambda n: START + datetime.timedelta(days=n)),
                st.sampled_from(Period),
                st.sampled_from([1, 1, 1, 2, 3]),
            ),
            min_size=1, max_size=8, unique=True,
        )
    )  # fmt: skip
    half_hours = st.integers(1, 12).map(lambda n: (Decimal(n) / 2).quantize(Decimal("0.1")))
    sessions = tuple(
        SessionRow(key, draw(some), draw(half_hours), draw(texts), draw(texts), draw(texts), draw(texts))
        for key in keys
    )
    return ClassBook(
        facts, roster, sessions,
        draw(st.none() | attendances(labels, keys)),
        draw(st.none() | entries(labels)),
        draw(st.none() | papers(labels)),
        draw(st.none() | papers(labels)),
        draw(st.none() | satisfactions()),
    )  # fmt: skip


@st.composite
def rosters(draw: st.DrawFn) -> tuple[RosterRow, ...]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    rows = []
    for place, name in enumerate(names):
        number = id_number("19800101", place * 2 + 1)
        sex = draw(st.sampled_from(["男", ""]))
        row = RosterRow(name, number, draw(st.sampled_from(UNITS)), sex=sex, serial=str(place + 1))
        rows.append(replace(row, post=draw(texts), rank=draw(texts), group=draw(texts), phone=draw(texts)))
    if draw(st.booleans()):
        for sequence in (101, 103):
            number = id_number("19900101", sequence)
            rows.append(RosterRow("王伟", number, UNITS[0], number[-4:]))
    return tuple(rows)


@st.composite
def attendances(draw: st.DrawFn, labels: list[str], keys: list[SessionKey]) -> Attendance:
    kept = sorted(draw(st.lists(st.sampled_from(keys), unique=True)))
    marks = [
        MarkRow(label, key, mark)
        for label in labels
        for key in kept
        if (mark := draw(st.sampled_from(Mark))) is not Mark.PRESENT
    ]
    return Attendance(tuple(kept), tuple(marks))


@st.composite
def entries(draw: st.DrawFn, labels: list[str]) -> tuple[EntryRow, ...]:
    rows = []
    for _ in range(draw(st.integers(0, 6))):
        day = START + datetime.timedelta(days=draw(st.integers(0, 60)))
        item, given, rating = draw(
            st.tuples(st.just("课堂互动"), points, st.just(""))
            | st.tuples(st.just("加分项"), points, st.just(""))
            | st.just(("研讨交流", Decimal("15.00"), "优"))
            | st.just(("否决项", None, ""))
        )
        rows.append(EntryRow(day, draw(st.sampled_from(labels)), item, given, rating, draw(texts), draw(texts)))
    return tuple(rows)


@st.composite
def papers(draw: st.DrawFn, labels: list[str]) -> Paper:
    takers = [label for label in labels if draw(st.booleans())]
    if draw(st.booleans()):
        score = st.decimals(min_value=0, max_value=100, places=2)
        return Paper(scores=tuple(ScoreRow(label, draw(score)) for label in takers))
    letters = st.sets(st.sampled_from("ABCDEFGH"), min_size=1).map(lambda chosen: "".join(sorted(chosen)))
    numbers = sorted(draw(st.sets(st.integers(1, 60), min_size=1, max_size=6)))
    worth = st.integers(1, 10).map(lambda n: Decimal(n).quantize(Decimal("0.01")))
    questions = tuple(Question(number, draw(letters), draw(worth)) for number in numbers)
    rows = [AnswerRow(label, tuple(draw(letters | st.just("")) for _ in numbers)) for label in takers]
    return Paper(questions, tuple(row for row in rows if any(row.answers)))


@st.composite
def satisfactions(draw: st.DrawFn) -> Satisfaction:
    counts = st.tuples(*[st.integers(0, 5)] * 4)
    suggestions = draw(st.lists(some, max_size=4))
    return Satisfaction(tuple(draw(counts) for _ in range(4)), tuple(sorted(suggestions)))


@settings(max_examples=50, deadline=None)
@given(books())
def test_reading_what_was_written_gives_an_equal_book(book: ClassBook):
    rehearsal = rehearse_here(write_book(book))
    assert [fault.message for fault in rehearsal.errors] == []
    assert rehearsal.book == book


@pytest.mark.parametrize("name", ["clean", "untidy"])
def test_the_samples_come_back_equal(name: str):
    book = rehearse_here((DATA / f"class_{name}.xlsx").read_bytes()).book
    assert book is not None
    again = rehearse_here(write_book(book))
    assert again.book == book
    assert again.errors == again.warnings == again.notices == ()


def test_b22_an_export_holds_no_formula():
    content = sheets()
    content["满意度"][1][4] = "=HYPERLINK(1)"
    content["量化记录"][1][4] = "=cmd|' /C calc'!A0"
    book = rehearse_here(content).book
    assert book is not None
    workbook = openpyxl.load_workbook(io.BytesIO(write_book(book)))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert {cell.data_type for cell in workbook["花名册"]["D"]} == {"s"}


# --- the template ---------------------------------------------------------------------------------------------------


def template_sheets() -> Sheets:
    workbook = openpyxl.load_workbook(io.BytesIO(write_template(SCHEME)))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in workbook}


def test_the_template_has_every_sheet_lists_an_example_and_help():
    workbook = openpyxl.load_workbook(io.BytesIO(write_template(SCHEME)))
    assert workbook.sheetnames == [*sheets(), HELP]
    assert workbook["花名册"]["A2"].value == "示例"
    lists = {sheet.title: [rule.formula1 for rule in sheet.data_validations.dataValidation] for sheet in workbook}
    assert '"男,女"' in lists["花名册"]
    assert '"上午,下午,晚上"' in lists["课程表"]
    assert any("研讨交流" in words and "出勤情况" not in words for words in lists["量化记录"])
    assert '"√,迟,早,事,病,公,旷"' in lists["考勤"][0]
    assert workbook["花名册"].column_dimensions["D"].width > 18
    assert workbook["花名册"]["D1"].value == "身份证号"


def test_the_untouched_template_is_refused_clearly():
    assert told(write_template(SCHEME)) == [
        ("班次信息", 1, "班次名称", "missing_fact"),
        ("班次信息", 3, "班次类别", "missing_fact"),
        ("班次信息", 4, "主办单位", "missing_fact"),
        ("班次信息", 6, "开始日期", "missing_fact"),
        ("班次信息", 7, "结束日期", "missing_fact"),
        ("花名册", None, None, "missing_sheet"),
        ("课程表", None, None, "missing_sheet"),
    ]


def test_a_filled_template_is_read_without_its_example_rows():
    content = template_sheets()
    given = sheets()
    values = {row[0]: row[1] for row in given["班次信息"]}
    content["班次信息"] = [[item, values.get(item)] for item, *_ in content["班次信息"]]
    for name in ("花名册", "课程表", "考勤", "量化记录", "满意度"):
        header = content[name][0]
        if name == "考勤":
            header[2:] = given[name][0][1:]
        rows = [dict(zip(given[name][0], row, strict=False)) for row in given[name][1:]]
        content[name] += [[row.get(column) for column in header] for row in rows]
    for row in given["结业考试"][1:]:
        at = {"标准答案": 1, "分值": 2}.get(row[0])
        if at:
            content["结业考试"][at][1:5] = row
        else:
            content["结业考试"].append([None, *row])
    del content["入学测试"]
    del given["入学测试"]
    assert rehearse_here(content).book == rehearse_here(given).book


# --- the marked-up copy ---------------------------------------------------------------------------------------------


def marked(content: Sheets) -> openpyxl.Workbook:
    data = save(content)
    return openpyxl.load_workbook(io.BytesIO(mark_up(data, rehearse_here(data))))


def test_faulty_cells_are_coloured_and_commented():
    content = sheets()
    content["花名册"][2][3] = "110105491231002"
    content["花名册"][1][2] = "男" if content["花名册"][1][2] == "女" else "女"
    workbook = marked(content)
    assert workbook.sheetnames[0] == SUMMARY
    error, warning = workbook["花名册"]["D3"], workbook["花名册"]["C2"]
    assert (error.fill.fgColor.rgb, warning.fill.fgColor.rgb) == ("FFFFC7CE", "FFFFEB9C")
    assert error.comment is not None and "应为 18 位" in error.comment.text
    assert error.value == "110105491231002"
    rows = list(workbook[SUMMARY].iter_rows(values_only=True))
    assert rows[1][:4] == ("错误", "花名册", 3, "身份证号")
    assert [cell.value for cell in workbook["考勤"]["A"]] == [row[0] for row in content["考勤"]]


def test_the_marked_up_copy_tells_the_same_faults_again():
    data = (DATA / "class_faulty.xlsx").read_bytes()
    first = rehearse_here(data)
    again = rehearse_here(mark_up(data, first))
    assert again.errors == first.errors


def test_a_marked_up_copy_makes_no_formula_of_a_text():
    content = sheets()
    content["花名册"][2][4] = "=HYPERLINK(1)"
    content["满意度"][1][4] = Formula("=1+1")
    workbook = marked(content)
    assert workbook["花名册"]["E3"].data_type == "s"
    assert {cell.data_type for row in workbook[SUMMARY].iter_rows() for cell in row} <= {"s", "n"}


def test_what_is_no_workbook_cannot_be_marked():
    rehearsal = rehearse_here(sheets())
    with pytest.raises(FileRefused):
        mark_up(b"PK", rehearsal)


def test_ids_of_this_test_belong_to_nobody():
    assert all(number.startswith("990000") for number in IDS)
