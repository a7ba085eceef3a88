"""A year is closed: what carries over, what stands in the way, what comes late."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.keys import new_key
from core.models import AuditEntry
from core.operations import Refused
from organization.roles import Role
from tests import factories as make
from trainees.models import CreditBalance, CreditEntry, Duty, Exemption, LedgerYear, Recognition
from trainees.services.duties import assign_duties
from trainees.services.ledger import Learning, Posting, post
from trainees.services.merging import merge_cadre
from trainees.services.year_checks import Check, year_checks
from trainees.services.years import carries, close_year, preview_year

pytestmark = pytest.mark.django_db

JANUARY = date(2026, 1, 5)


@pytest.fixture
def town(db):
    return make.unit("YL", "中共云岭市委组织部", kind="organization_department")


@pytest.fixture
def staff(town):
    who = make.account("zzb", "顾云舟", unit=town)
    make.grant(who, Role.STAFF, town)
    return who


@pytest.fixture
def people(town):
    """Three of township level: 50 required credits are asked of each."""
    bureau = make.unit("YL01", "云岭市史志研究中心", town)
    return [make.cadre(name, bureau, town) for name in ("司马清扬", "欧阳致远", "沈若溪")]


def learn(who, hours, on=date(2025, 6, 30), **facts) -> Posting:
    days = Decimal(facts.pop("days", "0"))
    learned = Learning(who.pk, on, "off_job", Decimal(hours), days, "春季班", "class", new_key())
    return post([replace(learned, **facts)], actor=None)


def balance(who, year, *, adjustment=False):
    row = CreditBalance.objects.filter(cadre=who, year=year, adjustment=adjustment).first()
    return (row.required, row.elective) if row else None


@pytest.fixture
def learned(people):
    """92.5, 50 and 40 required credits in 2025; 50 are asked."""
    for who, hours in zip(people, ("92.5", "50", "40"), strict=True):
        learn(who, hours)
    assign_duties(None, 2025, actor=None)


def close(town, staff, year=2025, on=JANUARY, **more) -> LedgerYear:
    return close_year(town, year, actor=staff, on=on, **more)


# ---- what carries over ----


def test_the_surplus_of_required_credits_becomes_electives_of_the_next_year(town, staff, people, learned):
    held = close(town, staff)
    assert balance(people[0], 2026) == (0, Decimal("42.5"))
    assert balance(people[1], 2026) is None  # exactly what was asked: no surplus
    assert balance(people[2], 2026) is None
    (entry,) = CreditEntry.objects.filter(channel="carry")
    assert (entry.kind, entry.year, entry.on, entry.hours) == ("elective", 2026, date(2026, 1, 1), 0)
    assert held.closed_at is not None
    assert held.figures["people"] == 3
    assert held.figures["carry"] == {"people": 1, "credits": "42.5"}


def test_what_comes_late_is_an_adjustment_and_carries_nothing(town, staff, people, learned):
    close(town, staff)
    learn(people[0], "8")
    learn(people[2], "60")
    assert balance(people[0], 2025) == (Decimal("92.5"), 0)
    assert balance(people[0], 2025, adjustment=True) == (8, 0)
    assert balance(people[0], 2026) == (0, Decimal("42.5"))
    assert balance(people[2], 2026) is None
    assert carries(town, 2025) == []


def test_years_carry_side_by_side(town, staff, people, learned):
    """The carry-over of the next year takes nothing of the last one's away."""
    close(town, staff)
    learn(people[0], "70", on=date(2026, 6, 30))
    assign_duties(None, 2026, actor=None)
    close(town, staff, 2026, on=date(2027, 1, 4))
    assert balance(people[0], 2026) == (70, Decimal("42.5"))
    assert balance(people[0], 2027) == (0, 20)


def test_a_reduced_requirement_leaves_more(town, staff, people, learned):
    facts = {"year": 2025, "kind": Exemption.Kind.SECONDMENT, "reason": "援派"}
    Exemption.objects.create(cadre=people[2], share=50, **facts)
    Exemption.objects.create(cadre=people[1], share=100, **facts)
    assign_duties(None, 2025, actor=None)
    assert {row.learning.cadre_id: row.credits for row in carries(town, 2025)} == {
        people[0].pk: Decimal("42.5"),
        people[1].pk: 50,  # nothing is asked
        people[2].pk: 15,  # 25 are asked, 40 were learned
    }


def test_without_a_requirement_in_credits_nothing_is_carried(town, staff, people, learned):
    Duty.objects.filter(measure="required").delete()
    assert close(town, staff).figures["carry"] == {"people": 0, "credits": "0"}


def test_who_moves_between_two_closings_carries_once(town, staff, people, learned):
    county = make.unit("QX", "中共清溪县委组织部", town, kind="organization_department")
    close(town, staff)
    people[0].managing_authority = county
    people[0].save(update_fields=["managing_authority"])
    assert carries(county, 2025) == []


def test_who_goes_where_the_year_is_closed_already_carries_what_they_bring(town, staff, people, learned):
    county = make.unit("QX", "中共清溪县委组织部", town, kind="organization_department")
    there = make.cadre("顾明远", county, county)
    learn(there, "40")
    close(county, staff)
    for who in people[:2]:
        who.managing_authority = county
        who.save(update_fields=["managing_authority"])
    close(town, staff)
    assert balance(people[0], 2026) == (0, Decimal("42.5"))
    assert balance(people[1], 2026) is balance(there, 2026) is None
    assert CreditEntry.objects.get(channel="carry").authority == county


def test_a_merged_double_counts_for_who_lives_on(town, staff, people, learned):
    double = make.cadre("司马清扬", people[0].unit, town)
    learn(double, "10")
    double.canonical = people[2]
    double.save(update_fields=["canonical"])
    assert carries(town, 2025)[0].credits == Decimal("42.5")  # 40 and 10 are exactly 50
    learn(people[2], "1")
    assert sorted(row.credits for row in carries(town, 2025)) == [1, Decimal("42.5")]


def test_what_a_double_has_carried_is_not_carried_again(town, staff, people, learned):
    """The double's year was closed before somebody saw that the two are one person."""
    county = make.unit("QX", "中共清溪县委组织部", town, kind="organization_department")
    double = make.cadre("沈若溪", county, county)
    learn(double, "70")
    assign_duties(None, 2025, actor=None)
    close(county, staff)
    assert balance(double, 2026) == (0, 20)
    merge_cadre(double, people[2], actor=staff, reason="身份证号录入错误，经本人核对")
    assert people[2].pk not in {row.learning.cadre_id for row in carries(town, 2025)}


# ---- what stands in the way ----


def test_a_year_is_closed_after_it_has_ended(town, staff, learned):
    with pytest.raises(Refused, match="2026年1月1日起可以结账"):
        close(town, staff, on=date(2025, 12, 31))
    assert close(town, staff, on=date(2026, 1, 1)).closed_at


def test_years_are_closed_in_order(town, staff, people, learned):
    learn(people[0], "1", on=date(2024, 5, 5))
    with pytest.raises(Refused, match="请先结2024年的账"):
        close(town, staff)
    close(town, staff, 2024)
    assert close(town, staff).closed_at


def filed(who, state):
    return Recognition.objects.create(
        cadre=who, unit=who.unit, channel="online", title="外训", title_key="外训", since=date(2025, 5, 1),
        until=date(2025, 5, 2), hours=4, state=state,
    )  # fmt: skip


def test_what_waits_for_the_department_forbids_closing(town, staff, people, learned):
    waiting = filed(people[0], "vetted")
    with pytest.raises(Refused, match="待组织部确认的学分认定"):
        close(town, staff, accepted=True)
    assert not LedgerYear.objects.get(authority=town, year=2025).closed_at
    Recognition.objects.filter(pk=waiting.pk).update(state="returned")
    assert close(town, staff).closed_at


@pytest.mark.parametrize(("channel", "found"), [("off_job", 1), ("online", 0)])
def test_what_went_over_new_year_waits_in_both_years_where_it_is_split(town, people, channel, found):
    """Five days from 29 December: three are of 2025. An on-line course counts where it ended."""
    waiting = filed(people[0], "vetted")
    facts = {"channel": channel, "since": date(2025, 12, 29), "until": date(2026, 1, 2)}
    Recognition.objects.filter(pk=waiting.pk).update(**facts)
    waits = {year: [one.open for one in year_checks(town, year, JANUARY)][2] for year in (2025, 2026)}
    assert waits == {2025: found, 2026: 1}


def test_what_waits_for_units_has_to_be_read(town, staff, people, learned):
    filed(people[0], "filed")
    with pytest.raises(Refused, match="已知悉"):
        close(town, staff)
    assert close(town, staff, accepted=True).figures["accepted"] == ["待单位审核的学分认定 1 件"]


def test_what_other_apps_add_forbids_too(town, staff, learned):
    with pytest.raises(Refused, match="未结班"):
        close(town, staff, more=[Check("classes", "未结班", 2, True, "请先结班")])


def test_a_year_is_closed_once(town, staff, learned):
    close(town, staff)
    with pytest.raises(Refused, match="不能再结"):
        close(town, staff)


# ---- who may ----


def test_a_county_closes_its_own_year_only(town, staff, learned):
    county = make.unit("QX", "中共清溪县委组织部", town, kind="organization_department")
    theirs = make.account("qx", "秦舒", unit=county)
    make.grant(theirs, Role.STAFF, county)
    with pytest.raises(Refused, match="组织部干部教育科"):
        close(town, theirs)
    assert close(county, theirs).authority == county
    assert not LedgerYear.objects.get(authority=town, year=2025).closed_at


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER, Role.SCHOOL])
def test_others_do_not_close(town, role, learned):
    who = make.account("other", "旁人", unit=town)
    make.grant(who, role, town)
    with pytest.raises(Refused):
        close(town, who)


# ---- what is told ----


def test_the_preview_says_what_closing_does(town, staff, people, learned, query_count):
    preview = preview_year(town, 2025, JANUARY)
    assert preview.blocked == preview.warned == []
    assert close(town, staff).figures == preview.figures | {"closed_on": "2026-01-05", "accepted": []}
    assert [(one["code"], one["asked"], one["met"]) for one in preview.figures["requirements"]] == [
        ("off_job", 3, 1), ("online", 3, 0), ("required", 3, 2),
    ]  # fmt: skip
    told = AuditEntry.objects.get(event="ledger_year.close")
    assert told.after == {"year": 2025, "people": 3, "carry": {"people": 1, "credits": "42.5"}}


def test_the_number_of_queries_is_fixed(town, people, learned, query_count):
    few = query_count(lambda: preview_year(town, 2025, JANUARY))
    for number in range(5):
        learn(make.cadre(f"后来者{number}", people[0].unit, town), "80")
    assign_duties(None, 2025, actor=None)
    assert query_count(lambda: preview_year(town, 2025, JANUARY)) == few
