"""Lists of attendance machines: what is read, what each row means, what is never overwritten."""

import io
from datetime import datetime

import pytest
from django.utils import timezone
from openpyxl import Workbook

from core.files import FileGone
from core.models import AuditEntry, StoredFile
from core.operations import Refused
from core.sheets.refusal import FileRefused
from organization.models import AuthoritySetting
from tests import factories as make
from training.models import AttendanceMark, Enrolment, MachineUpload, TrainingClass
from training.services.attendance import Edit, save_marks
from training.services.machine import import_machine, rehearse_machine, sweep_machine_uploads
from training.sheets.clockings import read_clockings

pytestmark = pytest.mark.django_db
DAY = "2026-03-02"  # 上午 08:30–11:50（4 学时 × 50 分钟），下午 14:30–17:50


@pytest.fixture(autouse=True)
def in_memory(files_in_memory):
    """Stored bytes are gone with the test."""


@pytest.fixture
def office():
    return make.unit("YL", "云岭市委组织部")


@pytest.fixture
def actor(office):
    return make.account("yl_manager", "韩朝雪", unit=office)


@pytest.fixture
def one(office):
    where = make.training_class(office, "春季班", "YL-01", state=TrainingClass.State.RUNNING, attendance_kept=False)
    people = (("沈若溪", ""), ("欧阳致远", ""), ("王伟(002X)", "A07"), ("王伟(1234)", "A08"))
    for place, (name, serial) in enumerate(people, 1):
        person = make.cadre(name.partition("(")[0], office, office)
        make.enrolment(where, person, place, roster_name=name, serial=serial, state=Enrolment.State.REPORTED)
    make.session(where, 0, recorded=False)
    make.session(where, 1, recorded=False)
    return where


def listing(*rows, head="姓名,打卡时间"):
    return "\n".join((head, *rows)).encode("utf-8-sig")


def judged(one, actor, *rows, head="姓名,打卡时间"):
    upload = rehearse_machine(listing(*rows, head=head), "打卡.csv", one, actor=actor)
    return [(row["outcome"], row["mark"]) for row in upload.found]


def marks(one):
    rows = AttendanceMark.objects.filter(training_class=one).order_by("enrolment__position", "session__period")
    return [(row.enrolment.roster_name, row.session.period, row.mark, row.source) for row in rows]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("06:29", ("outside", "")),
        ("06:30", ("mark", "present")),
        ("08:30", ("mark", "present")),
        ("08:30:01", ("mark", "late")),
        ("10:10", ("mark", "late")),
        ("10:11", ("too_late", "")),
        ("11:50", ("too_late", "")),
        ("12:29", ("too_late", "")),
        ("12:30", ("mark", "present")),
        ("18:50", ("too_late", "")),
        ("18:51", ("outside", "")),
    ],
)
def test_the_mark_follows_from_the_time(one, actor, clock, expected):
    """Two hours before the bell to the bell: present; until half of the session: late; then nothing is said."""
    assert judged(one, actor, f"沈若溪,{DAY} {clock}") == [expected]


def test_some_minutes_after_the_bell_are_no_delay_where_the_school_says_so(one, actor, office):
    AuthoritySetting.objects.create(unit=office, key="late_minutes", value=5, since="2026-01-01")
    assert judged(one, actor, f"沈若溪,{DAY} 08:35", f"欧阳致远,{DAY} 08:36") == [
        ("mark", "present"),
        ("mark", "late"),
    ]


def test_who_is_meant(one, actor):
    rows = (
        f"沈 若 溪,{DAY} 08:20", f"无名氏,{DAY} 08:20", f"王伟,{DAY} 08:20", f"王伟（002x）,{DAY} 08:20", f",{DAY} 08:20",
    )  # fmt: skip
    found = [outcome for outcome, _ in judged(one, actor, *rows)]
    assert found == ["mark", "unknown", "ambiguous", "mark", "unknown"]


def test_a_number_tells_people_of_one_name_apart(one, actor):
    rows = (f"A08,王伟,{DAY} 08:20", f"99,欧阳致远,{DAY} 08:20")
    assert judged(one, actor, *rows, head="工号,姓名,打卡时间") == [("mark", "present")] * 2
    assert judged(one, actor, f"2,{DAY} 08:20", f"9,{DAY} 08:20", head="序号,打卡时间") == [
        ("mark", "present"), ("unknown", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("when", ["昨天早上", "2026-03-02", "08:20", "2026-13-02 08:20", "2026-03-02 25:20"])
def test_a_time_that_cannot_be_read_is_a_fault(one, actor, when):
    assert judged(one, actor, f"沈若溪,{when}") == [("bad_time", "")]


@pytest.mark.parametrize(
    "row", [f"沈若溪,{DAY} 8:20:05", "沈若溪,2026/3/2 8:20", "沈若溪,2026年3月2日 08：20", "沈若溪,2026.03.02T08:20"]
)
def test_times_as_machines_write_them(one, actor, row):
    assert judged(one, actor, row) == [("mark", "present")]


def test_date_and_time_in_two_columns_of_an_excel_file(one, actor):
    book = Workbook()
    sheet = book.active
    sheet.append(["考勤明细"])
    sheet.append(["序号", "部门", "姓名", "日期", "时间"])
    sheet.append([1, "春季班", "沈若溪", datetime(2026, 3, 2), datetime(2026, 3, 2, 8, 20).time()])
    sheet.append([2, "春季班", "欧阳致远", "2026-03-02", "08:40"])
    sheet.append([3, None, None, None, None])
    data = io.BytesIO()
    book.save(data)
    upload = rehearse_machine(data.getvalue(), "明细.xlsx", one, actor=actor)
    assert [(row["row"], row["mark"]) for row in upload.found] == [(3, "present"), (4, "late")]


def test_one_cell_with_date_and_time_in_excel(one, actor):
    book = Workbook()
    book.active.append(["姓名", "打卡时间"])
    book.active.append(["沈若溪", datetime(2026, 3, 2, 8, 30)])
    book.active.append(["沈若溪", datetime(2026, 3, 2, 14, 31)])
    data = io.BytesIO()
    book.save(data)
    upload = rehearse_machine(data.getvalue(), "明细.xlsx", one, actor=actor)
    assert [row["mark"] for row in upload.found] == ["present", "late"]


def test_the_earliest_of_several_counts(one, actor):
    rows = (f"沈若溪,{DAY} 08:40", f"沈若溪,{DAY} 08:10", f"沈若溪,{DAY} 11:50")
    assert judged(one, actor, *rows) == [("repeated", ""), ("mark", "present"), ("too_late", "")]


def test_gbk_semicolons_and_tabs_are_read():
    for text, encoding in (
        ("姓名;打卡时间\n沈若溪;2026-03-02 08:20", "gb18030"),
        ("姓名\t打卡时间\n沈若溪\t2026-03-02 08:20", "utf-8"),
    ):
        (row,) = read_clockings(text.encode(encoding), "A.CSV")
        assert (row.row, row.name, row.at) == (2, "沈若溪", datetime(2026, 3, 2, 8, 20))


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"", "部门,备注\n甲,乙".encode(), "姓名\n沈若溪".encode()])
def test_what_is_no_list_is_refused(data):
    with pytest.raises(FileRefused):
        read_clockings(data, "打卡.csv")


def test_a_rehearsal_writes_no_mark_and_an_import_does_once(one, actor):
    upload = rehearse_machine(
        listing(f"沈若溪,{DAY} 08:20", f"欧阳致远,{DAY} 08:45", f"无名氏,{DAY} 08:20"), "打卡.csv", one, actor=actor
    )
    assert marks(one) == []
    assert import_machine(upload, actor=actor) == 2
    assert marks(one) == [("沈若溪", 1, "present", "machine"), ("欧阳致远", 1, "late", "machine")]
    assert import_machine(upload, actor=actor) == 2
    again = rehearse_machine(listing(f"沈若溪,{DAY} 08:20"), "打卡.csv", one, actor=actor)
    assert [row["outcome"] for row in again.found] == ["same"]
    assert import_machine(again, actor=actor) == 0
    assert AuditEntry.objects.filter(event="attendance.import").count() == 2
    assert AuditEntry.objects.filter(event="attendance.save").count() == 1


def test_pages_and_leave_are_never_overwritten(one, actor):
    first, second, *_ = Enrolment.objects.of_class(one)
    when = one.sessions.get(period=1)
    save_marks(one, [Edit(first.pk, when.pk, "absent")], actor=actor)
    AttendanceMark.objects.create(training_class=one, enrolment=second, session=when, mark="sick", source="leave")
    upload = rehearse_machine(listing(f"沈若溪,{DAY} 08:20", f"欧阳致远,{DAY} 08:20"), "打卡.csv", one, actor=actor)
    assert [row["outcome"] for row in upload.found] == ["kept", "leave"]
    assert import_machine(upload, actor=actor) == 0
    assert [row[2:] for row in marks(one)] == [("absent", "page"), ("sick", "leave")]


def test_a_page_that_was_quicker_between_rehearsal_and_import_stays(one, actor):
    upload = rehearse_machine(listing(f"沈若溪,{DAY} 08:20"), "打卡.csv", one, actor=actor)
    save_marks(one, [Edit(Enrolment.objects.of_class(one)[0].pk, one.sessions.get(period=1).pk, "late")], actor=actor)
    assert import_machine(upload, actor=actor) == 0
    upload.refresh_from_db()
    assert [row["outcome"] for row in upload.found] == ["kept"]


@pytest.mark.parametrize("clocks", [("08:40", "08:10"), ("08:10", "08:40")])
def test_the_earliest_of_several_lists_counts(one, actor, clocks):
    for clock in clocks:
        import_machine(rehearse_machine(listing(f"沈若溪,{DAY} {clock}"), "单.csv", one, actor=actor), actor=actor)
    assert marks(one) == [("沈若溪", 1, "present", "machine")]


def test_the_bytes_are_sealed_and_go_after_some_days(one, actor, settings):
    rehearse_machine(listing(f"沈若溪,{DAY} 08:20"), "打卡.csv", one, actor=actor)
    file = StoredFile.objects.get()
    assert file.encrypted
    assert (file.delete_after - MachineUpload.objects.get().created.date()).days in (
        settings.UPLOAD_KEEP_DAYS, settings.UPLOAD_KEEP_DAYS + 1,
    )  # fmt: skip


def test_a_list_without_rows_is_refused(one, actor):
    with pytest.raises(Refused, match="没有打卡记录"):
        rehearse_machine(listing(), "打卡.csv", one, actor=actor)


def test_what_was_said_of_people_goes_with_the_file(one, actor):
    upload = rehearse_machine(listing(f"沈若溪,{DAY} 08:20"), "打卡.csv", one, actor=actor)
    assert sweep_machine_uploads(timezone.now()) == 0
    StoredFile.objects.update(deleted=timezone.now())
    assert [sweep_machine_uploads(timezone.now()) for _ in range(2)] == [1, 0]
    upload.refresh_from_db()
    assert upload.found == []
    with pytest.raises(FileGone):
        import_machine(upload, actor=actor)
