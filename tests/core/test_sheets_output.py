"""What is written never becomes a formula (QUALITY.md SEC-26, B22) and never breaks the file."""

import csv
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sheets.cells import DateCell
from core.sheets.delimited import guarded, write_csv
from core.sheets.limits import CLASS_WORKBOOK
from core.sheets.parsing import parse
from core.sheets.reading import from_wire
from core.sheets.writing import BookWriter, storable

DANGEROUS = [
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＋1", "－1", "＠x",
    '=HYPERLINK("http://x")', "\u200b=1", "\u3000=1", "http://example.invalid", "mailto:a@b", "internal:x", "{=1}",
]  # fmt: skip


def written(*values):
    file = BookWriter()
    sheet = file.sheet("表")
    for row, value in enumerate(values):
        sheet.put(row, 0, value)
    return file.finish()


def test_b22_xlsx_keeps_the_exact_text_as_text():
    sheet = openpyxl.load_workbook(io.BytesIO(written(*DANGEROUS)))["表"]
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * len(DANGEROUS)
    assert [cell.value for cell in sheet["A"]] == [storable(text) for text in DANGEROUS]
    assert all(cell.hyperlink is None for cell in sheet["A"])


@pytest.mark.parametrize("text", [text for text in DANGEROUS if not text.startswith(("http", "mail", "internal", "{"))])
def test_b22_csv_guards_what_a_spreadsheet_would_run(text: str):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["张伟", "2026-03-02", "a=b", "", "（=1）", " "])
def test_csv_leaves_other_texts(text: str):
    assert guarded(text) == text


def test_b22_numbers_in_number_columns_stay_numbers():
    data = write_csv(["姓名", "分值"], [["-5", "-5"]], numeric=["分值"])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [["姓名", "分值"], ["'-5", "-5"]]


def test_b17_control_characters_never_reach_a_file():
    sheet = openpyxl.load_workbook(io.BytesIO(written("张\x0b三\x00\ud800\ufffe")))["表"]
    assert sheet["A1"].value == "张三"


def test_sec_26_id_numbers_stay_texts_and_decimals_numbers():
    sheet = openpyxl.load_workbook(
        io.BytesIO(written("110105194912310020", Decimal("8.30"), datetime.date(2026, 3, 2)))
    )
    cells = [cell for (cell,) in sheet["表"].iter_rows()]
    assert [cell.data_type for cell in cells] == ["s", "n", "d"]
    assert cells[1].value == 8.3


@given(st.text(max_size=60))
def test_sec_26_what_is_written_is_read_back(text: str):
    book = from_wire(parse(written("头", text), CLASS_WORKBOOK))
    expected = storable(text)
    read = book.sheets[0].rows[1].cells[0] if len(book.sheets[0].rows) > 1 else None
    assert (read or "") == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-9999, max_value=9999, places=2))
def test_decimals_come_back_as_they_were(number: Decimal):
    book = from_wire(parse(written("头", number), CLASS_WORKBOOK))
    assert book.sheets[0].rows[1].cells[0] == number


def test_dates_come_back_with_their_serial():
    book = from_wire(parse(written(datetime.date(2026, 3, 2)), CLASS_WORKBOOK))
    assert book.sheets[0].rows[0].cells[0] == DateCell(datetime.date(2026, 3, 2), Decimal(46083))
