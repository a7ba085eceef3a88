"""How units stand: one statement says of everybody what the rule says of each duty."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories as make
from tests.trainees.ledger_rows import entry
from trainees.models import Cadre, CreditEntry, Duty
from trainees.models.duties import DutyQuerySet
from trainees.services.duties import assign_duties
from training.models import Holiday
from training.rules.attainment import Ahead, state_of
from training.services.attainment import Tally, View, people, tallies
from training.services.forecast import ahead_of

pytestmark = pytest.mark.django_db

YEAR, TODAY = 2026, date(2026, 6, 1)
NOW = View(YEAR, TODAY)


def of_year() -> DutyQuerySet:
    return Duty.objects.filter(year=YEAR)


def total(code: str = "", view: View = NOW) -> Tally:
    return sum((part.tally for part in tallies(of_year(), view) if part.code == code), Tally())


def stand(who: Cadre, code: str, view: View = NOW) -> str:
    """The state of one duty, by the rule."""
    duty = Duty.objects.with_standing().get(cadre=who, code=code, year=view.year)
    return state_of(duty, ahead_of([who.pk], view.year).get(who.pk, Ahead()), view.today)


def planned(city, who: Cadre, hours: int, **facts):
    """A class of the autumn with so many sessions of one hour, and one seat."""
    days = {"start": date(2026, 10, 12), "end": date(2026, 10, 30), "state": "planned"} | facts
    one = make.training_class(city.root, f"秋季班{hours}", f"QJ-{hours}", **days)
    make.enrolment(one, who, 1, state="reported")
    for number in range(hours):
        make.session(one, number, hours=Decimal(1))
    return one


@pytest.fixture
def who(yunling) -> Cadre:
    """Alone in the world, in no class."""
    Cadre.objects.exclude(pk=yunling.cadres[2].pk).update(status=Cadre.Status.LEFT)
    yunling.cadres[2].enrolments.update(state="withdrawn")
    yunling.open_class.enrolments.update(state="withdrawn")
    assign_duties(None, YEAR, actor=None)
    return yunling.cadres[2]


# ---- states ----


@pytest.mark.parametrize(("hours", "state"), [("90", "met"), ("89.5", "short")])
def test_met_or_short(who, hours, state):
    entry(who, date(2026, 3, 10), hours)
    assert stand(who, "off_job") == state
    assert getattr(total("off_job"), state) == 1


@pytest.mark.parametrize(("lessons", "state"), [(10, "ahead"), (9, "short")])
def test_will_be_met_by_a_class_that_is_planned(yunling, who, lessons, state):
    entry(who, date(2026, 3, 10), "80")
    planned(yunling, who, lessons)
    assert stand(who, "off_job") == state
    assert getattr(total("off_job"), state) == 1


def test_days_foreseen_are_half_days_and_at_most_one_a_day(yunling, who):
    entry(who, date(2026, 3, 10), "20", "7.5")
    planned(yunling, who, 9)  # two a day: four days and a half
    assert ahead_of([who.pk], YEAR) == {who.pk: Ahead(Decimal(9), Decimal("4.5"))}
    assert stand(who, "off_job") == "ahead"


def test_a_class_without_a_timetable_counts_six_hours_a_working_day(yunling, who):
    Holiday.objects.create(date=date(2026, 10, 14), kind="off")
    Holiday.objects.create(date=date(2026, 10, 17), kind="work")
    planned(yunling, who, 0, end=date(2026, 10, 18))  # Monday to Sunday: five days, one off, the Saturday worked
    assert ahead_of([who.pk], YEAR) == {who.pk: Ahead(Decimal(30), Decimal(5))}


@pytest.mark.parametrize(
    ("state", "counts"), [("running", True), ("ended", True), ("closed", False), ("cancelled", False)]
)
def test_what_is_not_closed_is_still_to_come(yunling, who, state, counts):
    planned(yunling, who, 4, state=state)
    assert bool(ahead_of([who.pk], YEAR)) is counts


def test_two_seats_of_a_merged_double_bring_a_class_once(yunling, who):
    one = planned(yunling, who, 4)
    make.enrolment(one, make.cadre(who.name, who.unit, yunling.root, canonical=who), 2, state="reported")
    assert ahead_of([who.pk], YEAR) == {who.pk: Ahead(Decimal(4), Decimal(2))}
    assert total("off_job").asked == 1


def test_on_line_classes_bring_no_hours_off_the_job_and_who_was_put_out_none(yunling, who):
    one = planned(yunling, who, 4, class_type="网络专题班")
    assert ahead_of([who.pk], YEAR) == {}
    type(one).objects.filter(pk=one.pk).update(class_type="专题班")
    assert ahead_of([who.pk], YEAR)[who.pk].hours == 4
    one.enrolments.update(grade="退学")
    assert ahead_of([who.pk], YEAR) == {}


def test_a_half_day_brings_at_most_four_hours(yunling, who):
    one = planned(yunling, who, 2)
    first = one.sessions.order_by("date", "period")[0]
    one.sessions.create(date=first.date, period=first.period, number=2, title="研讨", hours=Decimal(4))
    assert ahead_of([who.pk], YEAR)[who.pk] == Ahead(Decimal(5), Decimal(1))


def test_only_the_years_own_sessions_count(yunling, who):
    planned(yunling, who, 8, start=date(2026, 12, 30), end=date(2027, 1, 5))
    assert ahead_of([who.pk], 2026)[who.pk].hours == 4
    assert ahead_of([who.pk], 2027)[who.pk].hours == 4


def test_after_the_year_what_is_missing_is_overdue(who):
    view = View(YEAR, date(2027, 1, 1))
    assert stand(who, "off_job", view) == "overdue"
    assert total("off_job", view).overdue == 1


@pytest.mark.parametrize(("hours", "state"), [("441", "ahead"), ("439", "short"), ("550", "met")])
def test_of_five_years_so_much_is_due_as_of_them_is_over(who, hours, state):
    """At the end of 2026 1,461 of 1,826 days are over: 440.06 of 550 hours."""
    who.appointments.update(post_level="县处级正职")
    assign_duties(None, YEAR, actor=None)
    entry(who, date(2024, 3, 10), hours)
    assert stand(who, "five_years") == state
    assert getattr(total("five_years"), state) == 1


def test_a_person_has_attained_when_all_that_falls_due_in_the_year_is_met(who):
    entry(who, date(2026, 3, 10), "90")
    assert total().met == 0
    entry(who, date(2026, 3, 11), "50", channel=CreditEntry.Channel.ONLINE)
    assert (total().met, total().asked, total().share, total().mean_hours, total().trained) == (1, 1, 100, 140, 1)


def test_the_exempt_are_not_counted(who):
    Cadre.objects.filter(pk=who.pk).update(status=Cadre.Status.RETIRED, status_since=date(2026, 5, 1))
    assign_duties(None, YEAR, actor=None)
    assert (total().asked, total().exempt, total().share) == (0, 1, None)


# ---- lists ----


def test_who_is_under_and_who_never_trained(yunling, who):
    assert people(of_year(), NOW, only="under") == people(of_year(), NOW, only="never") == [who.pk]
    entry(who, date(2020, 3, 10), "1")
    assert people(of_year(), NOW, only="never") == []


def test_who_was_promoted_and_has_not_made_up(who):
    who.appointments.update(until=date(2026, 2, 28))
    who.appointments.create(unit=who.unit, post_level="县处级副职", since=date(2026, 3, 1))
    assert people(of_year(), NOW, only="promoted") == []
    assign_duties(None, YEAR, actor=None)
    assert people(of_year(), NOW, only="promoted") == [who.pk]


def test_who_lacks_most_comes_first(yunling, who):
    other = make.cadre("安居易", yunling.bureau, yunling.root)
    assign_duties(None, YEAR, actor=None)
    entry(other, date(2026, 3, 10), "40")
    entry(other, date(2026, 3, 10), "40", channel=CreditEntry.Channel.ONLINE)
    assert people(of_year(), NOW) == [who.pk, other.pk]
    assert people(of_year(), NOW, state="met") == []
    assert people(of_year(), NOW, code="five_years") == []


def test_an_early_warning_comes_at_a_gap_or_once_it_is_late(who):
    """On 1 June 152 of 365 days are over, nothing is done."""
    assert total(view=View(YEAR, TODAY, gap=0.41)).warned == 1
    assert total(view=View(YEAR, TODAY, gap=0.42)).warned == 0
    assert total(view=View(YEAR, TODAY, late=True)).warned == 1
    assert people(of_year(), View(YEAR, TODAY, late=True), only="warned") == [who.pk]


def test_nobody_in_scope_is_nobody(wangjiang, who):
    assert tallies(Duty.objects.visible_to(wangjiang.system_admin), NOW) == []


# ---- the statement and the rule say the same ----

HOURS = st.decimals("0", "120", places=1)
LEARNED = st.tuples(
    st.integers(0, 2), st.dates(date(2022, 12, 1), date(2027, 6, 1)), HOURS, st.sampled_from(["off_job", "online", "teaching"]),
    st.sampled_from(["required", "elective"]),
)  # fmt: skip


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LEARNED, max_size=12), st.booleans(), st.booleans(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_one_statement_and_the_rule_agree(yunling, learned, merged, promoted, today):
    from django.db import transaction

    with transaction.atomic():
        first, second, third = yunling.cadres
        if promoted:
            first.appointments.update(until=date(2026, 2, 28))
            first.appointments.create(unit=first.unit, post_level="县处级副职", since=date(2026, 3, 1))
        second.appointments.update(post_level="厅局级副职")
        for place, on, hours, channel, kind in learned:
            days = str(hours // 6)
            entry(yunling.cadres[place], on, str(hours), days, channel=channel, kind=kind)
        Cadre.objects.filter(pk=third.pk).update(canonical=first if merged else None)
        assign_duties([one.pk for one in yunling.cadres], YEAR, actor=None)
        duties = Duty.objects.filter(year=YEAR, cadre__in=yunling.cadres)
        ahead = ahead_of([one.pk for one in yunling.cadres], YEAR)
        wanted: dict = {}
        for duty in duties.with_standing().select_related("cadre"):
            key = (
                duty.cadre.unit_id,
                duty.cadre.band,
                duty.code,
                state_of(duty, ahead.get(duty.cadre_id, Ahead()), today),
            )
            wanted[key] = wanted.get(key, 0) + 1
        found: dict = {}
        for part in tallies(duties, View(YEAR, today)):
            for state in ("met", "ahead", "short", "overdue"):
                if part.code and (count := getattr(part.tally, state)):
                    found[part.unit_id, part.band, part.code, state] = count
        assert found == wanted
        transaction.set_rollback(True)


def test_the_same_number_of_queries_for_3_and_300(yunling, query_count):
    assign_duties(None, YEAR, actor=None)
    few = query_count(lambda: tallies(of_year(), NOW)), query_count(lambda: people(of_year(), NOW))
    for number in range(300):
        make.cadre(f"众人{number}", yunling.bureau, yunling.root)
    assign_duties(None, YEAR, actor=None)
    assert (query_count(lambda: tallies(of_year(), NOW)), query_count(lambda: people(of_year(), NOW))) == few
    assert sum(few) <= 8
