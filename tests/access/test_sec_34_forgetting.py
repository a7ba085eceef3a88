"""Years after somebody left, nothing says who they were: no table, no history, no file (SEC-34)."""

from datetime import date
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from core.files import FileGone, keep, load
from core.models import AuditEntry, StoredFile
from core.operations import Refused
from core.sweeping import sweep
from reports.models import Document
from tests import factories as make
from trainees.anonymising import anonymise_cadre, due
from trainees.models import Cadre, Exemption, Recognition, RecognitionProof
from training.models import Activity, ActivityPart, CorrectionRequest, FollowUp, LearningWork, LeaveRequest, ReportBack

LEFT = date(2016, 6, 1)
TODAY = date(2026, 6, 1)
NAME, POST, PHONE = "独孤远行", "云上司独一处处长", "13912349876"
CANARIES = (
    NAME, "duguyuanxing", POST, PHONE, "dgyx_user", "胃镜检查", "证明_独孤.pdf", "讲独孤家训", "独孤术后休养", "独孤外训证书",
    "独孤家乡调研", "在独孤处务会述学", "独孤学得好", "独孤补交病假条", "独孤未附原件",
)  # fmt: skip


@pytest.fixture
def person(yunling):
    """Somebody who left ten years ago, with an account, a class, leave with a proof, a note and a result sheet."""
    who = make.account("dgyx_user", NAME, unit=yunling.bureau)
    make.signed_in(who)
    cadre = make.cadre(NAME, yunling.bureau, yunling.root, account=who, status="retired", status_since=LEFT)
    cadre.set_phone(PHONE)
    cadre.save()
    cadre.appointments.update(post=POST)
    one = yunling.open_class
    seat = make.enrolment(one, cadre, 9, post=POST)
    seat.post_level = "县处级正职"
    seat.save()
    LeaveRequest.objects.create(
        training_class=one, enrolment=seat, kind="sick", reason="胃镜检查", proof=keep(b"proof"), half_days=1,
        proof_name="证明_独孤.pdf", first=one.start, last=one.start, hours=4,
    )  # fmt: skip
    activity = Activity.objects.create(training_class=one, kind="forum", title="学员论坛", date=one.start)
    ActivityPart.objects.create(activity=activity, enrolment=seat, note="讲独孤家训")
    sheet = make.document(one, Document.Kind.SHEET, 30, f"{NAME}考核结果单", unit=seat.unit, enrolment=seat)
    Document.objects.filter(pk=sheet.pk).update(file=keep(NAME.encode()))
    learned_elsewhere(cadre)
    told_afterwards(seat)
    return cadre


def learned_elsewhere(cadre):
    Exemption.objects.create(cadre=cadre, year=2015, kind="illness", reason="独孤术后休养", file=keep(b"illness"))
    course = Recognition.objects.create(
        cadre=cadre,
        unit=cadre.unit,
        channel="online",
        title="网络课",
        title_key="网络课",
        since=LEFT,
        until=LEFT,
        hours=2,
    )
    RecognitionProof.objects.create(recognition=course, file=keep(b"course"), name="独孤外训证书")


def told_afterwards(seat):
    LearningWork.objects.create(enrolment=seat, kind="report", title="独孤家乡调研", file=keep(b"work"), file_name="a")
    ReportBack.objects.create(enrolment=seat, unit=seat.unit, on=LEFT, text="在独孤处务会述学")
    CorrectionRequest.objects.create(
        training_class=seat.training_class, enrolment=seat, lesson="第一讲", after="sick", seen=0, reason="独孤补交病假条",
        comment="独孤未附原件", asked_by_id=seat.pk,
    )  # fmt: skip
    FollowUp.objects.create(enrolment=seat, months=3, due=LEFT, superior_answers={"remark": "独孤学得好"})


def tables_that_hold(words: list[str]) -> dict[str, str]:
    """Tables of the database, as text, in which one of the words stands."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY (SELECT * FROM "{table}") TO STDOUT') as rows:
                text = b"".join(bytes(piece) for piece in rows).decode()
            if standing := [word for word in words if word in text]:
                found[table] = standing[0]
    return found


def files_that_hold(words: list[str]) -> list[str]:
    texts = {file.pk: load(file).decode("utf-8", "replace") for file in StoredFile.objects.filter(deleted=None)}
    return [str(key) for key, text in texts.items() if any(word in text for word in words)]


def test_sec_34_nothing_says_who_it_was(person, yunling):
    number = person.open_id_number()
    words = [*CANARIES, number, person.id_number_index]
    assert set(tables_that_hold(words)) >= {"trainees_cadre", "training_enrolment", "reports_document"}
    assert files_that_hold(words) != []
    anonymise_cadre(person, actor=yunling.staff, today=TODAY)
    sweep(timezone.now())
    assert tables_that_hold(words) == {}
    assert files_that_hold(words) == []
    assert not Cadre.objects.with_id_number(number).exists()
    held = StoredFile.objects.filter(deleted__isnull=False).values_list("location", flat=True)
    assert len(held) == 5 and not any(default_storage.exists(location) for location in held)


def test_sec_34_a_merged_double_is_forgotten_with_the_row_that_lives_on(person, yunling):
    """What hangs on the double stayed there when the two were merged: photo, proofs, seats."""
    account, photo = person.account, keep(f"{NAME}的照片".encode())
    words = [*CANARIES, person.open_id_number(), person.id_number_index]
    Cadre.objects.filter(pk=person.pk).update(account=None, photo=photo)
    stays = make.cadre(NAME, yunling.bureau, yunling.root, status="retired", status_since=LEFT, account=account)
    Cadre.objects.filter(pk=person.pk).update(canonical=stays)
    anonymise_cadre(stays, actor=yunling.staff, today=TODAY)
    sweep(timezone.now())
    assert tables_that_hold(words) == {}
    assert files_that_hold(words) == []
    assert due(TODAY) == []


def test_sec_34_rows_and_sums_of_others_stay(person, yunling):
    others = [(cadre.name, cadre.open_id_number()) for cadre in yunling.cadres]
    seats = yunling.open_class.enrolments.count()
    anonymise_cadre(person, actor=yunling.staff, today=TODAY)
    again = Cadre.objects.filter(pk__in=[cadre.pk for cadre in yunling.cadres]).order_by("pk")
    assert sorted((cadre.name, cadre.open_id_number()) for cadre in again) == sorted(others)
    assert yunling.open_class.enrolments.count() == seats
    person.refresh_from_db()
    assert (person.name, person.masked_id_number) == ("（已匿名）", "")
    entry = AuditEntry.objects.get(event="cadre.anonymise")
    assert (entry.object_id, entry.actor_id) == (str(person.pk), yunling.staff.pk)
    assert NAME not in str(entry.after)


def test_sec_34_the_account_is_nobodys(person, yunling):
    anonymise_cadre(person, actor=yunling.staff, today=TODAY)
    account = person.account
    account.refresh_from_db()
    assert (account.is_active, account.has_usable_password(), account.display_name) == (False, False, "（已注销）")
    assert not account.sessions.exists()


@pytest.mark.parametrize(
    ("status", "since"), [("serving", LEFT), ("seconded", LEFT), ("retired", date(2016, 6, 2)), ("died", None)]
)
def test_sec_34_who_serves_or_left_lately_is_not_forgotten(person, yunling, status, since):
    Cadre.objects.filter(pk=person.pk).update(status=status, status_since=since)
    with pytest.raises(Refused, match="满 10 年"):
        anonymise_cadre(person, actor=yunling.staff, today=TODAY)
    assert tables_that_hold([NAME])


def test_sec_34_the_command_counts_and_forgets_only_for_the_department(person, yunling):
    said = StringIO()
    call_command("anonymise", stdout=said)
    assert "到期 1 人" in said.getvalue() and tables_that_hold([NAME])
    with pytest.raises(CommandError, match="只有组织部"):
        call_command("anonymise", "--by", yunling.system_admin.username)
    call_command("anonymise", "--by", yunling.staff.username, stdout=said)
    assert "已匿名化 1 人" in said.getvalue() and not tables_that_hold([NAME])
    call_command("anonymise", stdout=said)
    assert "到期 0 人" in said.getvalue()


def test_sec_34_a_proof_can_no_longer_be_opened(person, yunling):
    proof = LeaveRequest.objects.get().proof
    anonymise_cadre(person, actor=yunling.staff, today=TODAY)
    sweep(timezone.now())
    proof.refresh_from_db()
    with pytest.raises(FileGone):
        load(proof)
