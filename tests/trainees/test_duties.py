"""Duties as rows: assigned as the rules ask, met by what the ledger says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import AuditEntry
from core.operations import Refused
from tests import factories as make
from tests.trainees.ledger_rows import entry
from trainees.models import Cadre, CreditEntry, Duty, Exemption, LedgerYear, RequirementSet
from trainees.rules.requirements import shipped
from trainees.services.duties import assign_duties, keep_duties
from trainees.services.requirement_sets import adopt_requirement_set

pytestmark = pytest.mark.django_db

ONLINE = {"channel": CreditEntry.Channel.ONLINE}


def assign(who: Cadre, year: int = 2026) -> int:
    return assign_duties([who.pk], year, actor=None)


def standing(who: Cadre, code: str, year: int = 2026) -> Duty:
    return Duty.objects.with_standing().get(cadre=who, code=code, year=year)


def rise(who: Cadre, on: date) -> None:
    who.appointments.update(until=on - timedelta(days=1))
    who.appointments.create(unit=who.unit, post="局长", post_level="县处级正职", since=on)


@pytest.fixture
def who(yunling) -> Cadre:
    return yunling.cadres[0]


# ---- assigned ----


def test_everybody_gets_the_duties_of_their_band(cast):
    assert assign_duties(None, 2026, actor=None) == 18  # six people of township level, three duties each
    assert set(Duty.objects.values_list("code", "amount")) == {("off_job", 90), ("online", 50), ("required", 50)}
    record = AuditEntry.objects.get(event="duty.assign")
    assert record.after == {"year": 2026, "written": 18, "ended": 0}


def test_the_same_again_writes_nothing(who):
    assign(who)
    assert assign(who) == 0
    assert AuditEntry.objects.filter(event="duty.assign").count() == 1


def test_duties_follow_the_person(who):
    assign(who)
    Cadre.objects.filter(pk=who.pk).update(status=Cadre.Status.LEFT, status_since=date(2026, 5, 1))
    assert assign(who) == 3
    assert not who.duties.exists()


def test_duties_follow_an_exemption(yunling, who):
    Exemption.objects.create(cadre=who, year=2026, code="off_job", kind="illness", share=50, reason="长期病休")
    assign(who)
    assert standing(who, "off_job").amount == 45
    who.exemptions.update(revoked_at=timezone.now())
    assert assign(who) == 1
    assert standing(who, "off_job").amount == 90


def test_a_merged_double_has_no_duties_of_its_own(yunling, who):
    double = yunling.cadres[1]
    assign_duties([who.pk, double.pk], 2026, actor=None)
    Cadre.objects.filter(pk=double.pk).update(canonical=who)
    assign_duties([double.pk], 2026, actor=None)
    assert not double.duties.exists()


def test_a_closed_year_stays_as_it_is(who):
    assign(who)
    LedgerYear.objects.create(authority=who.managing_authority, year=2026, closed_at=timezone.now())
    Cadre.objects.filter(pk=who.pk).update(status=Cadre.Status.LEFT, status_since=date(2026, 5, 1))
    assert assign(who) == 0
    assert who.duties.count() == 3


def test_promoted_on_1_march_with_30_hours(who):
    rise(who, date(2026, 3, 1))
    entry(who, date(2026, 2, 20), "30", "4")
    entry(who, date(2026, 3, 1), "12", "2")
    assign(who)
    row = standing(who, "promotion")
    assert (row.amount, row.other_amount, row.since, row.due) == (60, 8, date(2026, 3, 1), date(2027, 3, 1))
    assert (row.done, row.other_done, row.met, row.missing) == (12, 2, False, 48)
    assert standing(who, "five_years").amount == 202


def test_after_the_promotion_only_the_year_from_it_counts(who):
    rise(who, date(2026, 3, 1))
    entry(who, date(2027, 3, 1), "89.5")
    assign(who)
    assert (standing(who, "promotion").done, standing(who, "promotion").missing) == (Decimal("89.5"), Decimal("0.5"))
    entry(who, date(2027, 3, 2), "0.5")
    assert not standing(who, "promotion").met
    entry(who, date(2026, 3, 1), "0.5")
    assert standing(who, "promotion").met


def test_the_nightly_round_comes_by_day_only_for_a_new_year(who):
    today = date(2026, 5, 4)
    assert keep_duties(today) == 18
    who.duties.all().delete()
    assert keep_duties(today) == 0
    assert keep_duties(today, night=True) == 3


def test_the_number_of_queries_does_not_grow_with_the_people(yunling, query_count):
    assign_duties(None, 2026, actor=None)
    for number in range(3):
        rise(make.cadre(f"提任{number}", yunling.bureau, yunling.root), date(2026, 3, 1))
    few = query_count(lambda: assign_duties(None, 2026, actor=None))
    for number in range(30):
        rise(make.cadre(f"提任者{number}", yunling.bureau, yunling.root), date(2026, 3, 1))
    assert query_count(lambda: assign_duties(None, 2026, actor=None)) == few <= 20


# ---- met ----


@pytest.mark.parametrize(
    ("hours", "days", "met", "missing"),
    [("89.5", "11.5", False, "0.5"), ("90", "0", True, "0"), ("72", "12", True, "0"), ("0", "0", False, "90")],
)
def test_90_hours_or_12_days(who, hours, days, met, missing):
    entry(who, date(2026, 5, 4), hours, days)
    assign(who)
    row = standing(who, "off_job")
    assert (row.done, row.other_done, row.met, row.missing) == (
        Decimal(hours), Decimal(days), met, Decimal(missing),
    )  # fmt: skip


def test_on_line_hours_and_required_credits_are_measures_of_their_own(who):
    entry(who, date(2026, 5, 4), "50", **ONLINE)
    entry(who, date(2026, 5, 5), "8", kind=CreditEntry.Kind.ELECTIVE)
    assign(who)
    found = {row.code: (row.done, row.met) for row in Duty.objects.with_standing().filter(cadre=who)}
    assert found == {"off_job": (8, False), "online": (50, True), "required": (50, True)}


def test_the_five_years_begin_on_1_january_2023_and_end_on_31_december_2027(who):
    Cadre.objects.filter(pk=who.pk).update(band=Cadre.Band.COUNTY_UP)
    who.appointments.update(post_level="县处级副职")
    assign(who)
    done = []
    for on in (date(2022, 12, 31), date(2023, 1, 1), date(2027, 12, 31), date(2028, 1, 1)):
        entry(who, on, "100", "12")
        done.append(standing(who, "five_years").done)
    assert done == [0, 100, 200, 200]


def test_the_rolling_window_stands_beside_the_fixed_one(who):
    """In 2026 the fixed window began in 2023, the rolling one in 2022."""
    who.appointments.update(post_level="县处级副职")
    assign(who)
    for on in (date(2021, 12, 31), date(2022, 1, 1), date(2026, 12, 31), date(2027, 1, 1)):
        entry(who, on, "100")
    row = Duty.objects.with_standing().with_rolling().get(cadre=who, code="five_years")
    assert (row.done, row.rolling) == (200, 200)
    assert Duty.objects.with_rolling().get(cadre=who, code="online").rolling == 0


def test_what_came_late_counts_and_what_was_reversed_does_not(who):
    assign(who)
    entry(who, date(2026, 5, 4), "40", adjustment=True)
    taken = entry(who, date(2026, 5, 5), "50")
    assert standing(who, "off_job").met
    CreditEntry.objects.create(
        cadre=who, on=taken.on, year=2026, kind=taken.kind, channel=taken.channel, days=0, hours=-50, credits=-50,
        title=taken.title, source_kind=taken.source_kind, source_id=taken.source_id, rule_set=taken.rule_set,
        unit=taken.unit, authority=taken.authority, reverses=taken,
    )  # fmt: skip
    assert standing(who, "off_job").done == 40


def test_what_a_merged_double_learned_counts(yunling, who):
    double = yunling.cadres[1]
    entry(double, date(2026, 5, 4), "50")
    entry(who, date(2026, 5, 5), "40")
    Cadre.objects.filter(pk=double.pk).update(canonical=who)
    assign(who)
    assert (standing(who, "off_job").done, standing(who, "off_job").met) == (90, True)


def test_the_exempt_have_met_it(who):
    Cadre.objects.filter(pk=who.pk).update(status=Cadre.Status.RETIRED, status_since=date(2026, 6, 30))
    assign(who)
    row = standing(who, "off_job")
    assert (row.exempt, row.met, row.missing) == (True, True, 0)


# ---- requirement sets ----


def test_the_shipped_set_becomes_the_first_version_of_each_trees_root(cast):
    assign_duties(None, 2026, actor=None)
    found = RequirementSet.objects.values_list("unit", "version", "since")
    assert set(found) == {(city.root.pk, 1, date(2000, 1, 1)) for city in (cast.yunling, cast.wangjiang)}


def test_an_authority_adopts_its_own_set_from_a_day_on(yunling, who):
    rules = {**shipped(), "ask": "credits"}
    made = adopt_requirement_set(
        yunling.root, name="云岭市学习要求", since=date(2026, 7, 1), rules=rules, note="", actor=yunling.staff
    )
    assert (made.version, RequirementSet.objects.filter(unit=yunling.root).count()) == (2, 2)
    assign(who, 2025)
    assert {row.code for row in who.duties.filter(year=2025)} == {"off_job", "online", "required"}
    assign(who, 2026)
    assert {row.code for row in who.duties.filter(year=2026)} == {"online", "required"}
    assert AuditEntry.objects.get(event="requirements.adopt").after["version"] == 2


def test_a_faulty_set_is_refused(yunling):
    with pytest.raises(Refused, match="学习要求没有保存：学习要求的“ask”"):
        adopt_requirement_set(
            yunling.root,
            name="错",
            since=date(2026, 1, 1),
            rules={**shipped(), "ask": ""},
            note="",
            actor=yunling.staff,
        )
