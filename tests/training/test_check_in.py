"""Checking in by the wall's code: windows, slots, members, one phone one person, what a scan leaves alone (B5)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from core.models import AuditEntry
from core.operations import Refused
from organization.models import Account, DeviceCredential
from organization.services import add_device
from tests import factories as make
from training.models import AttendanceMark, CheckIn, CheckInScan, Enrolment, TrainingClass
from training.rules import check_in as rules
from training.rules.check_in import Window
from training.services import remove_session, write_sessions
from training.services.check_in import Scan, end_check_in, open_check_in, scene_of, settle_check_ins, take, wall_of

pytestmark = pytest.mark.django_db

EIGHT_THIRTY = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai


# ---- rules ----


def test_the_window_follows_the_bell():
    """Half an hour before; late five minutes after; closed half an hour after."""
    window = rules.window_of((EIGHT_THIRTY, EIGHT_THIRTY + timedelta(minutes=200)), 5)
    minutes = [int((at - EIGHT_THIRTY).total_seconds() // 60) for at in (window.opens, window.late_from, window.closes)]
    assert minutes == [-30, 5, 30]


def test_a_short_session_closes_at_its_end():
    window = rules.window_of((EIGHT_THIRTY, EIGHT_THIRTY + timedelta(minutes=25)), 40)
    assert window.closes == window.late_from == EIGHT_THIRTY + timedelta(minutes=25)


@pytest.mark.parametrize(
    ("opens", "late", "closes", "good"),
    [
        (0, 35, 60, True),
        (0, 0, 60, True),
        (0, 60, 60, True),
        (60, 60, 60, False),
        (0, -1, 60, False),
        (0, 61, 60, False),
    ],
)
def test_times_that_cannot_be_are_told(opens, late, closes, good):
    window = Window(*(EIGHT_THIRTY + timedelta(minutes=minutes) for minutes in (opens, late, closes)))
    assert (window.fault() is None) is good


@pytest.fixture
def now() -> datetime:
    """The database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


@pytest.fixture
def class_today(yunling, now) -> TrainingClass:
    """A class that runs today, with the city's three cadres; two of them have accounts."""
    today = now.date()
    facts = {"start": today - timedelta(days=1), "end": today + timedelta(days=3), "state": "running"}
    one = make.training_class(yunling.root, "云岭市秋季中青年干部培训班", "YL-TODAY", attendance_kept=False, **facts)
    make.class_role(yunling.manager, one)
    for place, person in enumerate(yunling.cadres, 1):
        make.enrolment(one, person, place, state="reported")
    return one


@pytest.fixture
def opened(class_today, yunling, now) -> CheckIn:
    """Open since ten minutes ago, not late for ten minutes, closed in half an hour."""
    session = make.session(class_today, 2, recorded=False)
    return open_check_in(session, window(now, -10, 10, 30), actor=yunling.manager)


def window(now, *minutes) -> Window:
    return Window(*(now + timedelta(minutes=one) for one in minutes))


def phone(who: Account, now) -> DeviceCredential:
    return add_device(who, DeviceCredential.Kind.PHONE, "安卓手机", now=now, actor=who)[0]


def scan(check_in: CheckIn, who: Account, now, *, device=None, slots: int = 0) -> Scan:
    return Scan(who, device, "10.0.0.7", rules.code_of(check_in, rules.slot_of(now) - slots))


def look(check_in: CheckIn, one: Scan):
    return scene_of(rules.short_key(check_in), one)


def scanned(check_in: CheckIn, one: Scan):
    return take(look(check_in, one), one)


def mark_of(check_in: CheckIn, who: Account) -> AttendanceMark | None:
    return AttendanceMark.objects.filter(session=check_in.session, enrolment__cadre__account=who).first()


@pytest.mark.parametrize(("ago", "why"), [(-2, rules.EXPIRED), (-1, None), (0, None), (1, None), (2, rules.EXPIRED)])
def test_a_code_holds_for_its_slot_and_those_beside_it(opened, now, ago, why):
    moment = datetime.fromtimestamp(rules.slot_of(now) * 15 + 7, UTC)
    assert rules.refusal_of(opened, rules.slot_of(moment) - ago, moment) == why


def test_a_code_is_made_by_the_secret_and_the_key_of_the_house(opened, settings):
    slot = 120_000_000
    code = rules.code_of(opened, slot)
    assert rules.slot_in(opened, code) == slot
    number, mac = code.split(".")
    assert len(mac) * 6 >= 80  # bits
    for forged in (f"{slot + 1}.{mac}", f"{number}.{mac[:-1]}A" if mac[-1] != "A" else f"{number}.{mac[:-1]}B",
                   f"{number}.{mac[:8]}", mac, "", f"０{number}.{mac}"):  # fmt: skip
        assert rules.slot_in(opened, forged) is None
    settings.SECRET_KEY = "x" * 60
    assert rules.slot_in(opened, code) is None


def test_codes_of_two_check_ins_differ(opened, yunling, now):
    other = open_check_in(make.session(opened.training_class, 3), window(now, 0, 1, 2), actor=yunling.manager)
    assert rules.slot_in(other, rules.code_of(opened, 120_000_000)) is None


# ---- a scan ----


def test_two_taps_and_present(opened, yunling, now):
    one = scan(opened, yunling.trainee, now, device=phone(yunling.trainee, now))
    before = look(opened, one)
    assert (before.refused, before.at, before.seat.roster_name) == (None, None, yunling.cadres[0].name)
    assert not CheckInScan.objects.exists()  # looking writes nothing
    after = take(before, one)
    mark = mark_of(opened, yunling.trainee)
    assert after.at is not None and after.refused is None
    assert (mark.mark, mark.source, mark.by_id) == ("present", "scan", yunling.trainee.pk)
    row = CheckInScan.objects.get()
    assert (row.accepted, row.account, row.source_ip, row.refused, row.doubt) == (
        True,
        yunling.trainee,
        "10.0.0.7",
        "",
        "",
    )


def test_late_after_the_bell(opened, yunling, now):
    CheckIn.objects.update(late_from=now - timedelta(seconds=1))
    scanned(opened, scan(opened, yunling.trainee, now))
    assert mark_of(opened, yunling.trainee).mark == "late"


@pytest.mark.parametrize(
    ("minutes", "why"), [((5, 10, 30), rules.TOO_EARLY), ((-30, -10, 0), rules.OVER), ((-30, -10, -5), rules.OVER)]
)
def test_only_within_the_period(opened, yunling, now, minutes, why):
    times = window(now, *minutes)
    CheckIn.objects.update(opens=times.opens, late_from=times.late_from, closes=times.closes)
    assert scanned(opened, scan(opened, yunling.trainee, now)).refused == why
    assert mark_of(opened, yunling.trainee) is None


def test_an_old_picture_of_the_wall_is_refused_and_told(opened, yunling, now):
    assert scanned(opened, scan(opened, yunling.trainee, now, slots=4)).refused == rules.EXPIRED
    row = CheckInScan.objects.get()
    assert (row.accepted, row.refused) == (False, rules.EXPIRED)
    late = int(row.doubt.removeprefix("二维码更换 ").removesuffix(" 秒后才签到"))
    assert 45 <= late <= 61
    scanned(opened, scan(opened, yunling.trainee, now, slots=5))
    assert CheckInScan.objects.count() == 1  # one row a person and reason, however often it is tried


def test_only_members_of_the_class(opened, yunling, now):
    assert scanned(opened, scan(opened, yunling.liaison, now)).refused == rules.STRANGER
    row = CheckInScan.objects.get()
    assert (row.accepted, row.enrolment, row.account) == (False, None, yunling.liaison)
    entry = AuditEntry.objects.get(event="check_in.refused")
    assert (entry.actor_id, entry.result, entry.reason) == (yunling.liaison.pk, "refused", rules.STRANGER)


def test_who_was_struck_off_is_no_member(opened, yunling, now):
    Enrolment.objects.filter(training_class=opened.training_class, cadre=yunling.cadres[0]).update(state="withdrawn")
    assert scanned(opened, scan(opened, yunling.trainee, now)).refused == rules.STRANGER


def test_a_class_that_was_cancelled_checks_nobody_in(opened, yunling, now):
    TrainingClass.objects.filter(pk=opened.training_class_id).update(state="cancelled")
    assert look(opened, scan(opened, yunling.trainee, now)).refused == rules.OVER


def test_one_person_once(opened, yunling, now):
    first = scanned(opened, scan(opened, yunling.trainee, now))
    again = scanned(opened, scan(opened, yunling.trainee, now, device=phone(yunling.trainee, now)))
    assert (again.at, again.refused) == (first.at, None)
    assert CheckInScan.objects.count() == AttendanceMark.objects.filter(session=opened.session).count() == 1


def test_one_phone_one_person(opened, yunling, now):
    """A friend's account on the same phone: the second is refused, kept and audited."""
    device = phone(yunling.trainee, now)
    scanned(opened, scan(opened, yunling.trainee, now, device=device))
    second = scanned(opened, scan(opened, yunling.other_trainee, now, device=device))
    assert second.refused == rules.ONE_PHONE
    assert mark_of(opened, yunling.other_trainee) is None
    row = CheckInScan.objects.get(accepted=False)
    assert (row.account, row.refused) == (yunling.other_trainee, rules.ONE_PHONE)
    assert AuditEntry.objects.filter(event="check_in.refused").count() == 1


def test_on_somebody_elses_phone_first_is_doubtful(opened, yunling, now):
    scanned(opened, scan(opened, yunling.other_trainee, now, device=phone(yunling.trainee, now)))
    assert CheckInScan.objects.get().doubt == "用的是登记在他人名下的手机"


@pytest.mark.parametrize("mark", ["sick", "official", "absent", "late"])
def test_what_stands_there_stays(opened, yunling, now, mark):
    """Leave and marks by hand are never overwritten; the scan itself is kept."""
    seat = Enrolment.objects.get(training_class=opened.training_class, cadre__account=yunling.trainee)
    source = "leave" if mark in ("sick", "official") else "page"
    AttendanceMark.objects.create(
        training_class=opened.training_class,
        enrolment=seat,
        session=opened.session,
        mark=mark,
        source=source,
        version=3,
    )
    after = scanned(opened, scan(opened, yunling.trainee, now))
    stays = mark_of(opened, yunling.trainee)
    assert (stays.mark, stays.source, stays.version) == (mark, source, 3)
    assert (after.marked, after.at is not None) == (mark, True)
    assert CheckInScan.objects.get().accepted


def test_scans_leave_the_revision_of_the_class_alone(opened, yunling, now):
    before = TrainingClass.objects.get(pk=opened.training_class_id).revision
    scanned(opened, scan(opened, yunling.trainee, now))
    assert TrainingClass.objects.get(pk=opened.training_class_id).revision == before


def test_a_scan_costs_few_queries(opened, yunling, now, query_count, django_assert_max_num_queries):
    """Two to look, one to say who writes, two to write; savepoints of the test's own transaction apart."""
    one = scan(opened, yunling.trainee, now, device=phone(yunling.trainee, now))
    with django_assert_max_num_queries(20) as told:
        scanned(opened, one)
    statements = [query["sql"] for query in told.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 5, statements


def test_nobodys_code_leads_nowhere(opened, yunling, now):
    one = scan(opened, yunling.trainee, now)
    assert scene_of("not-a-key", one) is None
    assert scene_of("A" * 22, one) is None
    assert look(opened, replace(one, code="120000000.AAAAAAAAAAAAAAAA")) is None


# ---- the manager ----


def test_opening_is_audited_and_refused_in_time(opened, yunling, now):
    assert AuditEntry.objects.get(event="check_in.open").actor_id == yunling.manager.pk
    session = make.session(opened.training_class, 3)
    with pytest.raises(Refused, match="已经过去"):
        open_check_in(session, window(now, -60, -50, -40), actor=yunling.manager)
    with pytest.raises(Refused, match="迟到起算应在"):
        open_check_in(session, window(now, 10, 0, 40), actor=yunling.manager)


def test_new_times_keep_the_wall_and_the_codes(opened, yunling, now):
    code, token = rules.code_of(opened, 120_000_000), rules.wall_token(opened)
    changed = open_check_in(opened.session, window(now, -10, 20, 40), actor=yunling.manager)
    assert changed.pk == opened.pk and changed.late_from == now + timedelta(minutes=20)
    assert (rules.code_of(changed, 120_000_000), rules.wall_token(changed)) == (code, token)
    assert AuditEntry.objects.filter(event="check_in.change").count() == 1


def test_no_check_in_once_grades_stand(opened, yunling, now):
    Enrolment.objects.filter(training_class=opened.training_class).update(grade="良好")
    with pytest.raises(Refused, match="成绩已确认"):
        open_check_in(opened.session, window(now, -10, 20, 40), actor=yunling.manager)


def test_the_end_refuses_and_records_a_full_session(opened, yunling, now):
    for who in (yunling.trainee, yunling.other_trainee):
        scanned(opened, scan(opened, who, now))
    third = Enrolment.objects.get(training_class=opened.training_class, cadre=yunling.cadres[2])
    make.mark(third, opened.session, "sick")
    ended = end_check_in(opened, actor=yunling.manager)
    assert look(opened, scan(opened, yunling.liaison, now)).refused == rules.STRANGER
    opened.session.refresh_from_db()
    assert opened.session.recorded
    assert TrainingClass.objects.get(pk=opened.training_class_id).attendance_kept
    with pytest.raises(Refused, match="已经结束"):
        end_check_in(ended, actor=yunling.manager)


def test_a_check_in_that_ran_out_is_settled_once(opened, yunling, now):
    seats = list(Enrolment.objects.filter(training_class=opened.training_class))
    for who in seats[:2]:
        make.mark(who, opened.session, "present")
    CheckIn.objects.update(opens=now - timedelta(hours=2), late_from=now - timedelta(hours=1), closes=now)
    assert settle_check_ins() == 0  # somebody has no mark yet
    make.mark(seats[2], opened.session, "absent")
    assert (settle_check_ins(), settle_check_ins()) == (1, 0)
    opened.session.refresh_from_db()
    assert opened.session.recorded


# ---- the wall ----


def test_the_wall_counts_and_names_nobody(opened, yunling, now, query_count):
    scanned(opened, scan(opened, yunling.trainee, now))
    scanned(opened, scan(opened, yunling.liaison, now))
    token = rules.wall_token(opened)
    wall = wall_of(token)
    assert (wall.present, wall.total) == (1, 3)
    assert query_count(lambda: wall_of(token)) == 2
    assert token not in repr(CheckIn.objects.values()) and wall_of(token[:-1]) is None
    assert opened.wall_hash == rules.wall_hash(token)


def test_a_timetable_does_not_lose_a_session_with_a_check_in(opened, yunling):
    with pytest.raises(Refused, match="签到"):
        remove_session(opened.session, actor=yunling.manager, seen=None)
    with pytest.raises(Refused, match="签到"):
        write_sessions(opened.training_class, [], [])
