"""What trainees learned in a class: half-days, days, years, who learns nothing (DOMAIN.md §3, CLASS_WORKBOOK.md §3)."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories as make
from trainees.models import Cadre, RuleSet
from trainees.models.ledger import Channel
from trainees.services.rule_sets import shipped_rules
from training.models import AttendanceMark, Enrolment, Session
from training.services import learned
from training.services.learned import learned_in

pytestmark = pytest.mark.django_db
Mark = AttendanceMark.Mark
MONDAY = date(2026, 3, 2)
NUMBERS = count(1)


@pytest.fixture
def office():
    return make.unit("YL", "云岭市委组织部")


def a_class(office, people=1, **fields):
    where = make.training_class(office, "春季班", f"YL-{next(NUMBERS)}", **fields)
    seats = [
        make.enrolment(where, make.cadre(f"学员{n}", office, office), n + 1, full_time=False) for n in range(people)
    ]
    return where, seats


def session(where, day, period, hours, number=1):
    return Session.objects.create(
        training_class=where, date=day, period=period, number=number, title="专题", hours=Decimal(hours), recorded=True
    )


def told(where):
    """(hours, days, part, on) of everybody, by enrolment."""
    found = defaultdict(list)
    for each in learned_in([where.pk], in_hours=True):
        found[each.source_id].append((each.hours, each.days, each.part, each.on))
    return dict(found)


def test_a_half_day_gives_four_hours_at_most(office):
    where, (who,) = a_class(office)
    session(where, MONDAY, 1, "2.5", number=1)
    session(where, MONDAY, 1, "2", number=2)
    assert told(where) == {who.pk: [(Decimal(4), Decimal("0.5"), 2026, MONDAY)]}


def test_three_half_days_are_a_day_and_a_half(office):
    where, (who,) = a_class(office)
    for day, period in ((MONDAY, 1), (MONDAY, 2), (MONDAY + timedelta(days=1), 1)):
        session(where, day, period, "3")
    assert told(where) == {who.pk: [(Decimal(9), Decimal("1.5"), 2026, MONDAY + timedelta(days=1))]}


def test_a_day_with_an_evening_is_one_day(office):
    where, (who,) = a_class(office)
    for period in (1, 2, 3):
        session(where, MONDAY, period, "2")
    assert told(where) == {who.pk: [(Decimal(6), Decimal(1), 2026, MONDAY)]}


def test_twelve_days_with_seventy_two_hours(office):
    where, (who,) = a_class(office)
    for n in range(24):
        session(where, MONDAY + timedelta(days=n // 2), 1 + n % 2, "3")
    assert told(where) == {who.pk: [(Decimal(72), Decimal(12), 2026, MONDAY + timedelta(days=11))]}


def test_late_and_early_were_there_and_everybody_else_who_is_marked_was_not(office):
    where, (late, early, personal, sick, official, absent, present) = a_class(office, people=7)
    first, _second = session(where, MONDAY, 1, "4"), session(where, MONDAY, 2, "3")
    marks = (Mark.LATE, Mark.EARLY, Mark.PERSONAL, Mark.SICK, Mark.OFFICIAL, Mark.ABSENT, Mark.PRESENT)
    for who, mark in zip((late, early, personal, sick, official, absent, present), marks, strict=True):
        make.mark(who, first, mark)
    whole, half = [(Decimal(7), Decimal(1), 2026, MONDAY)], [(Decimal(3), Decimal("0.5"), 2026, MONDAY)]
    assert told(where) == {who.pk: whole for who in (late, early, present)} | {
        who.pk: half for who in (personal, sick, official, absent)
    }


def test_of_a_half_day_partly_missed_the_rest_counts(office):
    """2.5 + 2 hours, the first missed: 2 hours, and the half-day was attended."""
    where, (who,) = a_class(office)
    missed = session(where, MONDAY, 1, "2.5", number=1)
    session(where, MONDAY, 1, "2", number=2)
    make.mark(who, missed, Mark.SICK)
    assert told(where) == {who.pk: [(Decimal(2), Decimal("0.5"), 2026, MONDAY)]}


def test_the_last_day_is_the_last_that_was_attended(office):
    where, (who, other) = a_class(office, people=2)
    days = [MONDAY + timedelta(days=n) for n in range(3)]
    lessons = [session(where, day, 1, "4") for day in days]
    for lesson in lessons[1:]:
        make.mark(who, lesson, Mark.SICK)
    assert told(where) == {
        who.pk: [(Decimal(4), Decimal("0.5"), 2026, days[0])],
        other.pk: [(Decimal(12), Decimal("1.5"), 2026, days[2])],
    }


def test_a_class_over_new_year_is_split_by_day(office):
    """29 December – 4 January, two half-days of three hours each: three days there, four here."""
    start, end = date(2025, 12, 29), date(2026, 1, 4)
    where, (who,) = a_class(office, start=start, end=end)
    for n in range(14):
        session(where, start + timedelta(days=n // 2), 1 + n % 2, "3")
    parts = [(Decimal(18), Decimal(3), 2025, date(2025, 12, 31)), (Decimal(24), Decimal(4), 2026, end)]
    assert told(where) == {who.pk: parts}


def test_a_class_without_timetable_counts_its_dates(office):
    where, (who,) = a_class(office, start=date(2025, 12, 29), end=date(2026, 1, 4), attendance_kept=False)
    parts = [(Decimal(18), Decimal(3), 2025, date(2025, 12, 31)), (Decimal(24), Decimal(4), 2026, date(2026, 1, 4))]
    assert told(where) == {who.pk: parts}


def test_the_ledger_is_given_the_days_of_a_class_without_timetable(office):
    """What it makes of them follows the rules, and is told in the entry."""
    where, _ = a_class(office, start=MONDAY, end=MONDAY + timedelta(days=4), attendance_kept=False)
    assert [(each.hours, each.days) for each in learned_in([where.pk])] == [(0, 5)]


def test_a_day_by_dates_is_as_long_as_the_rules_say(office):
    where, (who,) = a_class(office, start=MONDAY, end=MONDAY, attendance_kept=False)
    rules = shipped_rules() | {"day_hours": 7}
    RuleSet.objects.create(unit=office, name="云岭", version=2, since=date(2026, 1, 1), rules=rules)
    assert told(where) == {who.pk: [(Decimal(7), Decimal(1), 2026, MONDAY)]}


def test_hours_of_a_class_without_attendance_are_unknown(office):
    where, _ = a_class(office, attendance_kept=False)
    session(where, MONDAY, 1, "4")
    assert told(where) == {}


@pytest.mark.parametrize("state", ["no_show", "substituted", "withdrawn"])
def test_who_is_struck_off_learns_nothing(office, state):
    where, (gone, there) = a_class(office, people=2)
    session(where, MONDAY, 1, "4")
    Enrolment.objects.filter(pk=gone.pk).update(state=state)
    assert set(told(where)) == {there.pk}


def test_who_failed_learned_and_who_was_put_out_did_not(office):
    where, (failed, out) = a_class(office, people=2)
    session(where, MONDAY, 1, "4")
    Enrolment.objects.filter(pk=failed.pk).update(grade="不合格")
    Enrolment.objects.filter(pk=out.pk).update(grade="退学")
    assert set(told(where)) == {failed.pk}


def test_who_attended_nothing_learned_nothing(office):
    where, (who,) = a_class(office)
    make.mark(who, session(where, MONDAY, 1, "4"), Mark.ABSENT)
    assert told(where) == {}


@pytest.mark.parametrize(("class_type", "channel"), [("主体班", Channel.OFF_JOB), ("网络专题班", Channel.ONLINE)])
def test_the_channel_is_the_class_s(office, class_type, channel):
    where, (who,) = a_class(office, class_type=class_type)
    session(where, MONDAY, 1, "4")
    (each,) = learned_in([where.pk])
    assert (each.channel, each.cadre_id, each.title) == (channel, who.cadre_id, "春季班")


def test_the_half_day_is_as_long_as_the_authority_s_rules_of_that_day_say(office):
    where, (who, other) = a_class(office, people=2)
    county = make.unit("QX", "清溪县委组织部", office)
    type(other.cadre).objects.filter(pk=other.cadre_id).update(managing_authority=county)
    for since, hours in ((date(2026, 1, 1), 3), (date(2026, 6, 1), 2)):
        rules = shipped_rules() | {"half_day_most": hours}
        RuleSet.objects.create(unit=county, name="清溪", version=hours, since=since, rules=rules)
    session(where, MONDAY, 1, "4")
    hours = {each.source_id: each.hours for each in learned_in([where.pk])}
    assert hours == {who.pk: Decimal(4), other.pk: Decimal(3)}


def test_who_is_moved_meanwhile_loses_nothing(office, monkeypatch):
    """Between the question for the rules and that for the hours another department takes somebody over."""
    where, (who,) = a_class(office)
    session(where, MONDAY, 1, "4")
    other = make.unit("QX", "中共清溪县委组织部", kind="organization_department")
    caps = learned._caps

    def moved_meanwhile(pairs):
        Cadre.objects.filter(pk=who.cadre_id).update(managing_authority=other)
        return caps(pairs)

    monkeypatch.setattr(learned, "_caps", moved_meanwhile)
    assert told(where) == {who.pk: [(Decimal(4), Decimal("0.5"), 2026, MONDAY)]}


def test_as_many_queries_for_one_class_as_for_many(office, query_count):
    classes = [a_class(office, people=3)[0] for _ in range(4)]
    for where in classes:
        session(where, MONDAY, 1, "4")
    assert query_count(lambda: learned_in([classes[0].pk])) == query_count(lambda: learned_in([c.pk for c in classes]))
    assert len(learned_in([c.pk for c in classes])) == 12


# ---- any class at all: the query beside a computation from the marks ----

HALVES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 3), st.sampled_from(["0.5", "1.5", "2", "3", "4", "4.5"])),
    min_size=1, max_size=8, unique_by=lambda half: half[:2],
)  # fmt: skip
MARKS = st.lists(st.sampled_from([None, *Mark.values]), min_size=24, max_size=24)


def recomputed(who, sessions):
    """(hours, days, on) by year, from the marks as they stand, one half-day after the other."""
    marks = {mark.session_id: mark.mark for mark in who.marks.all()}
    halves = defaultdict(Decimal)
    for each in sessions:
        if marks.get(each.pk) not in ("personal", "sick", "official", "absent"):
            halves[each.date, each.period] += each.hours
    years = defaultdict(lambda: [Decimal(0), Decimal(0), None])
    for day in sorted({day for day, _ in halves}):
        of_day = [hours for (on, _), hours in halves.items() if on == day]
        year = years[day.year]
        year[0] += sum(min(hours, Decimal(4)) for hours in of_day)
        year[1] += min(len(of_day) * Decimal("0.5"), Decimal(1))
        year[2] = day
    return [(hours, days, year, on) for year, (hours, days, on) in sorted(years.items())]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(halves=HALVES, marks=MARKS)
def test_whatever_was_marked_the_hours_are_those_of_the_marks(office, halves, marks):
    start = date(2025, 12, 29)
    where, seats = a_class(office, people=3, start=start, end=start + timedelta(days=6))
    lessons = [session(where, start + timedelta(days=day), period, hours) for day, period, hours in halves]
    found = iter(marks)
    for who in seats:
        for lesson in lessons:
            if (mark := next(found)) is not None:
                make.mark(who, lesson, mark)
    sessions = list(Session.objects.filter(training_class=where))
    expected = {who.pk: parts for who in seats if (parts := recomputed(who, sessions))}
    assert told(where) == expected
