"""How real offices write (CLASS_WORKBOOK.md §1): none of it changes what is read, and nothing is read wrongly."""

import copy
import datetime
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.workbook.book import ClassBook
from tests.assessments.workbook.samples import IDS, NAMES, Formula, Sheets, rehearse_here, sheets
from training.sheets.rows import Mark, MarkRow, Period, SessionKey

Chance = random.Random


def book_of(content: Sheets | bytes) -> ClassBook:
    rehearsal = rehearse_here(content)
    assert [fault.message for fault in rehearsal.errors] == []
    assert rehearsal.book is not None
    return rehearsal.book


TIDY = book_of(sheets())


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def other_forms_of_dates(content: Sheets, chance: Chance) -> None:
    for rows in content.values():
        for row in rows:
            for at, value in enumerate(row):
                if isinstance(value, datetime.datetime):
                    y, m, d = value.year, value.month, value.day
                    forms = (f"{y}-{m:02d}-{d:02d}", f"{y}/{m}/{d}", f"{y}.{m:02d}.{d:02d}", f"{y}年{m}月{d}日")
                    row[at] = chance.choice([value, *forms, full_width(forms[1]), f"　{forms[3]} "])


def wide_digits(content: Sheets, chance: Chance) -> None:
    for sheet, column in (("花名册", 3), ("课程表", 4), ("量化记录", 3), ("入学测试", 1)):
        for row in content[sheet][1:]:
            if chance.random() < 0.6:
                row[column] = full_width(str(row[column]))
    content["班次信息"].append(["量化方案", "４＋１"])


def shuffled_columns(content: Sheets, chance: Chance) -> None:
    for name, rows in content.items():
        if name != "班次信息":
            width = max(map(len, rows))
            order = chance.sample(range(width), width)
            rows[:] = [[(row + [None] * width)[at] for at in order] for row in rows]


def titles_above(content: Sheets, chance: Chance) -> None:
    for name, rows in content.items():
        if name != "班次信息":
            rows[:0] = [["某某班" + name]] * chance.randint(0, 4)


def blank_rows(content: Sheets, chance: Chance) -> None:
    for name, rows in content.items():
        for _ in range(3):
            at = chance.randint(1, len(rows))
            rows.insert(at, [None, "　", " "] if name == "班次信息" else [None, None, " ", "\u3000"])


def serial_only_rows(content: Sheets, chance: Chance) -> None:
    content["花名册"] += [[6], [7], [None], ["８"]]


def white_space_in_names(content: Sheets, chance: Chance) -> None:
    for sheet in ("花名册", "考勤", "量化记录", "入学测试", "结业考试"):
        for row in content[sheet]:
            for at, value in enumerate(row):
                if value in NAMES and chance.random() < 0.7:
                    gap = chance.choice([" ", "　", "  "])
                    row[at] = f" {gap.join(value)}　" if len(value) <= 3 else value.replace("·", chance.choice("·•・"))


def white_space_in_headers(content: Sheets, chance: Chance) -> None:
    for rows in content.values():
        rows[0] = [
            chance.choice(["　", "\n", " "]).join(c) if isinstance(c, str) and len(c) < 6 else c for c in rows[0]
        ]
    content["班次信息"] = [[f" {item[:2]}　{item[2:]} ", value] for item, value in sheets()["班次信息"]]


def sheets_in_any_order(content: Sheets, chance: Chance) -> None:
    names = chance.sample(list(content), len(content))
    moved = {" ".join(name) if chance.random() < 0.5 else name: content[name] for name in names}
    content.clear()
    content.update(moved)


def facts_in_any_order(content: Sheets, chance: Chance) -> None:
    chance.shuffle(content["班次信息"])


def other_words_for_marks(content: Sheets, chance: Chance) -> None:
    words: dict[str | None, list[str | None]] = {
        "√": [None, "√", "✓", "到", "出勤", " √ "],
        None: [None, "", "到"],
        "迟": ["迟", "迟到 "],
    }
    for row in content["考勤"][1:]:
        row[1:] = [chance.choice(words[mark]) for mark in row[1:]]


def binary_neighbours(content: Sheets, chance: Chance) -> None:
    content["量化记录"][5][3] = 8.300000000000001


def short_names_of_units(content: Sheets, chance: Chance) -> None:
    names = {"云岭市财政局": "市财政局", "市发改局": "云岭市发展和改革局", "清溪县委办": "清溪县委办公室"}
    for row in content["花名册"][1:]:
        row[4] = names.get(row[4], f" {row[4]}　")


def answers_in_any_form(content: Sheets, chance: Chance) -> None:
    for row in content["结业考试"][3:]:
        row[1], row[2] = chance.choice(["a", "Ａ", " A "]), chance.choice(["DB", "b,d", "B、D", "Ｂ；ｄ", "D B", "B/D"])


def rows_of_no_paper(content: Sheets, chance: Chance) -> None:
    content["结业考试"].append(["王芳", None, "", " "])
    content["入学测试"].append(["张伟", None])


def unknown_sheets_and_columns(content: Sheets, chance: Chance) -> None:
    content["备注"] = [["此表无关", Formula("=1")]]
    content["花名册"][0].append("备注")
    content["花名册"][2].append("外地" * 100)
    content["考勤"][0] += ["备注", "单位"]
    content["考勤"][1] += [None, "市财政局"]


def repeated_headers(content: Sheets, chance: Chance) -> None:
    for name in ("花名册", "量化记录", "考勤"):
        content[name].insert(3, list(content[name][0]))


# The ways that change cells know the tidy places, so they come first, in any order; then those that move cells.
CELLS: list[Callable[[Sheets, Chance], None]] = [
    other_forms_of_dates, wide_digits, white_space_in_names, other_words_for_marks, binary_neighbours,
    short_names_of_units, answers_in_any_form,
]  # fmt: skip
PLACES: list[Callable[[Sheets, Chance], None]] = [
    unknown_sheets_and_columns, rows_of_no_paper, serial_only_rows, white_space_in_headers, facts_in_any_order,
    repeated_headers, blank_rows, titles_above, shuffled_columns, sheets_in_any_order,
]  # fmt: skip
WAYS = CELLS + PLACES


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_way_leaves_the_book_as_it_is(way: Callable[[Sheets, Chance], None]):
    content = sheets()
    way(content, random.Random(7))
    assert book_of(content) == TIDY


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_all_ways_together_leave_the_book_as_it_is(seed: int):
    chance = random.Random(seed)
    content = sheets()
    for way in chance.sample(CELLS, len(CELLS)):
        way(content, chance)
    for way in PLACES:
        if chance.random() < 0.8:
            way(content, chance)
    assert book_of(content) == TIDY


# --- exact values -------------------------------------------------------------------------------------------------


def test_what_is_read_exactly():
    assert TIDY.facts.start == datetime.date(2026, 3, 2)
    assert TIDY.facts.scheme == "4+1"
    assert [row.label for row in TIDY.roster] == NAMES
    assert [row.id_number for row in TIDY.roster] == IDS
    assert [row.unit.name for row in TIDY.roster][1] == "云岭市发展和改革局"
    assert [row.row for row in TIDY.roster] == [2, 3, 4, 5, 6]
    assert TIDY.attendance is not None
    assert TIDY.attendance.marks == (
        MarkRow("张伟", SessionKey(datetime.date(2026, 3, 2), Period.AFTERNOON), Mark.LATE),
    )
    assert TIDY.entries is not None
    assert [(row.person, row.points, row.rating) for row in TIDY.entries] == [
        ("张伟", Decimal("1.00"), ""),
        ("张伟", Decimal("1.00"), ""),
        ("王芳", Decimal("15.00"), "优"),
        ("刘𬭎", Decimal("-1.50"), ""),
        ("龚䶮", Decimal("8.30"), ""),
    ]
    assert TIDY.entry_exam is not None and not TIDY.entry_exam.by_answers
    assert TIDY.final_exam is not None
    assert [(q.number, q.key, q.points) for q in TIDY.final_exam.questions] == [
        (1, "A", Decimal(2)),
        (2, "BD", Decimal(4)),
        (3, "C", Decimal(4)),
    ]
    assert {row.answers for row in TIDY.final_exam.answers} == {("A", "BD", "")}
    assert TIDY.satisfaction is not None
    assert TIDY.satisfaction.counts == ((2, 0, 0, 0), (0, 2, 0, 0), (0, 1, 1, 0), (0, 1, 0, 1))


@pytest.mark.parametrize("sheet", ["考勤", "量化记录", "入学测试", "结业考试", "满意度"])
def test_a_sheet_that_is_not_there_is_none(sheet: str):
    content = sheets()
    del content[sheet]
    book = book_of(content)
    kept = [book.attendance, book.entries, book.entry_exam, book.final_exam, book.satisfaction]
    assert [part is None for part in kept].count(True) == 1


def test_a_second_session_of_a_half_day_has_a_number():
    content = sheets()
    content["课程表"].append([datetime.datetime(2026, 3, 2), "上午②", "研讨", "理论教育", 0.5, None, None])
    for row, value in zip(content["考勤"], ["3月2日上午②", "病", None, None, None, None], strict=True):
        row.append(value)
    rehearsal = rehearse_here(content)
    assert rehearsal.book is not None and rehearsal.book.attendance is not None
    second = SessionKey(datetime.date(2026, 3, 2), Period.MORNING, 2)
    assert rehearsal.book.attendance.marks[0] == MarkRow("龚䶮", second, Mark.SICK)
    assert [fault.code for fault in rehearsal.warnings] == ["too_many_hours"]


def longer_than_a_year() -> Sheets:
    content = copy.deepcopy(sheets())
    content["班次信息"][5][1] = datetime.datetime(2027, 3, 31)
    content["课程表"][2][:2] = [datetime.datetime(2027, 3, 2), "上午"]
    return content


def test_headings_need_the_year_where_a_class_is_longer_than_one():
    content = longer_than_a_year()
    content["考勤"][0][1:3] = ["2026年3月2日上午", "2027年3月2日上午"]
    assert len(book_of(content).recorded) == 4
    content["考勤"][0][1] = "3月2日上午"
    (fault,) = rehearse_here(content).errors
    assert fault.code == "orphan_column" and "请写上年份" in fault.message


def test_merged_titles_and_hidden_rows(tmp_path: Any):
    import io

    import openpyxl

    from tests.assessments.workbook.samples import save

    content = sheets()
    content["花名册"].insert(0, ["花 名 册"])
    workbook = openpyxl.load_workbook(io.BytesIO(save(content)))
    workbook["花名册"].merge_cells("A1:F1")
    workbook["花名册"].row_dimensions[4].hidden = True
    workbook["考勤"].sheet_state = "veryHidden"
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert book_of(buffer.getvalue()) == TIDY


@pytest.mark.parametrize("number", [0.5, "0.5", "０．５", 2, "2.0"])
def test_hours_in_any_form(number: object):
    content = sheets()
    content["课程表"][4][4] = number
    assert book_of(content).sessions[3].hours in (Decimal("0.5"), Decimal(2))


def test_points_of_bonus_and_veto():
    content = sheets()
    content["量化记录"] += [
        [datetime.datetime(2026, 3, 3), "王芳", "加分项", 500, None, None],
        [datetime.datetime(2026, 3, 3), "王芳", "否决项", None, "作弊", None],
        [datetime.datetime(2026, 3, 3), "王芳", "否决项", 0, "作弊", None],
    ]
    rows = (book_of(content).entries or ())[-3:]
    assert [row.points for row in rows] == [Decimal(500), None, Decimal(0)]


def test_a_record_outside_the_class_is_no_fault():
    content = sheets()
    content["量化记录"][1][0] = "2026-04-30"
    assert (book_of(content).entries or ())[0].date == datetime.date(2026, 4, 30)


def test_a_roster_of_one_and_a_suggestion_alone():
    content = sheets()
    content["满意度"].append([None, None, None, None, "=1+1"])
    satisfaction = book_of(content).satisfaction
    assert satisfaction is not None
    assert "=1+1" in satisfaction.suggestions
    assert satisfaction.answers == 2
