"""A roster through its pages: uploaded, waited for, looked at, confirmed, done; nobody but the department."""

import io
from urllib.parse import urlencode

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.jobs import drain
from core.keys import new_key
from core.models import AuditEntry, Batch
from organization.sessions import PROVED
from tests import factories as make
from tests.trainees.roster.files import number, sheet_of
from trainees.models import Cadre, RosterUpload
from trainees.roster.columns import COLUMNS

pytestmark = pytest.mark.django_db
UPLOAD = reverse("portal:roster_upload")


def send(client, data: bytes, unit, name: str = "干部花名册.xlsx"):
    fields = {"roster": SimpleUploadedFile(name, data), "unit": str(unit.pk), "op_id": str(new_key())}
    return client.post(UPLOAD, fields)


def page_of(upload: RosterUpload, name: str = "roster_page") -> str:
    return reverse(f"portal:{name}", args=[upload.pk])


def worked_off() -> None:
    """What the worker would do with everything that waits."""
    for batch in Batch.objects.order_by("created"):
        drain(batch.pk)


def row(name: str, who: str, unit) -> dict[str, object]:
    return {"姓名": name, "身份证号": who, "单位": unit.name, "任职时间": "2024-05-06"}


@pytest.fixture
def staff(yunling, client_of):
    return client_of(yunling.staff)


def rehearsed(client, rows, unit) -> RosterUpload:
    assert send(client, sheet_of(rows), unit).status_code == 302
    worked_off()
    return RosterUpload.objects.latest("created")


def test_from_the_upload_to_the_list(yunling, staff):
    who = yunling.cadres[0]
    rows = [row("林知远", number(1), yunling.bureau), row(who.name, who.open_id_number(), yunling.sibling)]
    answer = send(staff, sheet_of(rows), yunling.root)
    upload = RosterUpload.objects.get()
    assert answer.headers["Location"] == page_of(upload)
    assert "正在核对" in staff.get(page_of(upload)).content.decode()
    assert "HX-Refresh" not in staff.get(page_of(upload, "roster_progress"))
    worked_off()
    assert staff.get(page_of(upload, "roster_progress"))["HX-Refresh"] == "true"
    body = staff.get(page_of(upload)).content.decode()
    assert "没有错误" in body and yunling.sibling.name in body and "林知远" in body and "欧阳致远" in body
    assert number(1) not in body and who.open_id_number() not in body
    confirmed = staff.post(page_of(upload, "roster_confirm"), {"op_id": str(new_key())})
    assert confirmed.status_code == 302
    assert "正在写入" in staff.get(page_of(upload)).content.decode()
    worked_off()
    assert "导入完成：新增 1 人、更改 0 人、调动 1 人" in staff.get(page_of(upload)).content.decode()
    assert Cadre.objects.get(name="林知远").unit == yunling.bureau
    assert "林知远" in staff.get(reverse("portal:cadre_list")).content.decode()


def test_faults_are_shown_by_row_and_nothing_can_be_confirmed(yunling, staff):
    upload = rehearsed(staff, [row("林知远", number(1)[:-1] + "Y", yunling.bureau)], yunling.root)
    body = staff.get(page_of(upload)).content.decode()
    assert "有 1 处错误" in body and "身份证号" in body and "确认导入</button>" not in body
    refused = staff.post(page_of(upload, "roster_confirm"), {"op_id": str(new_key())})
    assert refused.status_code == 403 and not Cadre.objects.filter(name="林知远").exists()


def test_a_name_that_differs_is_written_only_when_it_is_ticked(yunling, staff):
    who = yunling.cadres[0]
    rows = [{"姓名": "司马青阳", "身份证号": who.open_id_number(), "单位": who.unit.name}]
    upload = rehearsed(staff, rows, yunling.root)
    body = staff.get(page_of(upload)).content.decode()
    assert 'name="accepted"' in body and 'value="2"' in body and "司马清扬" in body
    assert staff.post(page_of(upload, "roster_confirm"), {"op_id": str(new_key()), "accepted": "9"}).status_code == 400
    staff.post(page_of(upload, "roster_confirm"), {"op_id": str(new_key()), "accepted": "2"})
    worked_off()
    who.refresh_from_db()
    assert who.name == "司马青阳"


def test_somebody_who_was_quicker_is_told_of_at_the_confirmation(yunling, staff):
    upload = rehearsed(staff, [row("林知远", number(1), yunling.bureau)], yunling.root)
    Cadre.objects.filter(pk=yunling.cadres[1].pk).update(ethnic_group="苗族")
    answer = staff.post(page_of(upload, "roster_confirm"), {"op_id": str(new_key())})
    assert answer.status_code == 409 and "已被他人更改" in answer.content.decode()


def test_a_batch_that_fails_leaves_a_sentence(yunling, staff, monkeypatch):
    upload = rehearsed(staff, [row("林知远", number(1), yunling.bureau)], yunling.root)
    staff.post(page_of(upload, "roster_confirm"), {"op_id": str(new_key())})
    Cadre.objects.filter(pk=yunling.cadres[1].pk).update(ethnic_group="苗族")
    worked_off()
    upload.refresh_from_db()
    assert upload.state == RosterUpload.State.REFUSED
    assert "已被他人更改" in staff.get(page_of(upload)).content.decode()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "只接受 .xlsx、.csv 文件"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        ("a.xlsx", b"%PDF-1.7", "PDF"),
        ("a.xlsx", b"<html><table>", "网页"),
    ],
)
def test_b08_what_is_no_table_is_said_at_once(yunling, staff, name, data, words):
    answer = send(staff, data, yunling.root, name)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not RosterUpload.objects.exists()


def test_a_file_refused_at_once_leaves_its_hash_in_the_log(yunling, staff):
    send(staff, b"%PDF-1.7", yunling.root)
    entry = AuditEntry.objects.get(event="import.rejected")
    assert entry.after["code"] == "pdf" and len(entry.after["sha256"]) == 64


def test_who_proved_themselves_long_ago_is_asked_again(yunling, staff):
    session = staff.session
    session[PROVED] -= 601
    session.save()
    answer = staff.get(UPLOAD)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{reverse('portal:confirm')}?{urlencode({'next': UPLOAD})}"


def test_the_template_has_every_column_lists_and_an_example_that_is_not_read(yunling, staff):
    data = b"".join(staff.get(reverse("portal:roster_template")).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["花名册"]
    assert [cell.value for cell in sheet[1]][1:] == [column.name for column in COLUMNS]
    assert len(sheet.data_validations.dataValidation) == 6
    upload = RosterUpload.objects.filter(pk=_sent_back(staff, data, yunling.root)).get()
    assert upload.found["counts"]["rows"] == 0 and upload.state == RosterUpload.State.REHEARSED


def _sent_back(client, data: bytes, unit):
    assert send(client, data, unit).status_code == 302
    worked_off()
    return RosterUpload.objects.latest("created").pk


def test_the_details_leave_by_a_signed_address_and_are_in_the_log(yunling, wangjiang, staff, client_of):
    upload = rehearsed(staff, [row("林知远", number(1), yunling.bureau)], yunling.root)
    way = staff.get(page_of(upload, "roster_report")).headers["Location"]
    data = b"".join(staff.get(way).streaming_content)
    assert openpyxl.load_workbook(io.BytesIO(data), read_only=True).sheetnames[0] == "错误与提醒"
    assert client_of(wangjiang.staff).get(way).status_code == 404
    assert AuditEntry.objects.filter(event="cadre_roster.report").count() == 1


def test_another_areas_unit_is_no_choice(yunling, wangjiang, staff):
    answer = send(staff, sheet_of([row("林知远", number(1), yunling.bureau)]), wangjiang.root)
    assert answer.status_code == 422 and not RosterUpload.objects.exists()


def test_the_pages_have_a_fixed_number_of_queries(yunling, staff, query_count):
    few = rehearsed(staff, [row("林知远", number(1), yunling.bureau)], yunling.root)
    counts = [query_count(lambda: staff.get(UPLOAD)), query_count(lambda: staff.get(page_of(few)))]
    make.unit("YL09", "云岭市第九中心", yunling.root)
    many = rehearsed(staff, [row(f"林{n}", number(n), yunling.bureau) for n in range(3, 43, 2)], yunling.root)
    assert [query_count(lambda: staff.get(UPLOAD)), query_count(lambda: staff.get(page_of(many)))] == counts
