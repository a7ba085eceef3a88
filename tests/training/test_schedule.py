"""The timetable by hand: half-days of four hours, one place at a time, a former class's copy, stale pages."""

import threading
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry, RowChange
from core.operations import Conflict, Refused
from courses.models import Room, Teacher
from organization.models import AuthoritySetting
from tests import factories as make
from training.models import CheckIn, Session, TrainingClass
from training.rules import Bell, may_hold, times
from training.services import Lesson, change_session, copy_timetable, move_session, put_session, remove_session

DAY = date(2026, 3, 3)
MORNING, AFTERNOON, EVENING = Session.Period.values
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def office(db):
    return make.unit("YL", "云岭市委组织部")


@pytest.fixture
def actor(office):
    return make.account("yl_manager", "韩朝雪", unit=office)


@pytest.fixture
def one(office):
    return make.training_class(office, "春季班", "YL-01", state=TrainingClass.State.RUNNING)


@pytest.fixture
def other(office):
    return make.training_class(office, "专题班", "YL-02", state=TrainingClass.State.RUNNING)


def lesson(hours="4", day=DAY, period=MORNING, **more):
    return Lesson(date=day, period=period, title=more.pop("title", "应急管理"), hours=Decimal(hours), **more)


def at(hour, minute=0, day=DAY):
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def clock(session):
    return [f"{end.astimezone(SHANGHAI):%H:%M}" for end in (session.span.lower, session.span.upper)]


@pytest.mark.parametrize(
    ("hours", "others", "refused"),
    [("4", "0", False), ("4.5", "0", True), ("2", "2", False), ("2", "2.5", True), ("0", "0", True), ("0.5", "0", False),
     ("1.2", "0", True), ("-1", "0", True)],
)  # fmt: skip
def test_a_half_day_has_four_hours_in_steps_of_a_half(hours, others, refused):
    assert bool(may_hold(Decimal(hours), Decimal(others))) is refused


def test_times_follow_the_schools_bell(one, actor):
    """08:30 and fifty minutes an hour: 4 hours end at 11:50; the second session begins where the first ends."""
    first = put_session(one, lesson("2"), actor=actor)
    second = put_session(one, lesson("2", title="案例"), actor=actor)
    assert (clock(first), clock(second), second.number) == (["08:30", "10:10"], ["10:10", "11:50"], 2)


def test_a_schools_own_times(one, actor, office):
    AuthoritySetting.objects.create(unit=office, key="afternoon_begins", value="15:00", since=date(2026, 1, 1))
    AuthoritySetting.objects.create(unit=office, key="lesson_minutes", value=45, since=date(2026, 1, 1))
    assert clock(put_session(one, lesson("2", period=AFTERNOON), actor=actor)) == ["15:00", "16:30"]


def test_times_of_sessions_without_times_of_their_own(one, office):
    facts = {"training_class": one, "date": DAY, "period": MORNING, "title": "研讨", "hours": 2}
    first, second = (Session.objects.create(**facts, number=number) for number in (1, 2))
    found = times([second, first], Bell.of(office, DAY))
    assert [f"{begin:%H:%M}" for begin, _ in (found[first], found[second])] == ["08:30", "10:10"]


def test_more_than_four_hours_are_refused_and_nothing_is_written(one, actor):
    put_session(one, lesson("3"), actor=actor)
    with pytest.raises(Refused, match="超过了 4 学时"):
        put_session(one, lesson("1.5"), actor=actor)
    assert Session.objects.count() == 1


def test_a_session_across_midnight_holds_and_ends_after_it_begins(one, actor):
    night = lesson("2", period=EVENING, begins=at(23), ends=at(0, 40, date(2026, 3, 4)))
    assert clock(put_session(one, night, actor=actor)) == ["23:00", "00:40"]
    with pytest.raises(Refused, match="下课时间应晚于上课时间"):
        put_session(one, lesson("1", period=EVENING, begins=at(23), ends=at(0, 40)), actor=actor)


def test_same_start_and_shorter_end_is_refused(one, actor):
    put_session(one, lesson("2", begins=at(9), ends=at(11)), actor=actor)
    with pytest.raises(Refused, match="本班此时已有课"):
        put_session(one, lesson("1", begins=at(9), ends=at(10)), actor=actor)


@pytest.mark.parametrize(
    ("kind", "sentence"), [("teacher", "该授课人此时已有课"), ("room", "该教室此时已被占用")]
)  # fmt: skip
def test_a_linked_teacher_or_room_is_in_one_place(one, other, office, actor, kind, sentence):
    linked = Teacher(unit=office, name="穆教授") if kind == "teacher" else Room(unit=office, name="第一报告厅")
    linked.save()
    put_session(one, lesson(**{kind: linked}), actor=actor)
    with pytest.raises(Refused, match=f"{sentence}；春季班"):
        put_session(other, lesson(**{kind: linked}), actor=actor)
    put_session(other, lesson(period=AFTERNOON, **{kind: linked}), actor=actor)


def test_the_database_refuses_it_whoever_asks(one, other, office, actor):
    teacher = Teacher.objects.create(unit=office, name="穆教授")
    first = put_session(one, lesson(teacher=teacher), actor=actor)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.session(other, 0, date=DAY, teacher=teacher, span=first.span)


def test_text_from_a_workbook_is_not_refused(one, other, actor):
    for where in (one, other):
        put_session(where, lesson(teacher_name="穆教授（市委党校）", place_name="第一报告厅"), actor=actor)
    assert Session.objects.count() == 2


def test_days_outside_the_class_and_closed_classes(one, other, actor):
    with pytest.raises(Refused, match="不在班次起止日期内"):
        put_session(one, lesson(day=date(2026, 3, 14)), actor=actor)
    TrainingClass.objects.filter(pk=other.pk).update(state="cancelled")
    with pytest.raises(Refused, match="已取消"):
        put_session(other, lesson(), actor=actor)


def test_moving_keeps_the_facts_and_takes_the_bell_of_the_new_half_day(one, actor):
    put_session(one, lesson("2", period=AFTERNOON), actor=actor)
    made = put_session(one, lesson("2", title="研讨", form="研讨"), actor=actor)
    moved = move_session(made, DAY, AFTERNOON, actor=actor, seen=made.version)
    assert (moved.title, moved.form, moved.number, clock(moved)) == ("研讨", "研讨", 2, ["16:10", "17:50"])


def test_a_stale_page_changes_nothing(one, actor):
    made = put_session(one, lesson(), actor=actor)
    change_session(made, lesson("3"), actor=actor, seen=1)
    with pytest.raises(Conflict):
        change_session(made, lesson("2"), actor=actor, seen=1)
    made.refresh_from_db()
    assert made.hours == 3


def test_the_first_of_two_keeps_its_place_by_the_bell(one, actor):
    """08:30 to 10:10 is the first's, whatever comes after it in the half-day."""
    first = put_session(one, lesson("2"), actor=actor)
    put_session(one, lesson("2", title="实务"), actor=actor)
    changed = change_session(first, lesson("2", title="应急管理实务"), actor=actor)
    assert clock(changed) == ["08:30", "10:10"]


def test_a_workbooks_first_session_changed_on_a_page_stays_first(one, actor):
    first = make.session(one, 0, hours=Decimal(2))
    second = make.session(one, 1, hours=Decimal(2))
    Session.objects.filter(pk=first.pk).update(date=DAY, period=MORNING, number=1)
    Session.objects.filter(pk=second.pk).update(date=DAY, period=MORNING, number=2)
    change_session(first, lesson("2"), actor=actor)
    spans = times(Session.objects.filter(pk__in=[first.pk, second.pk]), Bell.of(one.unit, DAY))
    told = {row.number: f"{span[0].astimezone(SHANGHAI):%H:%M}" for row, span in spans.items()}
    assert told == {1: "08:30", 2: "10:10"}


def test_confirmed_results_are_not_moved_by_the_timetable(one, actor, office):
    """Hours are what 1/7 is of: after confirmation they change by an amendment only, as marks do."""
    made = put_session(one, lesson("2"), actor=actor)
    make.enrolment(one, make.cadre("沈若溪", office, office), 1, state="reported", grade="优秀")
    for act in (
        lambda: put_session(one, lesson("1"), actor=actor),
        lambda: change_session(made, lesson("4"), actor=actor),
        lambda: move_session(made, DAY, AFTERNOON, actor=actor),
        lambda: remove_session(made, actor=actor),
    ):
        with pytest.raises(Refused, match="成绩已确认"):
            act()
    assert Session.objects.get().hours == 2


def test_a_session_with_an_open_check_in_is_not_moved_under_it(one, actor):
    made = put_session(one, lesson("2", day=DAY), actor=actor)
    soon = timezone.now() + timedelta(hours=1)
    CheckIn.objects.create(
        training_class=one, session=made, opens=soon, late_from=soon, closes=soon + timedelta(minutes=30),
        secret=b"0" * 32, wall_hash="x",
    )  # fmt: skip
    with pytest.raises(Refused, match="已设置签到"):
        move_session(made, DAY, AFTERNOON, actor=actor)
    change_session(made, lesson("3", title="应急管理实务"), actor=actor)
    CheckIn.objects.update(closes=timezone.now(), late_from=soon - timedelta(hours=2), opens=soon - timedelta(hours=2))
    assert move_session(made, DAY, AFTERNOON, actor=actor).period == AFTERNOON


def test_the_log_tells_times_as_the_school_has_them(one, actor):
    """08:30 in Shanghai, before and after, though the database keeps 00:30 UTC."""
    made = put_session(one, lesson("2"), actor=actor)
    change_session(Session.objects.get(pk=made.pk), lesson("3"), actor=actor)
    entry = AuditEntry.objects.get(event="session.changed")
    assert (entry.before["span"], entry.after["span"]) == ("08:30–10:10", "08:30–11:00")


def test_a_session_with_marks_stays(one, actor, office):
    made = put_session(one, lesson(), actor=actor)
    who = make.enrolment(one, make.cadre("沈若溪", office, office), 1)
    make.mark(who, made)
    with pytest.raises(Refused, match="已有考勤记录"):
        remove_session(made, actor=actor)
    free = put_session(one, lesson(period=AFTERNOON), actor=actor)
    remove_session(free, actor=actor, seen=free.version)
    assert list(Session.objects.all()) == [made]


def test_a_copy_lies_on_the_same_days_of_the_class(one, office, actor):
    for number in range(4):
        make.session(one, number)
    later = make.training_class(
        office, "第二期", "YL-03", start=date(2026, 5, 11), end=date(2026, 5, 11), state="planned"
    )
    copied, left = copy_timetable(one, later, actor=actor)
    assert (copied, len(left)) == (2, 2)
    assert [(row.date, row.period) for row in Session.objects.of_class(later)] == [
        (date(2026, 5, 11), MORNING), (date(2026, 5, 11), AFTERNOON),
    ]  # fmt: skip
    with pytest.raises(Refused, match="已有课程表"):
        copy_timetable(one, later, actor=actor)


def test_every_change_counts_a_revision_and_is_told(one, actor):
    made = put_session(one, lesson(), actor=actor)
    changed = change_session(made, lesson("3"), actor=actor)
    remove_session(changed, actor=actor)
    one.refresh_from_db()
    assert one.revision == 3
    events = AuditEntry.objects.filter(object_id=str(made.pk)).order_by("id").values_list("event", flat=True)
    assert list(events) == ["session.added", "session.changed", "session.removed"]
    assert RowChange.objects.filter(table_name="training_session", row_id=str(made.pk)).count() == 3


@given(st.lists(st.integers(1, 9).map(lambda halves: Decimal(halves) / 2), max_size=8))
def test_no_order_of_sessions_fills_a_half_day_beyond_four_hours(wanted):
    given_hours = Decimal(0)
    for hours in wanted:
        if may_hold(hours, given_hours) is None:
            given_hours += hours
    assert given_hours <= 4


def test_two_at_once_get_one_room(own_database):
    """Real connections: the constraint decides, the other is told."""
    office = make.unit("YL", "云岭市委组织部")
    actor = make.account("yl_manager", "韩朝雪", unit=office)
    room = Room.objects.create(unit=office, name="第一报告厅")
    classes = [make.training_class(office, f"{n}班", f"YL-{n}", state="running") for n in range(2)]
    answers, gate = [], threading.Barrier(2)

    def put(where):
        gate.wait()
        try:
            put_session(where, lesson(room=room), actor=actor)
            answers.append("put")
        except Refused:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=(where,)) for where in classes]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == ["put", "refused"]
    assert Session.objects.filter(room=room).count() == 1
