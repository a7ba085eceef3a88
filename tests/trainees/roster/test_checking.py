"""Every cell of a roster that may be wrong: the exact faults by their places (QUALITY.md §5)."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from organization.models import UnitShortName
from tests.cast import build_units
from tests.trainees.roster.files import faults_of, number, plan_of, sheet_of
from trainees.roster.rehearsing import judge

pytestmark = pytest.mark.django_db
ONE = number(1)


@pytest.fixture
def place(city):
    """A row with nothing wrong, and the area."""
    row = {"姓名": "林知远", "身份证号": ONE, "单位": city.bureau.name, "任职时间": "2024-05-06"}
    return row, city.root


def test_a_plain_row_has_no_fault_and_says_what_it_says(place):
    row, area = place
    plan = plan_of(
        [row | {"性别": "男", "民族": "汉", "政治面貌": "党员", "职务层次": "正科级", "任职时间": "2024.05.06"}], area
    )
    assert plan.faults.faults == [] and len(plan.added) == 1
    read = plan.added[0]
    assert (read.name, read.sex, read.ethnic_group, read.political_status) == ("林知远", "1", "汉族", "中共党员")
    assert (read.post_level, read.since) == ("乡科级正职", date(2024, 5, 6))


BAD_NUMBERS = [
    (Decimal("110105197506182038"), "scientific_id"), ("1.10105E+17", "scientific_id"), (None, "missing_id"),
    (ONE[:-1] + ("0" if ONE[-1] != "0" else "1"), "bad_id_check_digit"), ("990001800501001", "bad_id_form"),
    (ONE[:6] + " " + ONE[6:], "bad_id_form"), ("٩٩٠٠٠١١٩٨٠٠٥٠١٠٠١X", "bad_id_form"), ("990001197502310019", "bad_id_birth"),
    ("990001203005010019", "bad_id_birth"), (ONE[:9] + "\u200b" + ONE[9:], "bad_id_form"), ("9" + "*" * 16 + "1", "bad_id_form"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "code"), BAD_NUMBERS)
def test_b09_b10_a_number_that_is_none_is_an_error_at_its_cell(place, written, code):
    row, area = place
    written = float(written) if isinstance(written, Decimal) else written
    assert faults_of([row | {"身份证号": written}], area) == [(code, 2, "身份证号")]


def test_b10_full_width_and_small_letters_are_read_with_a_notice(place):
    row, area = place
    ending = next(number(n) for n in range(1, 400, 2) if number(n).endswith("X"))
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in ending[:-1]) + "x"
    assert faults_of([row | {"身份证号": wide}], area) == [("id_normalised", 2, "身份证号")]
    assert plan_of([row | {"身份证号": wide}], area).added[0].number == ending


def test_b10_sex_is_the_numbers_word_and_a_birth_date_that_disagrees_is_an_error(place):
    row, area = place
    assert faults_of([row | {"性别": "女"}], area) == [("sex_disagrees", 2, "性别")]
    assert plan_of([row | {"性别": "女"}], area).added[0].sex == "1"
    heads = ("姓名", "身份证号", "单位", "任职时间", "出生日期")
    assert faults_of([row | {"出生日期": "1980.05"}], area, heads=heads) == []
    assert faults_of([row | {"出生日期": "1980-05-01"}], area, heads=heads) == []
    assert faults_of([row | {"出生日期": "1980.06"}], area, heads=heads) == [("birth_disagrees", 2, "出生日期")]


def test_b11_the_same_number_twice_in_one_file_is_an_error_at_the_later_row(place):
    row, area = place
    assert faults_of([row, row | {"姓名": "林致远"}], area) == [("duplicate_id", 3, "身份证号")]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"), ("阿卜杜拉・买买提", "阿卜杜拉·买买提"), ("林　知 远", "林知远"), ("𠮷", "𠮷"), ("䶮" * 30, "䶮" * 30),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"), ("@SUM(1)", "@SUM(1)"), (f"王伟({ONE[-4:]})", "王伟"),
    ],
)  # fmt: skip
def test_b20_b24_names_are_kept_in_their_one_written_form(place, written, found):
    row, area = place
    plan = plan_of([row | {"姓名": written}], area)
    assert plan.faults.faults == [] and plan.added[0].name == found


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("林\u202e知远", "bad_name"), ("林\u200b知远", "bad_name"), ("林\ufeff知远", "bad_name"), ("林\u2066知远", "bad_name"),
        ("林" * 101, "bad_name"), ("  ", "missing_name"), (None, "missing_name"), ("王伟(0000)", "bad_name"),
    ],
)  # fmt: skip
def test_b17_b18_names_that_are_none(place, written, code):
    row, area = place
    assert faults_of([row | {"姓名": written}], area) == [(code, 2, "姓名")]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (datetime(2024, 5, 6), date(2024, 5, 6)), ("2024-05-06", date(2024, 5, 6)), ("2024/5/6", date(2024, 5, 6)),
        ("2024年5月6日", date(2024, 5, 6)), ("1998.07", date(1998, 7, 1)), ("1998年7月", date(1998, 7, 1)),
    ],
)  # fmt: skip
def test_b16_days_that_are_read(place, written, day):
    row, area = place
    plan = plan_of([row | {"入党时间": written}], area)
    assert plan.faults.faults == [] and plan.added[0].party_since == day


@pytest.mark.parametrize(
    "written",
    [45000, "2024/2/30", "20240230", "2024.5", 2024.5, "二〇二四年五月", "9999-12-31", "0001-01-01", -5, "1939-12-31", "2029-01-01",
     "1980-05-01", "1979-01-01"],
)  # fmt: skip
def test_b16_days_that_are_not(place, written):
    row, area = place
    assert faults_of([row | {"入党时间": written}], area) == [("bad_date", 2, "入党时间")]


def test_nobody_takes_up_a_post_tomorrow(place):
    row, area = place
    assert faults_of([row | {"任职时间": "2026-06-02"}], area) == [("bad_date", 2, "任职时间")]


def test_a_unit_by_full_name_short_name_or_code_and_what_is_near(place, city):
    row, area = place
    UnitShortName.objects.create(unit=city.bureau, authority=city.root, name="史志中心")
    for written in (city.bureau.name, "史志中心", "yl01", " 云岭市 史志研究中心 "):
        assert plan_of([row | {"单位": written}], area).added[0].unit == city.bureau.pk
    assert faults_of([row | {"单位": "云岭市史志研究"}], area) == [("near_unit", 2, "单位")]
    assert faults_of([row | {"单位": "财政局"}], area) == [("unknown_unit", 2, "单位")]
    assert faults_of([row | {"单位": None}], area) == [("unknown_unit", 2, "单位")]


def test_an_unknown_unit_names_those_that_are_near(place, city):
    row, area = place
    fault = plan_of([row | {"单位": "云岭园林处"}], area).faults.faults[0]
    assert city.sibling.name in fault.text and fault.found == "云岭园林处"


def test_another_citys_unit_is_unknown_here(place):
    row, area = place
    assert faults_of([row | {"单位": build_units("望江").bureau.name}], area) == [("unknown_unit", 2, "单位")]


def test_words_of_closed_lists(place):
    row, area = place
    wrong = {"民族": "火星", "政治面貌": "不详", "性别": "未知", "状态": "上班", "手机号": "12345"}
    found = [("bad_word", 2, column) for column in ("性别", "民族", "政治面貌")]
    assert faults_of([row | wrong], area) == [*found, ("bad_phone", 2, "手机号"), ("bad_word", 2, "状态")]
    odd = {"职务层次": "管理七级", "职级": "七级职员"}
    assert faults_of([row | odd], area) == [("odd_word", 2, "职务层次"), ("odd_word", 2, "职级")]
    assert plan_of([row | odd], area).added[0].post_level == "管理七级"


@pytest.mark.parametrize("written", ["13900001234", 13900001234, "139 0000 1234", "１３９００００１２３４"])
def test_telephones_as_offices_write_them(place, written):
    row, area = place
    plan = plan_of([row | {"手机号": written}], area)
    assert plan.faults.faults == [] and plan.added[0].phone == "13900001234"


@pytest.mark.parametrize("written", ["1390000123", "٠١٢٣٤٥٦٧٨٩٠", "23900001234", "1.39E+10", "021-12345678"])
def test_what_is_no_mobile_number_is_not_repeated_in_the_fault(place, written):
    row, area = place
    plan = plan_of([row | {"手机号": written}], area)
    assert [str(fault.code) for fault in plan.faults.faults] == ["bad_phone"]
    assert written not in plan.faults.faults[0].found


def test_b14_headers_columns_and_rows_that_are_no_people(place):
    row, area = place
    heads = (" 姓 名\n", "身份证号", "单位", "任职时间", "备注")
    data = {" 姓 名\n": row["姓名"], "身份证号": ONE, "单位": row["单位"], "任职时间": "2024-05-06", "备注": "不读"}
    plan = judge(
        sheet_of([data, {}, {" 姓 名\n": "姓名"}], heads=heads),
        "a.xlsx",
        area,
        today=date(2026, 6, 1),
        day=date(2026, 6, 1),
    )
    assert plan.rows == 1 and len(plan.added) == 1
    assert faults_of([row], area, heads=("姓名", "单位")) == [("missing_column", None, None), ]  # fmt: skip
    double = judge(
        sheet_of([row], heads=("姓名", "身份证号", "单位", "单位", "任职时间")),
        "a.xlsx",
        area,
        today=date(2026, 6, 1),
        day=date(2026, 6, 1),
    )
    assert [str(fault.code) for fault in double.faults.faults] == ["duplicate_column"]


def test_b15_a_formula_without_a_result_is_an_error_at_its_cell(place):
    row, area = place
    assert faults_of([row | {"职务": "=A1&B1"}], area) == [("formula_without_value", 2, "职务")]


def test_b23_a_post_longer_than_is_stored_is_an_error(place):
    row, area = place
    assert faults_of([row | {"职务": "长" * 101}], area) == [("too_long", 2, "职务")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_b12_csv_in_every_encoding_that_offices_have(place, encoding):
    row, area = place
    text = f"姓名,身份证号,单位,任职时间\r\n龚䶮,{ONE},{row['单位']},2024-05-06\r\n"
    plan = judge(text.encode(encoding), "名册.CSV", area, today=date(2026, 6, 1), day=date(2026, 6, 1))
    assert plan.faults.faults == [] and plan.added[0].name == "龚䶮"


def test_all_faults_of_a_row_are_told_at_once_and_no_full_number_is(place):
    row, area = place
    bad = {"姓名": None, "身份证号": number(7)[:-1] + "Y", "单位": "无", "任职时间": "昨天", "手机号": "1", "状态": "?"}
    plan = plan_of([bad, row], area)
    assert {fault.place.row for fault in plan.faults.faults} == {2} and len(plan.faults.faults) == 6
    assert all(number(7)[:10] not in fault.found + fault.text for fault in plan.faults.faults)
    assert len(plan.added) == 1 and plan.has_errors


def test_a_number_in_a_column_where_it_does_not_belong_is_masked_too(place):
    row, area = place
    plan = plan_of([row | {"任职时间": number(7), "状态": f"在职{number(7)}"}], area)
    assert [fault.place.column for fault in plan.faults.faults] == ["任职时间", "状态"]
    assert number(7) not in str(plan.to_json()) and number(7)[0] + "*" * 16 in plan.faults.faults[0].found
