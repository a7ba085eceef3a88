"""Bad files (QUALITY.md §5, B01–B08, B14–B16) made in code: refused with a sentence, in seconds, in bounded memory."""

import io
import resource
import struct
import sys
import time
import zipfile
import zlib
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from core.sheets import gate
from core.sheets.cells import DateCell, ErrorValue, FormulaWithoutValue, shortest_decimal
from core.sheets.limits import CLASS_WORKBOOK, OTHER, Limits
from core.sheets.reading import read_workbook
from core.sheets.refusal import FileRefused

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def plain() -> dict[str, bytes]:
    """The parts of a small workbook as openpyxl writes it."""
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    with zipfile.ZipFile(buffer) as package:
        return {name: package.read(name) for name in package.namelist()}


def pack(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return buffer.getvalue()


def with_rows(rows: str, before: str = "", after: str = "") -> bytes:
    sheet = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    return pack(plain() | {"xl/worksheets/sheet1.xml": sheet.encode()})


def with_parts(**changes: bytes) -> bytes:
    return pack(plain() | changes)


def refused(data: bytes, limits: Limits = CLASS_WORKBOOK) -> str:
    started = time.monotonic()
    with pytest.raises(FileRefused) as info:
        read_workbook(data, limits)
    assert time.monotonic() - started < 30
    assert info.value.message
    return info.value.code


def cells(data: bytes) -> list[tuple]:
    return [row.cells for row in read_workbook(data).sheets[0].rows]


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def test_b01_one_cell_in_the_last_corner():
    before = peak_megabytes()
    assert refused(with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')) == "too_many_cells"
    assert peak_megabytes() - before < 100


def test_b01_two_cells_far_apart():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(with_rows(far)) in ("too_large", "too_many_cells")


def test_an_empty_formatted_cell_in_the_last_corner_is_nothing():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert cells(with_rows(rows)) == [(Decimal(1),)]


def test_b02_a_small_file_that_unpacks_to_300_megabytes():
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="inlineStr"><is><t>'.encode() + b"x" * (300 << 20)
    before = peak_megabytes()
    assert refused(with_parts(**{"xl/worksheets/sheet1.xml": sheet})) in ("ratio", "unpacked_too_large")
    del sheet
    assert before > 0


def test_b02_a_directory_that_lies_about_sizes():
    honest = with_parts(**{"xl/worksheets/sheet1.xml": b"<x>" + b"y" * (20 << 20) + b"</x>"})
    lying = bytearray(honest)
    with zipfile.ZipFile(io.BytesIO(honest)) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
    # The central directory's entry: uncompressed size stands 24 bytes after its signature.
    at = honest.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert struct.unpack_from("<I", lying, at + 24)[0] == entry.file_size
    struct.pack_into("<I", lying, at + 24, 100)
    struct.pack_into("<I", lying, at + 16, zlib.crc32(b"<x>" + b"y" * 97))
    assert refused(bytes(lying)) in ("ratio", "damaged")


@pytest.mark.parametrize("limits", [CLASS_WORKBOOK, OTHER])
def test_b03_a_million_rows(limits: Limits):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 1_048_577))
    assert refused(with_rows(rows), limits) == "too_many_cells"


def test_b04_a_dimension_that_lies():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    assert cells(with_rows(rows, '<dimension ref="A1:XFD1048576"/>')) == [(Decimal(1),), (Decimal(2),)]


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml", "_rels/.rels"]
)
@pytest.mark.parametrize(
    "data", [LAUGHS, LAUGHS.decode().encode("utf-16"), b"\xef\xbb\xbf" + LAUGHS, b"<!--x-->" + LAUGHS[21:]]
)
def test_sec_25_b05_a_document_type_in_any_part(part: str, data: bytes):
    assert refused(with_parts(**{part: data})) == "dtd"


def test_sec_25_b06_an_external_entity_is_not_read():
    xxe = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    assert refused(with_parts(**{"xl/sharedStrings.xml": xxe})) == "dtd"


def test_b06_external_links_are_left_alone():
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" TargetMode="External" '
        b'Target="http://127.0.0.1:9/x.png"/></Relationships>'
    )
    data = with_parts(
        **{"xl/worksheets/_rels/sheet1.xml.rels": rels, "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    )
    assert read_workbook(data).sheets[0].rows == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../x", "bad_path"),
        ("/etc/x", "bad_path"),
        ("xl\\..\\..\\x", "bad_path"),
        ("C:/x", "bad_path"),
        ("XL/workbook.xml", "duplicate_entry"),
        ("xl/vbaProject.bin", "macros"),
    ],
)
def test_b07_entries_that_must_not_be_there(name: str, code: str):
    assert refused(with_parts(**{name: b"x"})) == code


def test_b07_symlink_many_entries_nested_zip_encrypted():
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO(pack(plain()))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr(link, "/etc/passwd")
    assert refused(buffer.getvalue()) == "symlink"
    assert refused(with_parts(**{f"x/{n}": b"" for n in range(300)})) == "too_many_entries"
    assert refused(with_parts(**{"xl/embeddings/x.xlsx": pack({"a": b"b"})})) == "nested_zip"
    locked = bytearray(pack(plain()))
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert refused(bytes(locked)) == "encrypted"


def test_b07_a_hundred_thousand_entries_within_seconds():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for number in range(100_000):
            package.writestr(str(number), b"")
    assert refused(buffer.getvalue()[: 10 << 20]) in ("too_many_entries", "damaged", "too_large")


def macro_types() -> bytes:
    types = plain()["[Content_Types].xml"]
    return types.replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    )


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
WORD = b'<Types xmlns="x"><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.x"/></Types>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (OLE, "xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"<html><table></table></html>", "html"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "html"),
        (b"%PDF-1.7", "pdf"),
        (b"a,b\n1,2", "not_xlsx"),
        (b"\x89PNG\r\n", "not_xlsx"),
        (pack(plain())[:-200], "damaged"),
        (b"PK\x03\x04 truncated", "damaged"),
        (pack({"a": b"b"}), "not_xlsx"),
        (pack({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "not_xlsx"),
        (pack(plain() | {"[Content_Types].xml": macro_types()}), "macros"),
        (pack(plain() | {"[Content_Types].xml": WORD}), "docx"),
        (pack(plain() | {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}), "damaged"),
        (pack(plain() | {"xl/workbook.xml": b"<workbook/>" * 2}), "damaged"),
        (b"PK" + b"x" * (11 << 20), "too_large"),
    ],
)
def test_b08_what_only_says_that_it_is_xlsx(data: bytes, code: str):
    assert refused(data) == code


def test_the_first_cell_that_is_used_need_not_be_a1():
    rows = read_workbook(with_rows('<row r="3"><c r="C3"><v>7</v></c></row>')).sheets[0].rows
    assert [(row.number, row.cells) for row in rows] == [(3, (None, None, Decimal(7)))]


def test_b14_hidden_rows_and_sheets_are_read():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"], sheet["A2"] = "甲", "乙"
    sheet.row_dimensions[2].hidden = True
    hidden = workbook.create_sheet("藏")
    hidden["A1"] = "丙"
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    workbook.save(buffer)
    book = read_workbook(buffer.getvalue())
    assert [[row.cells for row in sheet.rows] for sheet in book.sheets] == [[("甲",), ("乙",)], [("丙",)]]


def test_b14_of_merged_cells_only_the_first_has_a_value():
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c><c r="B2"><v>4</v></c></row>'
    merged = '<mergeCells count="1"><mergeCell ref="A1:A1048576"/></mergeCells>'
    assert cells(with_rows(rows, after=merged)) == [(Decimal(1), Decimal(2)), (None, Decimal(4))]


def test_b15_formulas_count_with_their_stored_value():
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v></v></c>'
        '<c r="D1" t="str"><f>IF(A1="","",A1)</f><v></v></c><c r="E1" t="str"><f>"x"</f><v>x</v></c>'
        '<c r="F1" t="e"><f>NA()</f><v>#N/A</v></c><c r="G1" t="e"><v>#REF!</v></c><c r="H1" t="b"><v>1</v></c>'
        '<c r="I1" t="inlineStr"><is><r><t>富</t></r><r><t>文本</t></r></is></c></row>'
        '<row r="3"><c r="K3"><f>1</f></c></row>'
    )
    missing = FormulaWithoutValue()
    first, last = cells(with_rows(rows))
    assert first[:9] == (
        Decimal(2),
        missing,
        missing,
        None,
        "x",
        ErrorValue("#N/A"),
        ErrorValue("#REF!"),
        True,
        "富文本",
    )
    assert last[10] == missing


def test_b15_formulas_of_every_writer():
    buffer = io.BytesIO()
    file = xlsxwriter.Workbook(buffer)
    file.add_worksheet("表").write_formula("A1", "=1+1", None, 2)
    file.close()
    assert cells(buffer.getvalue()) == [(Decimal(2),)]


@pytest.mark.parametrize(
    ("number", "decimal"),
    [
        (8.300000000000001, "8.3"),
        (0.1 + 0.2, "0.3"),
        (-1.5, "-1.5"),
        (13900000000.0, "13900000000"),
        (100.0, "100"),
        (1e-7, "1E-7"),
        (9.90101199003071e17, "990101199003071000"),
    ],
)
def test_numbers_are_the_shortest_decimal(number: float, decimal: str):
    assert shortest_decimal(number) == Decimal(decimal)


def styled(value: str, form: str, more: str = "") -> bytes:
    """One cell with a number format, the workbook perhaps in the 1904 system."""
    parts = plain()
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="{form}"/></numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="170" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" s="1"><v>{value}</v></c></row></sheetData></worksheet>'
    workbook = parts["xl/workbook.xml"].replace(b"<workbookPr />", f"<workbookPr{more}/>".encode())
    assert more.encode() in workbook
    return pack(
        parts
        | {"xl/styles.xml": styles.encode(), "xl/worksheets/sheet1.xml": sheet.encode(), "xl/workbook.xml": workbook}
    )


@pytest.mark.parametrize(
    ("value", "form", "serial"),
    [
        ("8.3", "yyyy-mm-dd", "8.3"),
        ("8.300000000000001", "[h]:mm", "8.3"),
        ("0.5", "h:mm", "0.5"),
        ("-3.5", "yyyy", "-3.5"),
        ("46083.25", "yyyy-mm-dd", "46083.25"),
        ("46083", "yyyy-mm-dd", "46083"),
    ],
)
def test_a_number_is_itself_whatever_its_display_format(value: str, form: str, serial: str):
    cell = cells(styled(value, form))[0][0]
    assert isinstance(cell, DateCell)
    assert cell.serial == Decimal(serial)


@pytest.mark.parametrize("form", ["0.0&quot;分&quot;", "0%", "0&quot;d&quot;", "[Red]0.0", "General&quot;学时&quot;"])
def test_formats_with_letters_are_no_dates(form: str):
    assert cells(styled("8.3", form)) == [(Decimal("8.3"),)]


def test_b16_the_1904_system():
    """Day 0 of that system is 1904-01-01: 2 March 2026 is 44621 there, 46083 in the usual one."""
    cell = cells(styled("44621", "yyyy-mm-dd", ' date1904="1"'))[0][0]
    assert isinstance(cell, DateCell)
    assert str(cell.date) == "2026-03-02"


def test_sec_24_a_full_sheet_of_5000_by_300_is_refused_in_time_and_memory():
    buffer = io.BytesIO()
    file = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = file.add_worksheet("表")
    for row in range(5000):
        for column in range(300):
            sheet.write_number(row, column, 1)
    file.close()
    before = peak_megabytes()
    assert refused(buffer.getvalue()) in ("too_many_cells", "ratio")
    assert peak_megabytes() - before < 100


def test_sec_24_too_much_text_is_refused():
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 4001))
    strings = f'<sst xmlns="{MAIN}"><si><t>{"字" * 30_000}</t></si></sst>'.encode()
    types = plain()["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    rels = plain()["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Target="sharedStrings.xml" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>',
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    data = with_parts(
        **{
            "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings, "[Content_Types].xml": types,
            "xl/_rels/workbook.xml.rels": rels,
        }
    )  # fmt: skip
    assert refused(data) in ("too_much_text", "too_large", "ratio")


def test_sec_24_a_child_that_takes_too_long_is_ended():
    assert refused(pack(plain()), Limits(wall_seconds=0.001)) == "too_slow"


def test_sec_24_the_child_gets_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch):
    seen: dict[str, str] = {}

    def run(command: list[str], **more: object) -> None:
        seen.update(more["env"])  # type: ignore[call-overload]
        raise FileRefused("seen", "看过了")

    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setattr("core.sheets.reading.subprocess.run", run)
    with pytest.raises(FileRefused):
        read_workbook(pack(plain()))
    assert set(seen) == {"PATH", "PYTHONPATH", "PYTHONUTF8", "PYTHONNOUSERSITE", "TMPDIR"}


def test_the_child_does_not_load_django():
    import subprocess

    code = (
        "import core.sheets.child, core.sheets.parsing, sys; print('django' in sys.modules, 'openpyxl' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("seed", range(40))
def test_sec_24_damaged_files_are_refused_or_read_but_never_crash(seed: int):
    import random

    chance = random.Random(seed)
    data = bytearray(with_rows('<row r="1"><c r="A1"><v>1</v></c></row>'))
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        gate.inspect(bytes(data), CLASS_WORKBOOK)
    except FileRefused as refusal:
        assert refusal.message
