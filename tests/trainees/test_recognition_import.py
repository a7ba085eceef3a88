"""Exports of platforms: mapped once, every fault by row, taken in whole and once, whatever the file is."""

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.files import FileGone
from core.idnumber import check_character
from core.models import AuditEntry, StoredFile
from core.operations import Conflict, Refused
from core.sheets.cells import DateCell
from core.sheets.refusal import FileRefused
from tests import factories as make
from tests.trainees import recognition_rows as rows
from trainees.models import CreditEntry, Platform, PlatformUpload, Recognition
from trainees.services.recognition import (
    confirm_upload,
    import_export,
    map_columns,
    rehearse_again,
    take_faults,
    upload_export,
)
from trainees.services.recognition.importing import sweep_platform_uploads
from trainees.sheets.exports import guess, minutes_in, read_export, share_in

D = Decimal


def brought(city, *lines, by="liaison", unit="bureau", head=rows.HEAD, name="学习记录.csv"):
    """The same platform's export, its columns known by now."""
    where = rows.platform(city)
    if not where.columns:
        Platform.objects.filter(pk=where.pk).update(columns=rows.MAPPED)
    data = lines[0] if lines and isinstance(lines[0], bytes) else rows.export(lines or [rows.line(city)], head)
    return upload_export(data, name, rows.platform(city), getattr(city, unit), actor=city.accounts[by])


def told(upload, level="error"):
    return [(fault["row"], fault["column"], fault["message"]) for fault in upload.found["faults"][level]]


def workbook(*lines, head=()):
    book = Workbook()
    sheet = book.active
    sheet.append(head or rows.HEAD.split(","))
    for line in lines:
        sheet.append(line)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


# ---- mapping ----


def test_the_first_time_the_columns_are_asked_for_the_second_not(yunling):
    data = rows.export([rows.line(yunling)])
    first = upload_export(data, "学习记录.csv", rows.platform(yunling), yunling.bureau, actor=yunling.liaison)
    assert first.found["guess"] == rows.MAPPED
    number = yunling.cadres[0].open_id_number()
    assert number not in str(first.found) and first.found["samples"][0][1] == f"{number[0]}{'*' * 16}{number[-1]}"
    map_columns(first, rows.MAPPED, actor=yunling.liaison)
    assert rows.platform(yunling).columns == rows.MAPPED
    second = upload_export(data, "学习记录.csv", rows.platform(yunling), yunling.bureau, actor=yunling.liaison)
    assert (second.found["new"], second.found["people"], second.found["hours"]) == (1, 1, "10.00")


def test_a_wrong_mapping_keeps_no_number_of_anybody(yunling):
    upload = rows.uploaded(yunling, rows.line(yunling, title=f"课程{yunling.cadres[1].open_id_number()}"))
    wrong = rows.MAPPED | {"id_number": "记录编号", "record": "", "length": "身份证号", "finished": "课程名称"}
    map_columns(upload, wrong, actor=yunling.liaison)
    upload.refresh_from_db()
    assert {column for _, column, _ in told(upload)} >= {"身份证号", "课程名称"}
    for person in yunling.cadres[:2]:
        assert person.open_id_number() not in str(upload.found) + str(take_faults(upload, actor=yunling.liaison))


def test_another_layout_is_asked_for_anew(yunling):
    brought(yunling)
    data = rows.export([rows.line(yunling)], rows.HEAD.replace("课程名称", "专题名称"))
    again = upload_export(data, "新版.csv", rows.platform(yunling), yunling.bureau, actor=yunling.liaison)
    assert again.found["guess"]["title"] == "专题名称" and "digest" not in again.found


@pytest.mark.parametrize("without", ["name", "title", "length", "finished", "share"])
def test_a_mapping_must_say_enough(yunling, without):
    upload = upload_export(
        rows.export([rows.line(yunling)]), "学习记录.csv", rows.platform(yunling), yunling.bureau, actor=yunling.liaison
    )
    with pytest.raises(Refused, match="请指明"):
        map_columns(upload, rows.MAPPED | {without: ""} | {"share_in": "percent"}, actor=yunling.liaison)
    with pytest.raises(Refused, match="请指明"):
        map_columns(upload, rows.MAPPED | {without: "没有这一列"}, actor=yunling.liaison)


def test_columns_are_guessed_from_what_platforms_write():
    heads = ("序号", "学员姓名", "证件号码", "课件名称", "已获学时", "学习进度", "学完时间")
    assert guess(heads, ()) == {
        "name": "学员姓名", "id_number": "证件号码", "title": "课件名称", "length": "已获学时", "length_in": "hours",
        "share": "学习进度", "share_in": "percent", "finished": "学完时间",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "unit", "minutes"),
    [
        (D(90), "minutes", 90), (D("1.5"), "clock_hours", 90), (D(2), "hours", 90), (D("2.5"), "hours", D("112.5")),
        (D(5400), "seconds", 90), ("01:30:59", "minutes", 90), ("1:30", "minutes", 90), ("1小时30分", "minutes", 90),
        ("90分钟", "minutes", 90), ("2学时", "minutes", 90), (DateCell(None, D("0.0625")), "minutes", 90),
        ("很久", "minutes", None), (None, "minutes", None), ("1.2.3小时", "minutes", None), ("90", "minutes", 90),
        (DateCell(date(2026, 3, 2), D(46083)), "minutes", None), ("NaN", "minutes", None), ("٣", "minutes", None),
    ],
)  # fmt: skip
def test_how_long_however_it_is_written(cell, unit, minutes):
    assert minutes_in(cell, unit, 45) == minutes


@pytest.mark.parametrize(
    ("cell", "kind", "share"),
    [
        (D(95), "percent", 95), ("95%", "percent", 95), (D("0.95"), "fraction", 95), (D(1), "fraction", 100),
        ("已完成", "percent", 100), ("学习中", "percent", 0), ("大半", "percent", None), (None, "percent", None),
    ],
)  # fmt: skip
def test_how_much_however_it_is_written(cell, kind, share):
    assert share_in(cell, kind) == share


# ---- faults by row ----


def test_every_fault_is_said_by_row_and_nothing_is_written(yunling, wangjiang):
    first, second, stranger = yunling.cadres[0], yunling.cadres[1], wangjiang.cadres[0]
    wrong = first.open_id_number()[:17] + ("0" if first.open_id_number()[17] != "0" else "1")
    upload = brought(
        yunling,
        rows.line(yunling),
        rows.line(yunling, number="A2", id_number=stranger.open_id_number(), name="陌生人"),
        rows.line(yunling, 1, number="A3"),
        rows.line(yunling, number="A4", id_number=second.open_id_number()),
        rows.line(yunling, number="A5", name=second.name),
        rows.line(yunling, number="A6", id_number=wrong),
        rows.line(yunling, number="A7", id_number="12345"),
        rows.line(yunling, number="A8", finished="2026-02-30"),
        rows.line(yunling, number="A9", finished=str(timezone.localdate() + timedelta(days=1))),
        rows.line(yunling, number="A10", minutes="许多"),
        rows.line(yunling, number="A11", share="120"),
        rows.line(yunling, title="", number="A12"),
        rows.line(yunling, number="A1"),
        rows.line(yunling, number="A14", id_number="", name="查无此人"),
        rows.line(yunling, number="A15", name="张\u200b三"),
        rows.line(yunling, number="A16", minutes="22501"),
    )
    found = {row: (column, message.partition("：")[2]) for row, column, message in told(upload)}
    assert {row: column for row, (column, _) in found.items()} == {
        3: "身份证号", 4: "身份证号", 5: "身份证号", 6: "身份证号", 7: "身份证号", 8: "身份证号", 9: "完成日期", 10: "完成日期",
        11: "学习时长（分钟）", 12: "完成比例", 13: "课程名称", 14: "记录编号", 15: "姓名", 16: "姓名", 17: "学习时长（分钟）",
    }  # fmt: skip
    assert "没有找到" in found[3][1] and stranger.name not in found[3][1]
    assert "没有找到" in found[4][1]  # works elsewhere: out of the liaison's sight is not found
    assert f"登记的姓名是“{first.name}”" in found[6][1]
    assert "校验位" in found[7][1] and "与第 2 行" in found[14][1]
    with pytest.raises(Refused, match="15 处错误，没有写入任何内容"):
        import_export(upload, actor=yunling.liaison)
    assert not Recognition.objects.exists()
    assert first.open_id_number() not in str(upload.found) and wrong not in str(upload.found)
    assert len(take_faults(upload, actor=yunling.liaison)) >= 15


def test_the_department_is_told_that_somebody_is_of_another_unit(yunling):
    upload = brought(yunling, rows.line(yunling, 1), by="staff")
    assert "不在所选单位" in told(upload)[0][2]


def test_who_is_left_out_and_who_is_there_already_are_no_errors(yunling):
    upload = brought(yunling, rows.line(yunling, share="89"), rows.line(yunling, number="A2", title="另一门课"))
    assert [(row, "89%" in text) for row, _, text in told(upload, "warning")] == [(2, True)]
    assert import_export(upload, actor=yunling.liaison) == 1
    again = brought(yunling, rows.line(yunling), rows.line(yunling, number="A2", title="另一门课"))
    assert (again.found["new"], again.found["same"]) == (1, 1)


def test_a_record_that_differs_from_what_is_there_changes_nothing(yunling):
    import_export(brought(yunling), actor=yunling.liaison)
    again = brought(yunling, rows.line(yunling, minutes="900"))
    assert "内容不同，没有改动" in told(again, "warning")[0][2]
    assert import_export(again, actor=yunling.liaison) == 0


def test_b09_a_number_that_is_a_number_has_lost_its_end(yunling):
    person = yunling.cadres[0]
    line = [person.name, int(person.open_id_number()[:17] + "0"), "乡村振兴", 450, 100, date(2026, 3, 2), "A1"]
    upload = brought(yunling, workbook(line), name="学习记录.xlsx")
    assert [text.partition("：")[2] for _, _, text in told(upload)] == [
        "身份证号必须为文本：此格已被 Excel 变成数字，末几位已丢失，请把单元格设为“文本”格式后重新填写"
    ]


def test_b10_full_width_and_small_letters_are_rewritten_with_a_notice(yunling):
    person = make.cadre("诸葛明", yunling.bureau, yunling.root)
    first = next(f"99900119850612{n:03d}" for n in range(1, 999) if check_character(f"99900119850612{n:03d}") == "X")
    person.set_id_number(f"{first}X")
    person.save()
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in first) + "x"
    upload = brought(yunling, rows.line(yunling, id_number=wide, name="诸葛明"))
    assert (upload.found["new"], len(upload.found["faults"]["notice"]), told(upload)) == (1, 1, [])


def test_b11_one_platform_number_of_two_people(yunling):
    yunling.cadres.append(make.cadre("东方朔", yunling.bureau, yunling.root))
    head = f"学号,{rows.HEAD}"
    Platform.objects.filter(pk=rows.platform(yunling).pk).update(columns=rows.MAPPED | {"number": "学号"})
    lines = [f"007,{rows.line(yunling)}", f"007,{rows.line(yunling, -1, number='A2')}"]
    upload = brought(yunling, *lines, head=head)
    assert [(row, column) for row, column, _ in told(upload)] == [(3, "学号")]


def test_by_name_alone_only_where_one_person_has_it_and_with_a_warning(yunling):
    upload = brought(yunling, rows.line(yunling, id_number=""))
    assert upload.found["new"] == 1 and "按姓名对应" in told(upload, "warning")[0][2]
    make.cadre(yunling.cadres[0].name, yunling.bureau, yunling.root)
    assert "有 2 名同名干部" in told(brought(yunling, rows.line(yunling, id_number="")))[0][2]


# ---- files ----


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_b12_encodings_of_offices(yunling, encoding):
    data = rows.export([rows.line(yunling)]).decode("utf-8-sig").encode(encoding)
    assert brought(yunling, data).found["new"] == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "没有找到表头"),
        ('姓名,课程\n"没有配对的引号,1\n'.encode(), "引号没有成对"),
        ("姓名;课程;时长;完成日期\n张三;课;1;2026-03-02\n".encode(), "分号或制表符"),
        ("姓名,课程,时长,完成日期\n张\0三,课,1,2026-03-02\n".encode(), "空字符"),
        (f"姓名,{'列,' * 10_000}\n".encode(), "超过上限"),
        (f"姓名,课程,时长,完成日期\n{'长' * 140_000},课,1,2026-03-02\n".encode(), "一格过长|超过 2000"),
        (("姓名,课程,时长,完成日期\n" + "张三,课,1,2026-03-02\n" * 20_001).encode(), "超过上限"),
    ],
)  # fmt: skip
def test_b13_files_that_are_no_table_of_ours(yunling, data, words):
    with pytest.raises(FileRefused, match=words):
        brought(yunling, data)
    assert not PlatformUpload.objects.exists()


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"PK\x03\x04broken", b"<html></html>", b"\xd0\xcf\x11\xe0old"])
def test_b08_what_only_calls_itself_a_workbook(yunling, data):
    with pytest.raises(FileRefused):
        brought(yunling, data, name="学习记录.xlsx")


def test_cr_only_lines_and_a_title_above_the_header(yunling):
    assert brought(yunling, rows.export([rows.line(yunling)]).replace(b"\n", b"\r")).found["new"] == 1
    first = ["2026年学员学习记录"]
    book = workbook(rows.HEAD.split(","), rows.line(yunling).split(","), head=first)
    assert brought(yunling, book, name="学习记录.xlsx").found["new"] == 1


def test_b22_what_looks_like_a_formula_is_a_text(yunling):
    import_export(brought(yunling, rows.line(yunling, title="=1+1课程")), actor=yunling.liaison)
    assert Recognition.objects.get().title == "=1+1课程"


# ---- taken in ----


def test_taken_in_as_vetted_by_the_unit_and_confirmed_as_one(yunling):
    yunling.cadres.append(make.cadre("东方朔", yunling.office, yunling.root))
    upload = brought(yunling, rows.line(yunling), rows.line(yunling, -1, number="A2"))
    assert import_export(upload, actor=yunling.liaison) == 2
    for row in Recognition.objects.all():
        assert (row.state, row.vetted_by_id, row.upload, row.minutes, row.hours) == (
            "vetted", yunling.liaison.pk, upload, 450, 10,
        )  # fmt: skip
    assert import_export(upload, actor=yunling.liaison) == 2
    decided = confirm_upload(upload, actor=yunling.staff)
    assert (len(decided.done), decided.left) == (2, [])
    assert sorted(CreditEntry.objects.values_list("credits", flat=True)) == [10, 10]


def test_one_file_of_two_uploads_is_taken_in_once(yunling):
    first, second = brought(yunling), brought(yunling)
    assert import_export(first, actor=yunling.liaison) == 1
    with pytest.raises(Conflict, match="请重新核对"):
        import_export(second, actor=yunling.liaison)
    assert import_export(rehearse_again(second, actor=yunling.liaison), actor=yunling.liaison) == 0
    assert Recognition.objects.count() == 1


def test_somebody_who_moved_meanwhile_is_a_conflict(yunling):
    upload = brought(yunling)
    type(yunling.cadres[0]).objects.filter(pk=yunling.cadres[0].pk).update(unit=yunling.sibling)
    with pytest.raises(Conflict):
        import_export(upload, actor=yunling.liaison)
    assert not Recognition.objects.exists()


def test_doubles_within_the_file_and_with_what_is_there_wait_for_a_word(yunling):
    lines = [rows.line(yunling), rows.line(yunling, number="A2", title="《乡村振兴》专题")]
    import_export(brought(yunling, *lines), actor=yunling.liaison)
    first, second = Recognition.objects.order_by("external_key")
    assert (first.twin, second.twin) == (None, first)


@pytest.mark.parametrize(("by", "unit"), [("liaison", "sibling"), ("sibling_liaison", "bureau"), ("leader", "bureau")])
def test_only_the_units_liaison_and_the_department_bring_exports(yunling, by, unit):
    with pytest.raises(Refused, match="该单位的联络员或组织部"):
        brought(yunling, by=by, unit=unit)


def test_another_citys_platform_is_none_of_ours(cast):
    with pytest.raises(Refused, match="只供"):
        upload_export(b"", "x.csv", rows.platform(cast.wangjiang), cast.yunling.bureau, actor=cast.yunling.liaison)


def test_what_was_said_of_people_goes_with_the_file(yunling):
    upload = brought(yunling)
    assert sweep_platform_uploads(timezone.now()) == 0
    StoredFile.objects.filter(pk=upload.file_id).update(deleted=timezone.now())
    assert [sweep_platform_uploads(timezone.now()) for _ in range(2)] == [1, 0]
    upload.refresh_from_db()
    assert upload.found == {}
    with pytest.raises((FileGone, Refused)):
        import_export(upload, actor=yunling.liaison)


def test_the_log_keeps_counts_and_no_people(yunling):
    import_export(brought(yunling), actor=yunling.liaison)
    entry = AuditEntry.objects.get(event="recognition.import")
    assert (entry.after["written"], entry.after["new"], entry.unit_id) == (1, 1, yunling.bureau.pk)
    assert yunling.cadres[0].name not in str(entry.after)


# ---- import twice = once ----


lines_of = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(["甲课", "乙课", "甲 课！"]), st.sampled_from(["45", "90", "67"]),
        st.sampled_from(["", "N1", "N2", "N3"]), st.sampled_from(["100", "90", "60"]),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=lines_of)
def test_import_twice_is_once(yunling, told):
    with transaction.atomic():
        lines = [
            rows.line(yunling, who, title, number, minutes=minutes, share=share)
            for who, title, minutes, number, share in told
        ]
        upload = brought(yunling, *lines, by="staff", unit="root")
        if not upload.found["faults"]["error"]:
            written = import_export(upload, actor=yunling.staff)
            once = set(Recognition.objects.values_list("cadre", "title_key", "minutes", "external_key"))
            assert len(once) == written == Recognition.objects.count()
            again = brought(yunling, *lines, by="staff", unit="root")
            assert (again.found["new"], import_export(again, actor=yunling.staff)) == (0, 0)
            assert set(Recognition.objects.values_list("cadre", "title_key", "minutes", "external_key")) == once
        transaction.set_rollback(True)


def test_an_export_may_be_a_workbook_of_many_sheets():
    with pytest.raises(FileRefused, match="没有找到表头"):
        read_export(workbook(head=["只有一列"]), "x.xlsx")


def repacked(data, name, change):
    """The workbook with one part changed, or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            part = source.read(entry)
            archive.writestr(entry, change(part) if entry.filename == name else part)
        if name not in source.namelist():
            archive.writestr(name, change(b""))
    return target.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("xl/worksheets/sheet1.xml", lambda part: LAUGHS + part.partition(b"?>")[2], "dtd"),
        ("[Content_Types].xml", lambda part: LAUGHS + part.partition(b"?>")[2], "dtd"),
        ("xl/worksheets/sheet1.xml", lambda part: OUTSIDE + part.partition(b"?>")[2], "dtd"),
        ("../../x", lambda part: b"x", "bad_path"),
        ("xl/embedded.zip", lambda part: b"PK\x03\x04nested", "nested_zip"),
        ("xl/vbaProject.bin", lambda part: b"macro", "macros"),
    ],
)
def test_b05_b06_b07_what_hides_in_a_workbook(yunling, name, change, code):
    data = repacked(workbook(rows.line(yunling).split(",")), name, change)
    with pytest.raises(FileRefused) as refused:
        brought(yunling, data, name="学习记录.xlsx")
    assert refused.value.code == code
    assert not PlatformUpload.objects.exists()
