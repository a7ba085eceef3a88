"""成绩汇总: one row a trainee in roster order, as CSV and as a workbook to print (CLASS_WORKBOOK.md §4).

Of ID numbers only the first and the last character leave this page. The caller fetched the class in scope.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter

from assessments.models import Item, Result
from core.sheets.text import is_invisible
from reports.papers.wording import period
from training.models import TrainingClass
from training.models.enrolment import HOLDS_A_SEAT

Cell = str | Decimal | int | None

PERSON = ("姓名", "身份证号", "单位")
OUTCOME = (
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
)
UNSCORED = (Item.Rule.SUM_OF_ENTRIES, Item.Rule.VETO)
STARTS_A_FORMULA = tuple("=+-@＝＋－＠")
WIDTHS = {"姓名": 11.0, "身份证号": 20.0, "单位": 26.0}  # characters; the other columns: NARROW
NARROW = 7.5
WHY = "the summary of a class that its caller fetched in scope"


@dataclass(frozen=True, slots=True)
class Summary:
    """Column titles, and one row a trainee: texts, points and hours as decimals, ranks; None where not assessed."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def summarise(training_class: TrainingClass) -> Summary:
    """The table of a class that has results, in two queries."""
    items = regular_items(training_class)
    results = Result.objects.unscoped(WHY).of_class(training_class).filter(enrolment__state__in=HOLDS_A_SEAT)
    people = results.select_related("enrolment__cadre", "enrolment__unit")
    return Summary((*PERSON, *items, *OUTCOME), [tuple(_cells(result, items)) for result in people])


def regular_items(training_class: TrainingClass) -> list[str]:
    """Names of the items that make up 常规项合计, in the order of the class's scheme."""
    items = Item.objects.filter(block__scheme__classassessment=training_class.pk).exclude(rule__in=UNSCORED)
    return list(items.order_by("block__position", "position").values_list("name", flat=True))


def _cells(result: Result, items: Sequence[str]) -> Iterator[Cell]:
    enrolment = result.enrolment
    yield from (enrolment.roster_name, enrolment.cadre.masked_id_number, enrolment.unit.name)
    for item in items:
        points = result.points.get(item)
        yield None if points is None else Decimal(points)
    yield from (result.base, result.bonus, result.total, result.grade, result.rank, result.candidate or None)
    yield from (result.leave_hours, result.attended_hours, result.entry_score, result.final_score)


def summary_csv(training_class: TrainingClass) -> bytes:
    """成绩汇总.csv: UTF-8 with byte-order mark, points, hours and scores with two decimals."""
    summary = summarise(training_class)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(summary.columns)
    writer.writerows([_written(cell) for cell in row] for row in summary.rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return without_formula(cell)
    return f"{cell:.2f}" if isinstance(cell, Decimal) else str(cell)


def without_formula(text: str) -> str:
    """The text with a leading `'` where a spreadsheet program would take it for a formula (SEC-26)."""
    seen = "".join(character for character in text if not (character.isspace() or is_invisible(character)))
    return f"'{text}" if seen.startswith(STARTS_A_FORMULA) or text.startswith(("\t", "\r", "\n")) else text


def summary_xlsx(training_class: TrainingClass) -> bytes:
    """成绩汇总.xlsx: the same, formatted to print on A4 across, the head on every page."""
    summary = summarise(training_class)
    bytes_ = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(bytes_, options) as book:
        sheet = book.add_worksheet("成绩汇总")
        _lay_out(sheet, summary.columns)
        _write_head(book, sheet, training_class, summary)
        _write_rows(book, sheet, summary)
    return bytes_.getvalue()


HEAD_ROWS = 3  # title, facts, column titles


def _lay_out(sheet: xlsxwriter.worksheet.Worksheet, columns: Sequence[str]) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.repeat_rows(0, HEAD_ROWS - 1)
    sheet.freeze_panes(HEAD_ROWS, 1)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    for place, name in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(name, NARROW))


def _write_head(
    book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, training_class: TrainingClass, summary: Summary
) -> None:
    last = len(summary.columns) - 1
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    facts = book.add_format({"align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#EDEDED"}
    )
    days = period(training_class.start, training_class.end)
    sheet.merge_range(0, 0, 0, last, "", title)
    sheet.write_string(0, 0, f"{training_class.name}成绩汇总", title)
    sheet.merge_range(1, 0, 1, last, "", facts)
    sheet.write_string(1, 0, f"{training_class.organizer}　{days}　学员{len(summary.rows)}人", facts)
    sheet.set_row(0, 28)
    sheet.set_row(HEAD_ROWS - 1, 32)
    for place, name in enumerate(summary.columns):
        sheet.write_string(HEAD_ROWS - 1, place, name, head)


def _write_rows(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, summary: Summary) -> None:
    line = {"border": 1, "valign": "vcenter"}
    text = book.add_format(line | {"text_wrap": True})
    points = book.add_format(line | {"num_format": "0.00", "align": "right"})
    count = book.add_format(line | {"num_format": "0", "align": "center"})
    for number, row in enumerate(summary.rows, start=HEAD_ROWS):
        for place, cell in enumerate(row):
            if cell is None:
                sheet.write_blank(number, place, None, text)
            elif isinstance(cell, str):
                sheet.write_string(number, place, cell, text)
            else:
                sheet.write_number(number, place, cell, points if isinstance(cell, Decimal) else count)
