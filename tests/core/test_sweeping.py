"""What is over goes within the hour, once, and the log says how much (SEC-33)."""

from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest
from axes.models import AccessAttempt
from django.conf import settings as project
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import WorkbookImport
from core.files import FileGone, keep, load
from core.keys import new_key
from core.models import AuditEntry, Operation, StoredFile
from core.sweeping import sweep
from organization.models import AccountSession, DeviceCredential, FailedSignIn
from tests import factories as make
from tests.access import stage
from training.models import MachineUpload, SlipSheet


def day(number: int) -> datetime:
    """Noon, so many days from now."""
    return timezone.localtime().replace(hour=12, minute=0) + timedelta(days=number)


@pytest.fixture
def swept(db, files_in_memory):
    """Sweep at a moment; what went, without the noughts."""

    def run(now: datetime) -> dict[str, int]:
        return {name: count for name, count in sweep(now).items() if count}

    return run


@pytest.fixture
def imported(cast) -> WorkbookImport:
    stage.an_import(cast.yunling)
    one = WorkbookImport.objects.get(pk=cast.yunling.__dict__["imported"])
    one.faults["errors"] = [
        {"sheet": "学员名册", "row": 3, "column": "身份证号", "code": "birth", "follows": [],
         "message": "第3行：出生日期 1985-06-12 与身份证号不符", "found": "司马清扬 1985-06-12"},
    ]  # fmt: skip
    one.state = WorkbookImport.State.REFUSED
    one.save()
    return one


def test_sec_33_an_uploaded_workbook_is_kept_seven_days(project_settings, imported, swept):
    assert project_settings.UPLOAD_KEEP_DAYS == 7
    assert imported.file.delete_after == timezone.localdate() + timedelta(days=7)
    assert "files" not in swept(day(7))
    assert load(imported.file)
    gone = swept(day(8))
    assert (gone["files"], gone["rehearsals"]) == (1, 1)
    imported.refresh_from_db()
    with pytest.raises(FileGone, match="保存期限"):
        load(imported.file)


@pytest.fixture
def project_settings():
    return project


def test_sec_33_what_a_rehearsal_said_goes_with_its_file(imported, swept, yunling):
    swept(day(8))
    imported.refresh_from_db()
    assert "司马清扬" not in str(imported.faults) and "1985-06-12" not in str(imported.faults)
    assert imported.faults["left"]["errors"] == 1
    assert imported.faults["class"]["name"] == yunling.open_class.name
    client = Client()
    client.force_login(yunling.manager)
    body = client.get(reverse("portal:workbook_rehearsal", args=[imported.pk])).content.decode()
    assert "已按保存期限删除" in body and reverse("portal:workbook_marked", args=[imported.pk]) not in body
    assert client.get(reverse("portal:workbook_marked", args=[imported.pk])).status_code == 410
    assert "有 1 处错误" in client.get(reverse("portal:workbook_upload")).content.decode()


def orphan(name: str, days_old: int, monkeypatch) -> str:
    location = default_storage.save(name, BytesIO(b"sealed"))
    written = timezone.now() - timedelta(days=days_old, minutes=1)
    known = InMemoryStorage.get_modified_time
    monkeypatch.setattr(
        InMemoryStorage, "get_modified_time", lambda self, one: written if one == location else known(self, one)
    )
    return location


@pytest.mark.parametrize(("days_old", "goes"), [(0, False), (1, True)])
def test_sec_33_bytes_without_a_row_go_after_a_day(swept, monkeypatch, days_old, goes):
    key = new_key()
    location = orphan(f"{key.hex[-2:]}/{key.hex}", days_old, monkeypatch)
    assert swept(timezone.now()) == ({"orphans": 1} if goes else {})
    assert default_storage.exists(location) is not goes


def test_sec_33_bytes_with_a_row_stay_however_old(swept):
    file = keep(b"1")
    swept(timezone.now() + timedelta(days=400))
    assert load(file) == b"1"


def test_sec_33_what_a_backup_brought_back_goes_again(swept):
    file = keep(b"1", delete_after=timezone.localdate())
    swept(day(1))
    default_storage.save(file.location, BytesIO(b"sealed"))
    assert swept(timezone.now() + timedelta(days=2)) == {"orphans": 1}
    assert not default_storage.exists(file.location)


def test_what_is_not_ours_stays(swept, monkeypatch):
    kept = [orphan(name, 9, monkeypatch) for name in ("README", "notes/a.txt", "ab/notes.txt")]
    swept(timezone.now())
    assert all(default_storage.exists(location) for location in kept)


def test_sec_02_the_file_of_slips_goes_ten_minutes_after_it_was_taken(cast, swept):
    stage.slip_sheet(cast.yunling)
    sheet = SlipSheet.objects.get()
    StoredFile.objects.filter(pk=sheet.file_id).update(delete_after=timezone.localdate())
    sheet.taken = timezone.now()
    sheet.save()
    assert "slips" not in swept(sheet.taken + timedelta(minutes=9))
    gone = swept(sheet.taken + timedelta(minutes=11))
    assert (gone["slips"], gone["files"]) == (1, 1)


def test_sessions_failures_devices_and_first_answers_go(swept, django_user_model):
    who = make.account("somebody", "某人")
    now = timezone.now()
    live, over = make.signed_in(who), make.signed_in(who)
    AccountSession.objects.filter(pk=over.pk).update(expire_date=now - timedelta(seconds=1))
    for days in (0, 2):
        row = FailedSignIn.objects.create(address="10.0.0.1")
        FailedSignIn.objects.filter(pk=row.pk).update(at=now - timedelta(days=days))
    for name, days in (("young", 6), ("old", 8)):
        row = AccessAttempt.objects.create(username=name, ip_address="10.0.0.1", failures_since_start=1)
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=now - timedelta(days=days))
    for mark, days in (("1", 29), ("2", 31)):
        DeviceCredential.objects.create(
            account=who, kind="phone", label="手机", key_hash=mark * 64, expires=now - timedelta(days=days)
        )
    for days in (89, 91):
        row = Operation.objects.create(op_id=new_key(), actor_id=who.pk, name="x", digest="0" * 64)
        Operation.objects.filter(pk=row.pk).update(at=now - timedelta(days=days))
    assert swept(now) == {"sessions": 1, "failures": 2, "devices": 1, "operations": 1}
    assert AccountSession.objects.get() == live
    assert list(DeviceCredential.objects.order_by("key_hash").values_list("label", flat=True)) == ["手机", ""]
    assert AccessAttempt.objects.get().username == "young"


def test_a_second_sweep_finds_nothing_and_the_log_says_how_much_went(swept):
    keep(b"1", delete_after=timezone.localdate())
    assert [swept(day(1)), swept(day(1))] == [{"files": 1}, {}]
    entry = AuditEntry.objects.get(event="sweep.done")
    assert (entry.actor_id, entry.result, entry.after) == (None, "ok", {"files": 1})


def broken(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    return 0


def test_one_sweeper_in_trouble_leaves_the_others_to_their_work(swept, settings):
    settings.SWEEPS = {"broken": f"{__name__}.broken", **project.SWEEPS}
    keep(b"1", delete_after=timezone.localdate() - timedelta(days=1))
    assert swept(timezone.now()) == {"broken": -1, "files": 1}
    assert AuditEntry.objects.get(event="sweep.done").result == "failed"
    with pytest.raises(CommandError, match="没有清除"):
        call_command("sweep", stdout=StringIO())


def test_the_command_says_what_went(swept):
    keep(b"1", delete_after=timezone.localdate() - timedelta(days=1))
    said = StringIO()
    call_command("sweep", stdout=said)
    assert "files\t1" in said.getvalue()


def test_sec_33_what_was_said_of_a_machines_list_goes_with_its_file(cast, swept):
    one = MachineUpload.objects.create(
        training_class=cast.yunling.open_class, file=keep(b"1", delete_after=timezone.localdate()), file_name="打卡.csv",
        found=[{"row": 2, "who": "司马清扬", "at": "08:01", "outcome": "mark", "text": "", "mark": "late"}],
        uploaded_by_id=cast.yunling.manager.pk,
    )  # fmt: skip
    assert "machine_lists" not in swept(day(0))
    assert swept(day(1))["machine_lists"] == 1
    one.refresh_from_db()
    assert one.found == []
