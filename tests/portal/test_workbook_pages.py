"""The workbook's way in: what is refused, what is kept, what a repeat gets, who was quicker."""

import hashlib
import zipfile
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from assessments.models import WorkbookImport
from assessments.services import export_class, rehearse_workbook
from core.forms import UPLOAD_LIMIT
from core.keys import new_key
from core.models import AuditEntry
from tests import factories as make
from training.models import ClassRole, TrainingClass

pytestmark = pytest.mark.django_db

UPLOAD = "portal:workbook_upload"


def send(client, data: bytes, name: str = "班次.xlsx", op_id: str = "", **more):
    file = SimpleUploadedFile(name, data)
    return client.post(reverse(UPLOAD), {"op_id": op_id or str(new_key()), "workbook": file, **more})


@pytest.fixture
def manager(yunling, client_of):
    return client_of(yunling.manager)


@pytest.fixture
def workbook(yunling) -> bytes:
    """The open class as it is."""
    return export_class(yunling.open_class, actor=None)


def bomb() -> bytes:
    """A zip that unpacks to 300 MB of one letter."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "空.xlsx", "文件是空的"),
        (b"text", "班次.xls", "只接受 .xlsx 文件"),
        (b"text", "班次.pdf", "只接受 .xlsx 文件"),
        (b"0" * (UPLOAD_LIMIT + 1), "大.xlsx", "超过了 10 MB 的上限"),
        (b"not a workbook", "班次.xlsx", ""),
        (bomb(), "班次.xlsx", ""),
    ],
    ids=["empty", "old", "other", "large", "no-zip", "bomb"],
)
def test_what_is_no_workbook_is_refused_in_words(manager, data, name, said):
    answer = send(manager, data, name)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert said in body and "field-error" in body
    assert not WorkbookImport.objects.exists()


def test_no_file_at_all(manager):
    answer = manager.post(reverse(UPLOAD), {"op_id": str(new_key())})
    assert answer.status_code == 422
    assert "请选择要上传的文件" in answer.content.decode()


def test_sec_24_b30_a_body_beyond_every_form_is_turned_away_unread(manager):
    answer = manager.generic("POST", reverse(UPLOAD), b"", CONTENT_LENGTH=str(50_000_000))
    assert answer.status_code == 413
    assert "文件太大" in answer.content.decode()


def test_rel_03_a_repeated_upload_gets_the_first_answer(manager, yunling, workbook):
    op_id = str(new_key())
    first, again = (send(manager, workbook, op_id=op_id, unit=str(yunling.root.pk)) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert WorkbookImport.objects.count() == 1


def test_rel_03_b33_the_same_number_for_another_file_is_a_conflict(manager, yunling, workbook):
    op_id = str(new_key())
    send(manager, workbook, op_id=op_id, unit=str(yunling.root.pk))
    answer = send(manager, workbook + b" ", op_id=op_id, unit=str(yunling.root.pk))
    assert answer.status_code == 409
    assert "请刷新页面后重试" in answer.content.decode()


def test_b33_a_form_without_its_number_is_not_understood(manager, yunling):
    answer = manager.post(reverse("portal:class_drafts", args=[yunling.open_class.pk]))
    assert answer.status_code == 400


def test_rehearse_confirm_done(manager, yunling, workbook):
    """The class is known again; confirming the same content changes nothing and says so."""
    rehearsal = send(manager, workbook, unit=str(yunling.root.pk))["Location"]
    page = manager.get(rehearsal).content.decode()
    assert "按班次编号 云岭-2026-02 认出" in page
    assert "没有错误" in page
    imported = WorkbookImport.objects.get()
    confirm = reverse("portal:workbook_confirm", args=[imported.pk])
    done = manager.post(confirm, {"op_id": str(new_key())})
    assert done["Location"] == reverse("portal:workbook_done", args=[imported.pk])
    assert "没有任何更改" in manager.get(done["Location"]).content.decode()
    assert manager.get(rehearsal)["Location"] == done["Location"]


def test_who_was_slower_is_told(manager, yunling, workbook):
    """The class moved on between rehearsal and confirmation: 409, nothing written."""
    send(manager, workbook, unit=str(yunling.root.pk))
    TrainingClass.objects.filter(pk=yunling.open_class.pk).update(revision=7)
    imported = WorkbookImport.objects.get()
    answer = manager.post(reverse("portal:workbook_confirm", args=[imported.pk]), {"op_id": str(new_key())})
    assert answer.status_code == 409
    assert "已被他人更改" in answer.content.decode()
    imported.refresh_from_db()
    assert imported.state == "rehearsed"


def test_somebody_elses_class_cannot_be_taken_over(yunling, client_of, workbook):
    other = make.account("yl_manager_2", "另一位班主任", unit=yunling.school)
    make.grant(other, "school", yunling.root)
    answer = send(client_of(other), workbook, unit=str(yunling.root.pk))
    assert answer.status_code == 403
    assert "已由他人建立" in answer.content.decode()
    assert not WorkbookImport.objects.exists()


def test_a_unit_of_another_area_is_no_choice(manager, wangjiang, workbook):
    answer = send(manager, workbook, unit=str(wangjiang.root.pk))
    assert answer.status_code == 422
    assert not WorkbookImport.objects.exists()


def test_the_department_chooses_among_the_organizers_of_its_area(yunling, client_of):
    page = client_of(yunling.staff).get(reverse(UPLOAD) + f"?unit={yunling.school.pk}").content.decode()
    assert f'<option value="{yunling.school.pk}" selected>' in page
    assert yunling.bureau.name not in page


def test_a_refused_workbook_still_says_which_class_it_is(manager, yunling, workbook):
    """Two errors in 班次信息: what else it says is shown, nothing is promised."""
    book = load_workbook(BytesIO(workbook))
    facts = {row[0].value: row[1] for row in book["班次信息"].iter_rows(max_col=2)}
    facts["班次类别"].value, facts["结束日期"].value = None, "五月中旬"
    out = BytesIO()
    book.save(out)
    page = manager.get(send(manager, out.getvalue(), unit=str(yunling.root.pk))["Location"]).content.decode()
    assert yunling.open_class.name in page and yunling.open_class.code in page and "2026-05-11" in page
    assert "改正错误后才能认出班次" in page and "新建" not in page and "没有读到班次名称" not in page
    assert yunling.open_class.name in manager.get(reverse(UPLOAD)).content.decode()


def test_faults_stand_by_sheet_and_row(manager, yunling, workbook):
    """A workbook of another city's units: every fault in its place, nothing to confirm."""
    imported = WorkbookImport.objects.create(
        unit=yunling.root, file=make.keep(b"x"), file_name="错.xlsx", state="refused", uploaded_by_id=yunling.manager.pk,
        faults={
            "errors": [
                {"sheet": "花名册", "row": 15, "column": "身份证号", "found": "9**", "code": "bad_id_check_digit",
                 "message": "花名册 第15行 身份证号：校验位不符，应为 7", "follows": []},
                {"sheet": "考勤", "row": None, "column": None, "found": "", "code": "missing_trainee",
                 "message": "考勤：缺少学员", "follows": [{"message": "量化记录 第3行 姓名：不在名册"}]},
            ],
            "warnings": [], "notices": [], "class": None,
        },
    )  # fmt: skip
    page = manager.get(reverse("portal:workbook_rehearsal", args=[imported.pk])).content.decode()
    assert "有 2 处错误" in page and "校验位不符，应为 7" in page and "量化记录 第3行 姓名：不在名册" in page
    assert "花名册 第15行 身份证号：" not in page
    assert "确认导入" not in page


@pytest.fixture
def former_manager(yunling, workbook):
    """Uploaded when she managed the class; another one manages it since."""
    imported = rehearse_workbook(workbook, "班次.xlsx", actor=yunling.manager, unit=yunling.school)
    WorkbookImport.objects.filter(pk=imported.pk).update(training_class=yunling.open_class)
    ClassRole.objects.filter(training_class=yunling.open_class, account=yunling.manager).update(until=date(2020, 1, 2))
    return imported


def test_sec_21_who_manages_the_class_no_longer_takes_no_numbers_of_it(yunling, manager, former_manager):
    url = reverse("portal:workbook_marked", args=[former_manager.pk])
    answer = manager.get(url)
    assert answer.status_code == 403
    assert "现在由其他班主任管理" in answer.content.decode()
    assert not AuditEntry.objects.filter(event="import.marked").exists()


def test_b08_what_could_not_be_read_is_in_the_log_by_its_hash(manager, yunling):
    assert send(manager, b"not a workbook", unit=str(yunling.root.pk)).status_code == 422
    entry = AuditEntry.objects.get(event="import.rejected")
    assert (entry.actor_id, entry.unit_id, entry.result) == (yunling.manager.pk, yunling.root.pk, "refused")
    assert entry.after["sha256"] == hashlib.sha256(b"not a workbook").hexdigest()
    assert not WorkbookImport.objects.exists()
