"""Every fault of CLASS_WORKBOOK.md §2: one change to a faultless workbook, and exactly what must be told."""

import copy
import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tests.assessments.workbook.samples import IDS, NAMES, Formula, Sheets, id_number, rehearse_here, sheets, told

Change = Callable[[Sheets], Any]
Told = list[tuple[str, int | None, str | None, str]]


def put(sheet: str, row: int, column: int, value: Any) -> Change:
    """A change of one cell, by Excel's numbers."""

    def change(content: Sheets) -> None:
        rows = content[sheet]
        while len(rows) < row:
            rows.append([])
        rows[row - 1].extend([None] * (column - len(rows[row - 1])))
        rows[row - 1][column - 1] = value

    return change


def add(sheet: str, *row: Any) -> Change:
    return lambda content: content[sheet].append(list(row))


def drop(sheet: str, row: int) -> Change:
    return lambda content: content[sheet].pop(row - 1)


def drop_column(sheet: str, column: int) -> Change:
    def change(content: Sheets) -> None:
        for row in content[sheet]:
            del row[column - 1 : column]

    return change


def changed(*changes: Change) -> Sheets:
    content = copy.deepcopy(sheets())
    for change in changes:
        change(content)
    return content


def day(month: int, number: int, year: int = 2026) -> datetime.datetime:
    return datetime.datetime(year, month, number)


WRONG_CHECK = IDS[0][:17] + ("1" if IDS[0][17] != "1" else "2")

CASES: dict[str, tuple[list[Change], Told]] = {
    "no change": ([], []),
    # A required sheet, column or fact missing or empty.
    "sheet 班次信息 missing": ([lambda c: c.pop("班次信息")], [("班次信息", None, None, "missing_sheet")]),
    "sheet 花名册 missing": ([lambda c: c.pop("花名册")], [("花名册", None, None, "missing_sheet")]),
    "sheet 课程表 missing": ([lambda c: c.pop("课程表")], [("课程表", None, None, "missing_sheet")]),
    "sheet 花名册 empty": ([lambda c: c.update(花名册=[])], [("花名册", None, None, "missing_sheet")]),
    "sheet 花名册 only a header": (
        [lambda c: c.update(花名册=c["花名册"][:1])],
        [("花名册", None, None, "missing_sheet"), ("考勤", 2, "姓名", "unknown_trainee")][:1],
    ),
    "column 单位 missing": ([drop_column("花名册", 5)], [("花名册", None, None, "missing_column")]),
    "column 姓名 missing": ([drop_column("花名册", 2)], [("花名册", None, None, "missing_column")]),
    "column 日期 missing": ([drop_column("课程表", 1)], [("课程表", None, None, "missing_column")]),
    "column 分值 missing": ([drop_column("量化记录", 4)], [("量化记录", None, None, "missing_column")]),
    "column 培训管理 missing": ([drop_column("满意度", 3)], [("满意度", None, None, "missing_column")]),
    "paper without questions or 得分": ([put("入学测试", 1, 2, "分数")], [("入学测试", None, None, "missing_column")]),
    "header on the sixth row": (
        [lambda c: c["课程表"].__setitem__(slice(0, 0), [["标题"]] * 5)],
        [("课程表", None, None, "missing_column")] * 4,
    ),
    "fact missing": ([drop("班次信息", 4)], [("班次信息", None, None, "missing_fact")]),
    "fact empty": ([put("班次信息", 4, 2, "　 ")], [("班次信息", 4, "主办单位", "missing_fact")]),
    "course name empty": ([put("课程表", 3, 3, None)], [("课程表", 3, "课程名称", "missing_fact")]),
    "duplicate known column": (
        [put("花名册", 1, 7, "姓　名")],
        [("花名册", 1, "姓名", "duplicate_column")],
    ),
    # Facts.
    "end before start": ([put("班次信息", 6, 2, day(3, 1))], [("班次信息", 6, "结束日期", "bad_period")]),
    "fact no date": ([put("班次信息", 5, 2, "三月二日")], [("班次信息", 5, "开始日期", "bad_date")]),
    "fact far in the future": ([put("班次信息", 6, 2, day(3, 6, 2029))], [("班次信息", 6, "结束日期", "bad_date")]),
    "unknown scheme": ([add("班次信息", "量化方案", "5+2")], [("班次信息", 7, "量化方案", "unknown_scheme")]),
    # Roster.
    "unknown unit": ([put("花名册", 3, 5, "不存在的单位")], [("花名册", 3, "单位", "unknown_unit")]),
    "unit empty": ([put("花名册", 3, 5, None)], [("花名册", 3, "单位", "unknown_unit")]),
    "missing ID": ([put("花名册", 3, 4, " ")], [("花名册", 3, "身份证号", "missing_id")]),
    "15 digits": ([put("花名册", 3, 4, "110105491231002")], [("花名册", 3, "身份证号", "bad_id_form")]),
    "15 digits as a number": ([put("花名册", 3, 4, 110105491231002)], [("花名册", 3, "身份证号", "bad_id_form")]),
    "letters": ([put("花名册", 3, 4, "99000019810101012A")], [("花名册", 3, "身份证号", "bad_id_form")]),
    "Arabic digits": ([put("花名册", 3, 4, "٩" + IDS[1][1:])], [("花名册", 3, "身份证号", "bad_id_form")]),
    "space inside": ([put("花名册", 3, 4, IDS[1][:6] + " " + IDS[1][6:])], [("花名册", 3, "身份证号", "bad_id_form")]),
    "zero-width inside": ([put("花名册", 3, 4, IDS[1] + "\u200b0")], [("花名册", 3, "身份证号", "bad_id_form")]),
    "impossible birth": ([put("花名册", 3, 4, id_number("19750231"))], [("花名册", 3, "身份证号", "bad_id_birth")]),
    "born in the future": ([put("花名册", 3, 4, id_number("20300101"))], [("花名册", 3, "身份证号", "bad_id_birth")]),
    "wrong check digit": ([put("花名册", 2, 4, WRONG_CHECK)], [("花名册", 2, "身份证号", "bad_id_check_digit")]),
    "number of Excel": ([put("花名册", 3, 4, 9.9010119900307e17)], [("花名册", 3, "身份证号", "scientific_id")]),
    "number of Excel as text": ([put("花名册", 3, 4, "9.9E+17")], [("花名册", 3, "身份证号", "scientific_id")]),
    "same ID": ([put("花名册", 4, 4, IDS[0]), put("花名册", 4, 3, None)], [("花名册", 4, "身份证号", "duplicate_id")]),
    "error value in the ID": ([put("花名册", 3, 4, "#N/A")], [("花名册", 3, "身份证号", "bad_id_form")]),
    "bidi in a name": (
        [put("花名册", 3, 2, "张\u202e伟")],
        [("花名册", 3, "姓名", "missing_name")],
    ),
    # Timetable.
    "date unreadable": ([put("课程表", 5, 1, "2026-13-03")], [("课程表", 5, "日期", "bad_date")]),
    "date without separators": ([put("课程表", 5, 1, "20260303")], [("课程表", 5, "日期", "bad_date")]),
    "date as a bare number": ([put("课程表", 5, 1, 46084)], [("课程表", 5, "日期", "bad_date")]),
    "date empty": ([put("课程表", 5, 1, None)], [("课程表", 5, "日期", "bad_date")]),
    "date in Chinese figures": ([put("课程表", 5, 1, "二〇二六年三月三日")], [("课程表", 5, "日期", "bad_date")]),
    "30 February": ([put("课程表", 5, 1, "2026/2/30")], [("课程表", 5, "日期", "bad_date")]),
    "period unreadable": ([put("课程表", 5, 2, "夜里")], [("课程表", 5, "时段", "bad_period_of_day")]),
    "period empty": ([put("课程表", 5, 2, None)], [("课程表", 5, "时段", "bad_period_of_day")]),
    "hours unreadable": ([put("课程表", 5, 5, "两")], [("课程表", 5, "学时", "bad_hours")]),
    "hours 3.3": ([put("课程表", 5, 5, 3.3)], [("课程表", 5, "学时", "bad_hours")]),
    "hours negative": ([put("课程表", 5, 5, -2)], [("课程表", 5, "学时", "bad_hours")]),
    "hours empty": ([put("课程表", 5, 5, None)], [("课程表", 5, "学时", "bad_hours")]),
    "session twice": (
        [put("课程表", 4, 1, day(3, 2)), put("课程表", 4, 2, "下午")],
        [("课程表", 4, "时段", "duplicate_session"), ("考勤", 1, "3月3日上午", "orphan_column")],
    ),
    "session outside": (
        [put("课程表", 4, 1, day(5, 1))],
        [("课程表", 4, "日期", "session_outside_class")],
    ),
    # Attendance.
    "column of no session": ([put("考勤", 1, 6, "3月4日上午")], [("考勤", 1, "3月4日上午", "orphan_column")]),
    "column that cannot be read": ([put("考勤", 1, 6, "三月四日上午")], [("考勤", 1, "三月四日上午", "orphan_column")]),
    "marks under a strange heading": (
        [put("考勤", 1, 6, "第五课"), put("考勤", 3, 6, "迟")],
        [("考勤", 1, "第五课", "orphan_column")],
    ),
    "column twice": ([put("考勤", 1, 6, "03月02日 上午①")], [("考勤", 1, "03月02日 上午①", "duplicate_column")]),
    "unknown mark": ([put("考勤", 3, 2, "溜")], [("考勤", 3, "3月2日上午", "attendance_code")]),
    "two marks": ([put("考勤", 3, 2, "迟早")], [("考勤", 3, "3月2日上午", "attendance_code")]),
    "two marks with a space": ([put("考勤", 3, 2, "√ √")], [("考勤", 3, "3月2日上午", "attendance_code")]),
    "a number": ([put("考勤", 3, 2, 1)], [("考勤", 3, "3月2日上午", "attendance_code")]),
    "trainee twice": ([add("考勤", "张　伟", "√")], [("考勤", 7, "姓名", "duplicate_trainee")]),
    "trainee not there": ([drop("考勤", 6)], [("考勤", None, None, "missing_trainee")]),
    "stranger": ([add("考勤", "查无此人", "√")], [("考勤", 7, "姓名", "unknown_trainee")]),
    "row without a name": ([add("考勤", None, "√")], [("考勤", 7, "姓名", "missing_name")]),
    # Process record.
    "stranger in two sheets": (
        [
            add("量化记录", day(3, 3), "查无此人", "课堂互动", 1),
            add("结业考试", "查无此人", "A"),
            add("入学测试", "查无此人", 8),
        ],
        [("量化记录", 7, "姓名", "unknown_trainee")],
    ),
    "unknown item": ([put("量化记录", 2, 3, "颜值")], [("量化记录", 2, "指标项", "unknown_item")]),
    "computed item": ([put("量化记录", 2, 3, "出勤情况")], [("量化记录", 2, "指标项", "unknown_item")]),
    "computed item 2": ([put("量化记录", 2, 3, "结业测试")], [("量化记录", 2, "指标项", "unknown_item")]),
    "item empty": ([put("量化记录", 2, 3, None)], [("量化记录", 2, "指标项", "unknown_item")]),
    "points no number": ([put("量化记录", 2, 4, "三分")], [("量化记录", 2, "分值", "bad_points")]),
    "points empty": ([put("量化记录", 2, 4, None)], [("量化记录", 2, "分值", "bad_points")]),
    "points NaN": ([put("量化记录", 2, 4, "NaN")], [("量化记录", 2, "分值", "bad_points")]),
    "points true": ([put("量化记录", 2, 4, True)], [("量化记录", 2, "分值", "bad_points")]),
    "points above": ([put("量化记录", 2, 4, 10.01)], [("量化记录", 2, "分值", "bad_points")]),
    "points below": ([put("量化记录", 2, 4, -10.01)], [("量化记录", 2, "分值", "bad_points")]),
    "rating below 0": ([put("量化记录", 4, 4, -1)], [("量化记录", 4, "分值", "bad_points")]),
    "report above 10": ([put("量化记录", 6, 4, 10.5)], [("量化记录", 6, "分值", "bad_points")]),
    "points too fine": ([put("量化记录", 2, 4, 1.005)], [("量化记录", 2, "分值", "bad_points")]),
    "word for another item": ([put("量化记录", 6, 4, "优")], [("量化记录", 6, "分值", "bad_points")]),
    "word that is none": ([put("量化记录", 4, 4, "优秀")], [("量化记录", 4, "分值", "bad_points")]),
    "record's date": ([put("量化记录", 2, 1, "上周")], [("量化记录", 2, "日期", "bad_date")]),
    "record without name": ([put("量化记录", 2, 2, None)], [("量化记录", 2, "姓名", "missing_name")]),
    "reason of 2,001 characters": ([put("量化记录", 2, 5, "字" * 2001)], [("量化记录", 2, "事由", "too_long")]),
    # Papers.
    "no key row": ([drop("结业考试", 2)], [("结业考试", None, None, "missing_key")]),
    "no points row": ([drop("结业考试", 3)], [("结业考试", None, None, "missing_key")]),
    "key of one question": ([put("结业考试", 2, 3, None)], [("结业考试", 2, "2", "missing_key")]),
    "key not A–H": ([put("结业考试", 2, 3, "BI")], [("结业考试", 2, "2", "answer_out_of_range")]),
    "points of one question": ([put("结业考试", 3, 3, "四")], [("结业考试", 3, "2", "bad_points")]),
    "answer Z": ([put("结业考试", 5, 2, "Z")], [("结业考试", 5, "1", "answer_out_of_range")]),
    "answer 1": ([put("结业考试", 5, 2, 1)], [("结业考试", 5, "1", "answer_out_of_range")]),
    "question twice": ([put("结业考试", 1, 5, "３")], [("结业考试", 1, "3", "duplicate_column")]),
    "trainee twice in a paper": ([add("结业考试", "张伟", "A")], [("结业考试", 8, "姓名", "duplicate_trainee")]),
    "score no number": ([put("入学测试", 3, 2, "缺考")], [("入学测试", 3, "得分", "bad_score")]),
    "score 101": ([put("入学测试", 3, 2, 101)], [("入学测试", 3, "得分", "bad_score")]),
    "score −1": ([put("入学测试", 3, 2, -1)], [("入学测试", 3, "得分", "bad_score")]),
    # Satisfaction.
    "unknown rating": ([put("满意度", 2, 2, "还行")], [("满意度", 2, "培训实施", "unknown_rating")]),
    # Formulas.
    "formula for a name": (
        [put("花名册", 3, 2, Formula("=A1"))],
        [("花名册", 3, "姓名", "formula_without_value")],
    ),
    "formula for points": (
        [put("量化记录", 2, 4, Formula("=1+1"))],
        [("量化记录", 2, "分值", "formula_without_value")],
    ),
    "formula for a mark": ([put("考勤", 3, 2, Formula("=B2"))], [("考勤", 3, "3月2日上午", "formula_without_value")]),
    "formula for a fact": (
        [put("班次信息", 1, 2, Formula("=B2"))],
        [("班次信息", 1, "班次名称", "formula_without_value")],
    ),
    "formula for an answer": ([put("结业考试", 5, 2, Formula("=B2"))], [("结业考试", 5, "1", "formula_without_value")]),
    "formula for a rating": (
        [put("满意度", 2, 2, Formula("=B2"))],
        [("满意度", 2, "培训实施", "formula_without_value")],
    ),
    "formula for a recorder": (
        [put("量化记录", 2, 6, Formula("=B2"))],
        [("量化记录", 2, "记录人", "formula_without_value")],
    ),
    "formula for a reason is none": ([put("量化记录", 2, 5, Formula("=B2"))], []),
    "formula for a suggestion is none": ([put("满意度", 2, 5, Formula('=HYPERLINK("x")'))], []),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_told_where_it_is_and_nothing_else(name: str):
    changes, expected = CASES[name]
    assert told(changed(*changes)) == expected


def test_every_code_of_the_page_is_tried():
    page = [
        "missing_sheet",
        "missing_column",
        "missing_fact",
        "bad_period",
        "unknown_scheme",
        "unknown_unit",
        "missing_name",
        "missing_id",
        "bad_id_form",
        "bad_id_birth",
        "bad_id_check_digit",
        "scientific_id",
        "duplicate_id",
        "ambiguous_name",
        "bad_date",
        "bad_period_of_day",
        "bad_hours",
        "duplicate_session",
        "session_outside_class",
        "orphan_column",
        "duplicate_column",
        "attendance_code",
        "duplicate_trainee",
        "missing_trainee",
        "unknown_trainee",
        "unknown_item",
        "bad_points",
        "missing_key",
        "answer_out_of_range",
        "bad_score",
        "unknown_rating",
        "formula_without_value",
    ]
    tried = {code for _, expected in CASES.values() for *_, code in expected} | {"ambiguous_name"}
    assert set(page) <= tried


def test_all_faults_are_collected_in_one_pass_in_the_order_of_the_page():
    spoiled = changed(*(CASES[name][0][0] for name in ("unknown rating", "unknown mark", "15 digits", "unknown unit")))
    assert told(spoiled) == [
        ("花名册", 3, "身份证号", "bad_id_form"),
        ("花名册", 3, "单位", "unknown_unit"),
        ("考勤", 3, "3月2日上午", "attendance_code"),
        ("满意度", 2, "培训实施", "unknown_rating"),
    ]


def test_a_message_reads_as_on_the_page():
    (fault,) = rehearse_here(changed(put("花名册", 2, 4, WRONG_CHECK))).errors
    assert fault.message == f"花名册 第2行 身份证号：校验位不符，应为 {IDS[0][17]}"
    assert fault.to_json() == {
        "sheet": "花名册",
        "row": 2,
        "column": "身份证号",
        "found": f"9****************{WRONG_CHECK[17]}",
        "message": fault.message,
        "code": "bad_id_check_digit",
        "follows": [],
    }


def test_sec_31_no_message_holds_an_id_number():
    texts = [
        f"{fault.message}{fault.found}"
        for changes, _ in CASES.values()
        for fault in rehearse_here(changed(*changes)).errors
    ]
    assert not [text for text in texts if any(number[:17] in text for number in (*IDS, WRONG_CHECK))]


def test_a_stranger_is_one_fault_with_the_number_of_further_places():
    (fault,) = rehearse_here(changed(*CASES["stranger in two sheets"][0])).errors
    assert "另有 2 处" in fault.message


def test_an_unknown_unit_is_told_with_the_nearest_names():
    (fault,) = rehearse_here(changed(put("花名册", 3, 5, "云岭财审局"))).errors
    assert "云岭市财政局" in fault.message and "云岭市审计局" in fault.message


def test_b11_the_later_row_of_one_id_names_the_first():
    (fault,) = rehearse_here(changed(*CASES["same ID"][0])).errors
    assert "第2行" in fault.message


# --- people of one name -------------------------------------------------------------------------------------------


def two_of_one_name(first: str, second: str) -> list[Change]:
    """张伟 (row 3) and 王芳 (row 6) both become 王伟, written so on the roster."""
    return [put("花名册", 3, 2, first), put("花名册", 6, 2, second)]


def everywhere(old: str, new: str) -> Change:
    def change(content: Sheets) -> None:
        for sheet in ("考勤", "量化记录", "入学测试", "结业考试"):
            for row in content[sheet]:
                row[:] = [new if cell == old else cell for cell in row]

    return change


TAILS = IDS[1][-4:], IDS[4][-4:]


def test_two_of_one_name_with_suffixes_everywhere_are_no_fault():
    first, second = (f"王伟({tail})" for tail in TAILS)
    rehearsal = rehearse_here(
        changed(
            *two_of_one_name(f"王伟（{TAILS[0]}）", f"王 伟({TAILS[1].lower()})"),
            everywhere("张伟", f"王伟（{TAILS[0]}）"),
            everywhere("王芳", second),
        )
    )
    assert rehearsal.errors == ()
    assert rehearsal.book is not None
    assert [row.label for row in rehearsal.book.roster] == ["龚䶮", first, "刘𬭎", "阿依古丽·买买提", second]
    assert {row.person for row in rehearsal.book.entries or ()} == {"龚䶮", "刘𬭎", first, second}


def test_two_of_one_bare_name_are_one_fault_at_the_later_row():
    content = changed(*two_of_one_name("王伟", "王　伟"), everywhere("张伟", "王伟"), everywhere("王芳", "王伟"))
    assert told(content) == [("花名册", 6, "姓名", "ambiguous_name")]


def test_of_two_the_one_without_a_suffix_is_at_fault():
    content = changed(
        *two_of_one_name("王伟", f"王伟({TAILS[1]})"),
        everywhere("张伟", "王伟"),
        everywhere("王芳", f"王伟({TAILS[1]})"),
    )
    assert told(content) == [("花名册", 3, "姓名", "ambiguous_name")]


def test_a_bare_name_of_two_elsewhere_is_one_fault():
    first, second = (f"王伟({tail})" for tail in TAILS)
    content = changed(*two_of_one_name(first, second), everywhere("王芳", second))
    content["考勤"][2][0] = first
    content["量化记录"][1][1] = content["量化记录"][2][1] = "王伟"
    content["入学测试"][2][0] = content["结业考试"][4][0] = first
    assert told(content) == [("量化记录", 2, "姓名", "ambiguous_name")]


def test_a_suffix_that_is_not_the_id_numbers():
    content = changed(put("花名册", 3, 2, "张伟(0000)"))
    assert ("花名册", 3, "姓名", "ambiguous_name") in told(content)


def test_a_unique_name_may_be_written_with_and_without_suffix():
    assert told(changed(everywhere("张伟", f"张伟({TAILS[0]})"))) == []
    assert told(changed(put("花名册", 3, 2, f"张伟({TAILS[0]})"))) == []


# --- what only follows from another fault ---------------------------------------------------------------------------


def follows(content: Sheets) -> list[tuple[str, list[tuple[str, int | None, str]]]]:
    return [
        (fault.code, [(f.place.sheet, f.place.row, f.code) for f in fault.follows])
        for fault in rehearse_here(content).errors
    ]


def test_strangers_of_考勤_follow_from_a_row_without_a_name():
    """With all their records and papers; the record of somebody who has no row in 考勤 is an error of its own."""
    content = changed(put("花名册", 3, 2, None), add("量化记录", day(3, 3), "查无此人", "课堂互动", 1))
    assert follows(content) == [("missing_name", [("考勤", 3, "unknown_trainee")]), ("unknown_trainee", [])]


def test_a_wrong_cell_in_such_a_row_is_always_an_error_of_its_own():
    content = changed(put("花名册", 3, 2, None), put("考勤", 3, 2, "溜"), put("量化记录", 2, 4, "三"))
    assert follows(content) == [
        ("missing_name", [("考勤", 3, "unknown_trainee")]),
        ("attendance_code", []),
        ("bad_points", []),
    ]


def test_without_a_nameless_row_a_stranger_is_an_error_even_with_a_row_in_考勤():
    assert follows(changed(add("考勤", "查无此人"))) == [("unknown_trainee", [])]


def test_the_column_of_a_session_outside_the_class_follows_from_it():
    content = changed(put("课程表", 4, 1, day(1, 1, 2031)))
    assert follows(content) == [("session_outside_class", [("考勤", 1, "orphan_column")])]


def test_a_wrong_mark_in_such_a_column_is_an_error_of_its_own():
    content = changed(put("课程表", 4, 1, day(1, 1, 2031)), put("考勤", 3, 4, "溜"))
    assert follows(content) == [
        ("session_outside_class", [("考勤", 1, "orphan_column")]),
        ("attendance_code", []),
    ]


def test_a_column_of_another_period_does_not_follow():
    content = changed(put("课程表", 4, 1, day(1, 1, 2031)), put("考勤", 1, 6, "3月4日下午"))
    assert follows(content) == [("session_outside_class", [("考勤", 1, "orphan_column")]), ("orphan_column", [])]


def test_a_column_headed_with_the_outside_date_is_that_sessions_column():
    content = changed(put("课程表", 4, 1, day(1, 1, 2031)), put("考勤", 1, 4, "2031年1月1日上午"))
    assert follows(content) == [("session_outside_class", [])]


def test_one_session_takes_one_column_the_likelier_one():
    content = changed(put("课程表", 4, 1, day(1, 1, 2031)))
    for row, value in zip(content["考勤"], ["12月31日上午", *[None] * 5], strict=True):
        row.insert(1, value)
    faults = rehearse_here(content).errors
    assert [(f.code, [g.place.column for g in f.follows]) for f in faults] == [
        ("session_outside_class", ["3月3日上午"]),
        ("orphan_column", []),
    ]


@pytest.mark.parametrize(("column", "value"), [(1, "三月三日"), (2, "夜里")])
def test_the_column_of_a_session_whose_time_cannot_be_read_follows_from_it(column: int, value: str):
    ((_, followers),) = follows(changed(put("课程表", 4, column, value)))
    assert followers == [("考勤", 1, "orphan_column")]


def test_the_column_of_a_session_that_took_anothers_time_follows_from_it():
    """Row 3 said 下午 and now says 上午, as row 2 does: the column of 下午 is left over."""
    assert follows(changed(put("课程表", 3, 2, "上午"))) == [("duplicate_session", [("考勤", 1, "orphan_column")])]


def test_without_a_roster_nobody_is_a_stranger():
    ((code, followers),) = follows(changed(lambda content: content.pop("花名册")))
    assert code == "missing_sheet"
    assert len(followers) == len(NAMES)


def test_without_a_timetable_no_column_is_an_orphan():
    ((code, followers),) = follows(changed(lambda content: content.pop("课程表")))
    assert (code, len(followers)) == ("missing_sheet", 4)


@pytest.mark.parametrize("number", [110105197506182038, 1.10105197506182e17, "1.10105E+17"])
def test_b09_an_id_that_excel_made_a_number_is_never_guessed(number: Any):
    rehearsal = rehearse_here(changed(put("花名册", 3, 4, number)))
    (fault,) = rehearsal.errors
    assert (fault.place.sheet, fault.place.row, fault.code) == ("花名册", 3, "scientific_id")
    assert "身份证号必须为文本" in fault.message
    assert rehearsal.book is None


SCORES = ["NaN", "inf", "1e400", "-0.001", "100.001", "٣", "9" * 5000, "60分", True]


@pytest.mark.parametrize("score", SCORES, ids=range(len(SCORES)))
def test_b25_what_is_no_score_is_a_fault(score: Any):
    assert told(changed(put("入学测试", 3, 2, score))) == [("入学测试", 3, "得分", "bad_score")]


@pytest.mark.parametrize(("score", "read"), [("１００", "100"), ("0", "0"), (0, "0"), ("59.5", "59.5"), (" 60 ", "60")])
def test_b25_a_score_is_read_exactly(score: Any, read: str):
    book = rehearse_here(changed(put("入学测试", 3, 2, score))).book
    assert book is not None and book.entry_exam is not None
    assert str(book.entry_exam.scores[1].score) == read


def test_b25_empty_is_not_nought():
    """Who has no score has no paper; who has nought has one."""
    empty = rehearse_here(changed(put("入学测试", 3, 2, None))).book
    nought = rehearse_here(changed(put("入学测试", 3, 2, 0))).book
    assert empty is not None and empty.entry_exam is not None and nought is not None and nought.entry_exam is not None
    assert len(nought.entry_exam.scores) == len(empty.entry_exam.scores) + 1
