"""成绩汇总: columns, decimals, masks, formulas (CLASS_WORKBOOK.md §4, SEC-26)."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest

from reports.summary import summary_csv, summary_xlsx, without_formula
from tests.reports.story import MAXIMA, a_class, give_result, id_number
from training.models import Enrolment

pytestmark = pytest.mark.django_db

HEAD = [
    "姓名",
    "身份证号",
    "单位",
    "出勤情况",
    "纪律建设",
    "学习作业",
    "班务与支部活动",
    "小组履职",
    "内务与廉洁",
    "课堂互动",
    "研讨交流",
    "结业测试",
    "调研报告",
    "常规项合计",
    "加分项",
    "总分",
    "等次",
    "名次",
    "优秀学员人选",
    "请假学时",
    "实到学时",
    "入学测试",
    "结业考试",
]


@pytest.fixture
def roster():
    """The class's people by name, all with a result; the second cannot be assessed, the third is 退学."""
    made = a_class([("陈一", "YL06"), ("=cmd|1", "YL01"), ("龚䶮", "YL01")])
    people = {enrolment.roster_name: enrolment for enrolment in Enrolment.objects.of_class(made)}
    give_result(people["陈一"], candidate="是")
    give_result(
        people["=cmd|1"], points=dict.fromkeys([*MAXIMA, "加分项"]) | {"结业测试": "13.00"}, base=Decimal("13.00"),
        bonus=None, total=Decimal("13.00"), grade="未评定", rank=None, leave_hours=None, attended_hours=None,
        entry_score=None,
    )  # fmt: skip
    give_result(people["龚䶮"], grade="退学", rank=None, candidate="", bonus=Decimal("-1.25"))
    return people


@pytest.fixture
def training_class(roster):
    return roster["陈一"].training_class


def printed(training_class):
    return openpyxl.load_workbook(io.BytesIO(summary_xlsx(training_class))).active


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_csv_has_exactly_these_columns_and_a_byte_order_mark(training_class):
    data = summary_csv(training_class)
    assert data.startswith(b"\xef\xbb\xbf")
    assert rows_of(data)[0] == HEAD


def test_a_row_in_full(training_class):
    masked = id_number(1)[0] + "*" * 16 + id_number(1)[-1]
    assert rows_of(summary_csv(training_class))[1] == [
        "陈一", masked, "云岭市审计局", "15.00", "10.00", "5.00", "8.00", "6.00", "6.00", "9.00", "15.00", "15.00", "10.00",
        "99.00", "2.50", "101.50", "优秀", "1", "是", "4.00", "72.00", "58.00", "86.67",
    ]  # fmt: skip


def test_what_was_not_assessed_stays_empty(training_class):
    row = dict(zip(HEAD, rows_of(summary_csv(training_class))[2], strict=True))
    assert row["结业测试"] == row["常规项合计"] == row["总分"] == "13.00"
    empty = ["出勤情况", "课堂互动", "加分项", "名次", "优秀学员人选", "请假学时", "实到学时", "入学测试"]
    assert [row[column] for column in empty] == [""] * len(empty)
    assert row["等次"] == "未评定"


def test_a_trainee_who_dropped_out_has_points_but_no_rank(training_class):
    row = dict(zip(HEAD, rows_of(summary_csv(training_class))[3], strict=True))
    assert (row["等次"], row["名次"], row["总分"], row["加分项"]) == ("退学", "", "101.50", "-1.25")


def test_no_id_number_in_full_leaves(training_class):
    cells = [str(cell.value) for row in printed(training_class).iter_rows() for cell in row]
    for text in [summary_csv(training_class).decode(), " ".join(cells)]:
        assert id_number(1)[:1] + "*" * 16 in text
        assert not any(id_number(serial)[1:17] in text for serial in (1, 2, 3))


def test_somebody_struck_off_the_roster_is_not_in_it(training_class, roster):
    Enrolment.objects.filter(pk=roster["陈一"].pk).update(state=Enrolment.State.WITHDRAWN)
    assert [row[0] for row in rows_of(summary_csv(training_class))[1:]] == ["'=cmd|1", "龚䶮"]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\u200b=1", "＝1", "＋1", "－1", "＠x", "\rx", "\nx"]
)
def test_sec_26_a_text_that_looks_like_a_formula_is_quoted(text):
    assert without_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["", "陈一", "a=1", "3-1", "·买买提", "'x"])
def test_sec_26_other_texts_are_left_alone(text):
    assert without_formula(text) == text


def test_sec_26_the_workbook_holds_texts_and_numbers_and_no_formula(training_class):
    sheet = printed(training_class)
    types = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert types <= {"s", "n"}
    first, second = [cell.value for cell in sheet[4]], [cell.value for cell in sheet[5]]
    assert [cell.value for cell in sheet[3]] == HEAD
    assert (first[0], first[9], first[15], first[17]) == ("陈一", 9, 101.5, 1)
    assert (second[0], second[3]) == ("=cmd|1", None)
    assert sheet["D4"].number_format == "0.00"


def test_the_workbook_prints_on_a4_across_with_its_head_on_every_page(training_class):
    sheet = printed(training_class)
    assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # 1 is the format's default
    assert sheet.print_title_rows == "$1:$3"
    assert sheet["A1"].value == "年轻干部培训班成绩汇总"
    assert sheet["A2"].value == "中共云岭市委组织部　2026年3月2日至13日　学员3人"


def test_the_number_of_queries_does_not_grow_with_the_roster(training_class, query_count):
    few = query_count(lambda: summary_csv(training_class))
    other = a_class(
        [(f"学员{number}", "YL02") for number in range(9)], code="2026-02", start="2026-05-01", end="2026-05-10"
    )
    for enrolment in Enrolment.objects.of_class(other):
        give_result(enrolment)
    assert query_count(lambda: summary_csv(other)) == few == 2
