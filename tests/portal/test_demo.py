"""The demo city: made by one command, once; a class in every state; everybody can sign in."""

import json
import re
import stat
from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Result, SatisfactionCount, WorkbookImport
from assessments.services.reconciling import reconcile_results
from core.idnumber import fault_of
from core.jobs import drain
from core.models import AuditEntry, Batch
from courses.models import Course, CourseCategory, Room, Teacher
from organization.models import Account, Unit
from organization.roles import Role
from portal.demo.accounts import new_password, settle_password
from portal.demo.books import Seating, book_of, corrected
from portal.demo.people import LEARNER, everybody
from portal.demo.plan import PLANS, Stage, calendar_of
from reports.models import ArchivePaper, Document
from trainees.models import (
    Appointment,
    Award,
    Cadre,
    CreditEntry,
    Exemption,
    LedgerYear,
    OnlineClass,
    PlatformUpload,
    Recognition,
    RuleSet,
)
from trainees.services.reconciling import reconcile
from training.models import (
    AttendanceMark,
    ClassRole,
    ClassSeries,
    CorrectionRequest,
    Enrolment,
    FollowUp,
    LearningWork,
    LeaveRequest,
    LeaveStep,
    ReportBack,
    Session,
    TrainingClass,
)

NAMED = {"zuzhibu", "banzhuren", "lianluoyuan", "xueyuan", "lingdao", "guanliyuan"}
ANY_DAYS = [date(2026, 1, 1), date(2026, 5, 3), date(2026, 10, 2), date(2026, 11, 22), date(2027, 12, 31)]


@pytest.fixture
def city(own_database, files_in_memory, fast_passwords, settings, tmp_path):
    """The city, made by the command; its folder."""
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    call_command("demo_city")
    return tmp_path


def rows():
    models = [Unit, Account, Cadre, TrainingClass, Enrolment, AttendanceMark, Result, Document, WorkbookImport, Batch]
    return [model.objects.count() for model in models], AuditEntry.objects.count()


def facts(folder):
    return json.loads((folder / "demo.json").read_text(encoding="utf-8"))


def test_the_city_lives(city):
    check_states()
    check_people()
    check_papers()
    check_every_office()
    check_figures()
    check_accounts(city)
    check_uploads()
    check_ledger()
    check_elsewhere()
    check_pages()
    check_twice_is_once(city)
    check_lost_password(city)
    check_work()


def check_states():
    """A class in every state, results and documents in every state that a living office has."""
    assert set(TrainingClass.objects.values_list("state", flat=True)) == set(TrainingClass.State.values)
    assert set(Result.objects.values_list("state", flat=True)) == set(Result.State.values)
    assert set(Result.objects.values_list("grade", flat=True)) == set(Result.Grade.values)
    assert set(Result.objects.values_list("candidate", flat=True)) == set(Result.Candidate.values)
    states = set(Document.objects.values_list("state", flat=True))
    assert states == {Document.State.DRAFT, Document.State.ISSUED, Document.State.REPLACED}
    assert set(AttendanceMark.objects.values_list("mark", flat=True)) == set(AttendanceMark.Mark.values)
    assert TrainingClass.objects.count() == len(PLANS) - 1  # one upload waits for its confirmation
    spared = Enrolment.objects.exclude(override_reason="")
    assert spared.exclude(grade="").get().grade != Result.Grade.WITHDRAWN
    check_leave(spared.get(grade=""))
    assert {one.unit.code for one in TrainingClass.objects.select_related("unit")} == {"YL", "QX", "QS"}
    assert SatisfactionCount.objects.filter(rating="不满意").exists()


def check_leave(spared):
    """A request in every state; one beyond the cap that the department lets pass; one level is reminded."""
    assert set(LeaveRequest.objects.values_list("state", flat=True)) == set(LeaveRequest.State.values)
    assert LeaveRequest.objects.get(over_cap=True).enrolment == spared
    assert LeaveStep.objects.exclude(reminded=None).get().level == "office"
    assert LeaveStep.objects.current().count() >= 3
    marks = AttendanceMark.objects.filter(source="leave")
    assert marks.exists() and not marks.filter(leave=None).exists()


def check_people():
    """Some hundred invented cadres with valid numbers of a region that is nowhere."""
    people = list(Cadre.objects.all())
    assert 200 <= len(people) <= 400
    numbers = [person.open_id_number() for person in people]
    assert all(number.startswith("99") and fault_of(number, date.today()) is None for number in numbers)
    assert {"维吾尔族", "藏族", "彝族"} <= {person.ethnic_group for person in people}
    assert {True, False} == {person.unverified for person in people}
    learner = Cadre.objects.get(name=LEARNER)
    assert learner.account is not None and learner.account.username == "xueyuan"
    assert Result.objects.filter(enrolment__cadre=learner, state=Result.State.CONFIRMED).count() >= 2
    assert {one.roster_name[:3] for one in Enrolment.objects.filter(roster_name__contains="(")} == {"陈思远"}


def check_papers():
    """Numbers without a gap in every series; the replaced ones name what replaces them; work waits for the worker."""
    for series in {one.series for one in Document.objects.exclude(series=None).select_related("series")}:
        numbers = sorted(Document.objects.filter(series=series).values_list("number", flat=True))
        assert numbers == list(range(1, series.last + 1))
    texts = {one.number_text[:3] for one in Document.objects.exclude(series=None).select_related("series")}
    assert texts == {"云培函", "云培通", "云培单", "清培函", "清培通", "清培单"}
    for old in Document.objects.filter(state=Document.State.REPLACED):
        assert old.replaced_by.state == Document.State.ISSUED
    assert Document.objects.filter(kind="letter", unit__code="YL01", state="issued").exists()
    waiting = Batch.objects.filter(items__state="waiting").distinct()
    assert waiting.count() >= 5


def check_figures():
    """Ledger, results and attendance agree (REL-02)."""
    assert reconcile().findings == reconcile_results().findings == []


def check_every_office():
    """Each department has a class that runs, documents to read, and the school a catalogue."""
    for username in ("zuzhibu", "qingxi", "qingshan"):
        staff = Account.objects.get(username=username)
        assert TrainingClass.objects.visible_to(staff).filter(state=TrainingClass.State.RUNNING).exists()
        assert Document.objects.visible_to(staff).filter(state=Document.State.ISSUED).exists()
        assert Course.objects.filter(staff.access.within("unit", Role.STAFF)).count() >= 4
    for model in (CourseCategory, Course, Teacher, Room, ClassSeries):
        assert model.objects.count() >= 4, model
    assert not Session.objects.filter(category=None).exists()


def check_accounts(folder):
    accounts = facts(folder)["accounts"]
    assert {one["username"] for one in accounts} >= NAMED
    assert all(authenticate(HttpRequest(), username=one["username"], password=one["password"]) for one in accounts)
    assert len({one["password"] for one in accounts}) == 1
    assert stat.S_IMODE((folder / "demo.json").stat().st_mode) == 0o600
    held = {one.username: set(one.access.roles) for one in Account.objects.all()}
    assert held["zuzhibu"] == {Role.STAFF} and held["lianluoyuan"] == {Role.LIAISON} and held["xueyuan"] == set()
    manages = ClassRole.objects.filter(account__username="banzhuren", kind=ClassRole.Kind.MANAGER)
    assert manages.count() > TrainingClass.objects.count() / 2


def check_uploads():
    refused = WorkbookImport.objects.get(state=WorkbookImport.State.REFUSED)
    codes = {fault["code"] for fault in refused.faults["errors"]}
    assert codes == {
        "bad_id_check_digit", "unknown_unit", "duplicate_id", "session_outside_class", "bad_points", "unknown_trainee",
    }  # fmt: skip
    assert WorkbookImport.objects.filter(state=WorkbookImport.State.REHEARSED).count() == 1
    assert not TrainingClass.objects.filter(code__regex=r"^YL20\d\d-0").exists()


def check_ledger():
    """Of the city and one county the past is closed, in order; some did what was asked, some did not; statements wait."""
    first = timezone.localdate().year - 3
    closed = LedgerYear.objects.exclude(closed_at=None)
    for code in ("QX", "YL"):
        years = sorted(closed.filter(authority__code=code).values_list("year", flat=True))
        assert years in ([first, first + 1], [first, first + 1, first + 2])
    last = max(closed.filter(authority__code="YL").values_list("year", flat=True))
    for held in LedgerYear.objects.exclude(closed_at=None):
        off_job = next(one for one in held.figures["requirements"] if one["code"] == "off_job")
        assert 0 < off_job["met"] < off_job["asked"]
        assert held.figures["carry"]["people"] > 0
    statements = ArchivePaper.objects.filter(year=last)
    assert statements.filter(kind="unit_year").count() >= 10
    assert statements.filter(kind="cadre_year", cadre__account__username="xueyuan").exists()
    assert CreditEntry.objects.filter(adjustment=True).exists()
    assert RuleSet.objects.filter(unit__code="YL").count() == 2


def check_elsewhere():
    """What was learned elsewhere in every state, what happens to people, what comes after a class."""
    assert set(Recognition.objects.values_list("state", flat=True)) == set(Recognition.State.values)
    assert set(PlatformUpload.objects.values_list("state", flat=True)) == set(PlatformUpload.State.values)
    assert Exemption.objects.count() == 2
    assert {row.state for row in CorrectionRequest.objects.all()} == {"asked", "approved", "returned"}
    assert Appointment.objects.filter(post="副局长").exists()
    assert set(ReportBack.objects.values_list("state", flat=True)) == set(ReportBack.State.values)
    assert FollowUp.objects.filter(closed_at=None).exists()
    assert OnlineClass.objects.get().learners.count() > 20
    assert Award.objects.exists() and LearningWork.objects.exists()


PAGES = {
    "zuzhibu": "cadre_list ledger_years statements duties exemptions recognition_list platform_list online_classes "
    "report_backs follow_ups class_unclosed duty_people correction_list",
    "qingxi": "cadre_list ledger_years statements duties duty_people",
    "lianluoyuan": "cadre_list statements duties recognition_list report_backs duty_people",
    "lingdao": "cadre_list statements duties duty_people",
    "xueyuan": "my_recognitions my_afterwards",
}


def check_pages():
    """No page of a role is empty where the city has something to show."""
    for username, names in PAGES.items():
        client = Client()
        client.force_login(Account.objects.get(username=username))
        for name in names.split():
            answer = client.get(reverse(f"portal:{name}"))
            assert answer.status_code == 200, (username, name)
            assert 'class="nothing"' not in answer.content.decode(), (username, name)


def check_twice_is_once(folder):
    before, said = rows(), facts(folder)
    call_command("demo_city")
    assert (rows(), facts(folder)) == (before, said)


def check_lost_password(folder):
    """Whoever deletes demo.json gets a new password for everybody, and no second city; the address is kept apart."""
    before = facts(folder)["accounts"][0]["password"]
    (folder / "demo.json").write_text('{"url": "http://127.0.0.1:8000"}')
    call_command("demo_city")
    now = facts(folder)
    assert now["url"] == "http://127.0.0.1:8000"
    assert now["accounts"][0]["password"] != before
    check_accounts(folder)


def check_work():
    """One of the waiting batches, as the worker would do it."""
    smallest = min(Batch.objects.filter(items__state="waiting").distinct(), key=lambda batch: batch.items.count())
    assert drain(smallest.pk) == smallest.items.count()
    assert set(smallest.items.values_list("state", flat=True)) == {"done"}


def test_only_a_demo_gets_the_city(own_database, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="示范"):
        call_command("demo_city")
    assert not Account.objects.exists()


@pytest.mark.parametrize("today", ANY_DAYS, ids=str)
def test_dates_follow_today(today):
    """Whatever day it is: planned lies ahead, running is now, everything else is over; nobody sits twice at once."""
    for plan in PLANS:
        calendar = calendar_of(plan, today)
        assert len(calendar.days) == plan.days
        if plan.stage in (Stage.PLANNED, Stage.CANCELLED, Stage.REHEARSED):
            assert calendar.start > today
        elif plan.stage == Stage.RUNNING:
            assert calendar.start <= today <= calendar.end
        else:
            assert calendar.end < today
    seating = Seating(everybody(), today)
    seated = [(calendar_of(plan, today), seating.fill(plan)) for plan in PLANS]
    for place, (calendar, people) in enumerate(seated):
        for other, others in seated[:place]:
            if calendar.meets(other):
                assert not {one.key for one in people} & {one.key for one in others}


def test_the_same_city_every_time():
    assert everybody() == everybody()
    names = {code: code for code in {one.unit_code for one in everybody()}}
    today = date(2026, 11, 22)
    first, second = (book_of(PLANS[0], Seating(everybody(), today).fill(PLANS[0]), names, "A", today) for _ in range(2))
    assert first == second
    changed = corrected(first)
    assert sum(a != b for a, b in zip(first.entries, changed.entries, strict=True)) == 1


def test_passwords(db, tmp_path):
    words = {new_password() for _ in range(50)}
    assert len(words) == 50
    assert all(
        re.fullmatch(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9]{4}(-[A-Za-z0-9]{4}){2}", word) for word in words
    )
    assert settle_password(tmp_path / "demo.json") not in words
