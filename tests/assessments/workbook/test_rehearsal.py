"""The three samples, warnings and notices, and that no workbook whatever makes the rehearsal fail."""

import datetime
import json
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.workbook.checking import CadreFacts, Clash
from assessments.workbook.rehearsal import rehearse
from core.sheets.refusal import FileRefused
from tests.assessments.workbook.samples import (
    DATA,
    IDS,
    SCHEMES,
    TODAY,
    Formula,
    Sheets,
    no_missing_characters,
    read_here,
    rehearse_here,
    save,
    sheets,
    units,
)


@pytest.mark.parametrize("name", ["clean", "untidy", "faulty"])
def test_the_samples_give_exactly_their_faults(name: str):
    expected = json.loads((DATA / f"class_{name}.expect.json").read_text(encoding="utf-8"))
    data = (DATA / f"class_{name}.xlsx").read_bytes()
    rehearsal = rehearse(data, units=units(), schemes=SCHEMES, missing_characters=no_missing_characters, today=TODAY)
    found = sorted((fault.place.sheet, fault.place.row, fault.code) for fault in rehearsal.errors)
    assert found == sorted((fault["sheet"], fault["row"], fault["kind"]) for fault in expected["faults"])
    assert rehearsal.warnings == ()
    if not expected["faults"]:
        assert rehearsal.book is not None
        assert [row.label for row in rehearsal.book.roster] == [row["name"] for row in expected["results"]]
        assert [row.id_number for row in rehearsal.book.roster] == [row["id_number"] for row in expected["results"]]
        assert [row.unit.name for row in rehearsal.book.roster] == [row["unit"] for row in expected["results"]]
        assert sum(row.hours for row in rehearsal.book.sessions) == int(expected["total_hours"])


def test_what_follows_in_the_faulty_sample_is_told_under_its_cause():
    rehearsal = rehearse_here((DATA / "class_faulty.xlsx").read_bytes())
    under = {fault.code: [f.code for f in fault.follows] for fault in rehearsal.errors if fault.follows}
    assert under == {"missing_name": ["unknown_trainee"], "session_outside_class": ["orphan_column"]}


def test_a_class_of_48_is_rehearsed_well_under_a_second():
    data = (DATA / "class_clean.xlsx").read_bytes()
    directory = units()
    started = time.monotonic()
    rehearse(data, units=directory, schemes=SCHEMES, missing_characters=no_missing_characters, today=TODAY)
    assert time.monotonic() - started < 15


def test_a_file_that_is_no_workbook_is_refused():
    with pytest.raises(FileRefused):
        rehearse(b"%PDF", units=units(), schemes=SCHEMES, missing_characters=no_missing_characters, today=TODAY)


# --- warnings -------------------------------------------------------------------------------------------------------


def warned(content: Sheets, **more: Any) -> list[tuple[str, int | None, str | None, str]]:
    rehearsal = rehearse_here(content, **more)
    assert rehearsal.errors == ()
    assert rehearsal.book is not None
    return [(f.place.sheet, f.place.row, f.place.column, f.code) for f in rehearsal.warnings]


def test_a_tidy_workbook_has_no_warning():
    assert warned(sheets()) == []


def test_sex_that_disagrees_with_the_id_number():
    content = sheets()
    content["花名册"][2][2] = "男" if content["花名册"][2][2] == "女" else "女"
    assert warned(content) == [("花名册", 3, "性别", "sex_disagrees")]


def test_a_near_unit_is_taken_with_a_warning():
    content = sheets()
    content["花名册"][1][4] = "云岭市财政局局"
    rehearsal = rehearse_here(content)
    assert [fault.code for fault in rehearsal.warnings] == ["near_unit"]
    assert rehearsal.book is not None
    assert rehearsal.book.roster[0].unit.name == "云岭市财政局"


def test_more_than_four_hours_in_a_half_day():
    content = sheets()
    content["课程表"][1][4] = 4.5
    assert warned(content) == [("课程表", 2, "学时", "too_many_hours")]


@pytest.mark.parametrize(
    ("categories", "codes"),
    [
        (("理论教育", "党性教育", "党性教育", "专业能力"), []),
        (("理论教育", "专业能力", "专业能力", "党性教育"), ["low_theory_share", "low_party_share"]),
        (("理论教育", "理论教育", "理论教育", "党性教育"), ["low_party_share"]),
        (("专业能力", "专业能力", "专业能力", None), []),
    ],
)
def test_shares_of_theory_and_party_spirit(categories: tuple[str | None, ...], codes: list[str]):
    """Hours 4, 3, 4, 2 of 13; nothing is said where a session has no category."""
    content = sheets()
    for row, category in zip(content["课程表"][1:], categories, strict=True):
        row[3] = category
    assert [code for *_, code in warned(content)] == codes


def test_exactly_seventy_and_twenty_per_cent_are_enough():
    content = sheets()
    # 10 hours: theory 5, party spirit 2, other 3.
    for row, hours, category in zip(
        content["课程表"][1:], (4, 1, 2, 3), ("理论教育", "理论教育", "党性教育", "专业能力"), strict=True
    ):
        row[3], row[4] = category, hours
    assert warned(content) == []


def test_a_sheet_in_which_nobody_ever_missed_anything():
    content = sheets()
    content["考勤"][2][2] = "√"
    assert warned(content) == [("考勤", None, None, "nobody_missed")]


def test_a_session_without_a_column_was_not_recorded():
    content = sheets()
    for row in content["考勤"]:
        del row[4]
    assert warned(content) == [("课程表", 5, "时段", "unrecorded_session")]
    del content["考勤"]
    assert warned(content) == []


def test_characters_that_no_font_has():
    content = sheets()
    content["花名册"][1][5] = "科长𪚥"
    (warning,) = rehearse_here(content, missing_characters=lambda text: [c for c in text if c == "𪚥"]).warnings
    assert (warning.place.row, warning.place.column, warning.code) == (2, "职务", "no_glyph")
    assert "字库无此字" in warning.message and "U+2A6A5" in warning.message


def test_a_clash_is_told_where_it_is():
    def clashes(sessions: Any) -> list[Clash]:
        return [Clash(sessions[1], "授课人", "王老师此时在另一班有课")]

    assert warned(sheets(), clashes=clashes) == [("课程表", 3, "授课人", "clash")]


# --- notices --------------------------------------------------------------------------------------------------------


def noticed(content: Sheets, **more: Any) -> list[tuple[str, int | None, str | None, str]]:
    rehearsal = rehearse_here(content, **more)
    assert rehearsal.errors == ()
    return [(f.place.sheet, f.place.row, f.place.column, f.code) for f in rehearsal.notices]


def test_unknown_sheets_and_columns_are_named():
    content = sheets()
    content["备 注"] = [["x"]]
    content["花名册"][0].append("籍贯")
    assert noticed(content) == [("花名册", 1, "籍贯", "unknown_column"), ("备 注", None, None, "unknown_sheet")]


def test_b10_full_width_numbers_are_read_with_a_notice():
    content = sheets()
    content["花名册"][1][3] = "".join(chr(ord(c) + 0xFEE0) for c in IDS[0])
    assert noticed(content) == [("花名册", 2, "身份证号", "id_normalised")]


def test_formulas_in_free_text_are_left_out_with_a_notice():
    content = sheets()
    content["满意度"][1][4] = Formula('=HYPERLINK("x")')
    content["量化记录"][1][4] = Formula("=1")
    assert noticed(content) == [
        ("量化记录", 2, "事由", "formula_left_out"),
        ("满意度", 2, "意见建议", "formula_left_out"),
    ]


def test_b11_new_cadres_and_facts_that_differ():
    asked: list[str] = []

    def cadres(numbers: Any) -> dict[str, CadreFacts]:
        asked.extend(numbers)
        return {IDS[0]: CadreFacts("龚䶮", unit="YL02", post="副科长"), IDS[1]: CadreFacts("张维", unit="YL02")}

    rehearsal = rehearse_here(sheets(), cadres=cadres)
    assert asked == IDS
    assert [(f.place.row, f.place.column, f.code) for f in rehearsal.notices] == [
        (2, "职务", "cadre_differs"),
        (3, "姓名", "cadre_differs"),
        (3, "单位", "cadre_differs"),
        (4, "姓名", "cadre_new"),
    ]


def test_an_empty_optional_sheet_means_zero_and_is_told():
    content = sheets()
    content["量化记录"] = content["量化记录"][:1]
    rehearsal = rehearse_here(content)
    assert rehearsal.book is not None and rehearsal.book.entries == ()
    assert [fault.code for fault in rehearsal.notices] == ["empty_sheet"]


# --- whatever stands in a cell --------------------------------------------------------------------------------------

GARBAGE: list[Any] = [
    None, "", " ", 0, -1, 1e300, 1e-300, 46083, 9.9e17, True, datetime.datetime(2026, 3, 2), datetime.datetime(1900, 1, 1),
    datetime.time(9, 30), datetime.timedelta(hours=30), "=1+1", Formula("=1"), Formula('=HYPERLINK("x")'), "#N/A", "NaN",
    "1e400", "٣", "１００", "100.001", "5" * 5000, "字" * 8000, "张\u202e三", "\u200b", "\ufeff张伟", "<script>alert(1)</script>",
    "{{7*7}}", "0001-01-01", "9999-12-31", "2026-02-30", "上午", "优", "标准答案", "分值", "示例", "姓名", "王伟(002X)", "()",
    "3月2日上午", "2月30日上午", "13月1日上午", "ABCDEFGH", "云岭市", "；、;", "𪚥", "e\u0301", "\U000e0100", "Ａ", "²", "①",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 12),
    st.sampled_from(GARBAGE) | st.text(max_size=20) | st.floats(allow_nan=False),
)
def test_random_garbage_gives_errors_or_a_book_never_a_crash(seed: int, places: int, value: Any):
    """And a book never holds a person who is not on its roster, nor a session twice."""
    chance = random.Random(seed)
    content = sheets()
    for _ in range(places):
        rows = content[chance.choice(list(content))]
        row = chance.choice(rows)
        if row:
            row[chance.randrange(len(row))] = value if chance.random() < 0.5 else chance.choice(GARBAGE)
    content = {name: [[_writable(cell) for cell in row] for row in rows] for name, rows in content.items()}
    rehearsal = rehearse_here(content)
    assert (rehearsal.book is None) == bool(rehearsal.errors)
    json.dumps(rehearsal.to_json(), ensure_ascii=False).encode("utf-8", "surrogatepass")
    if rehearsal.book is not None:
        book = rehearsal.book
        labels = {row.label for row in book.roster}
        assert len(labels) == len(book.roster) == len({row.id_number for row in book.roster})
        assert {row.person for row in book.entries or ()} <= labels
        assert {row.person for row in book.attendance.marks if book.attendance} <= labels if book.attendance else True
        assert len({row.key for row in book.sessions}) == len(book.sessions)
        assert all(book.facts.start <= row.key.date <= book.facts.end for row in book.sessions)


def _writable(value: Any) -> Any:
    """openpyxl itself refuses control characters, which a hostile file holds as escapes."""
    if not isinstance(value, str):
        return value
    return "".join(c for c in value if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")[:32_000]


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["花名册", "课程表", "考勤", "量化记录", "入学测试", "满意度", "班次信息", "别的"]),
        st.lists(st.lists(st.sampled_from(GARBAGE), max_size=6), max_size=8),
        min_size=1,
    )
)
def test_sheets_of_nothing_but_garbage(content: dict[str, list[list[Any]]]):  # fmt: skip
    content = {name: [[_writable(cell) for cell in row] for row in rows] for name, rows in content.items()}
    assert rehearse_here(content).errors


def test_rehearsing_twice_tells_the_same():
    data = save(sheets())
    assert read_here(data) == read_here(data)
    assert rehearse_here(data) == rehearse_here(data)


def test_a_sheet_of_wrong_marks_is_told_within_seconds_and_not_without_end():
    content = sheets()
    content["考勤"] = [["姓名", *(f"3月{day}日上午" for day in range(1, 29))], *[["张伟", *["溜"] * 28]] * 400]
    started = time.monotonic()
    rehearsal = rehearse_here(content)
    assert time.monotonic() - started < 30
    assert len(rehearsal.errors) == 5_000
    assert [fault.code for fault in rehearsal.notices] == ["faults_left_out"]


def test_thousands_of_strangers_are_told_within_seconds():
    content = sheets()
    content["花名册"][1:] = [[n, None, None, "1", f"单位{n}"] for n in range(1_000)]
    content["考勤"][1:] = [[f"学员{n}号"] for n in range(1_000)]
    started = time.monotonic()
    rehearsal = rehearse_here(content)
    assert time.monotonic() - started < 30
    assert sum(1 for fault in rehearsal.errors if fault.follows) == 1_000
