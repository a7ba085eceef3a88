"""The meter and the chain, at their boundaries (DOMAIN.md §3, “Leave”; CLASS_WORKBOOK.md §3, “Leave cap”)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.services import set_preference
from tests import factories as make
from training.models import LeaveApprover, LeaveLevel
from training.rules.leave import Bounds, Meter, chain, exceeds, half_days, levels_for, meter_of, staffed_levels

MANAGER, OFFICE, PRESIDENT, DEPARTMENT = LeaveLevel
DEFAULT = Bounds(1, 2, 4)


@pytest.mark.parametrize(
    ("total", "allowed"),
    [("56", "8"), ("70", "10"), ("3.5", "0.5"), ("38.5", "5.5"), ("73.5", "10.5"), ("77", "11"), ("0", "0")],
)
def test_exactly_one_seventh_is_allowed_and_half_an_hour_more_is_not(total, allowed):
    assert not exceeds(Decimal(allowed), Decimal(total))
    assert exceeds(Decimal(allowed) + Decimal("0.5"), Decimal(total))


@pytest.mark.parametrize(
    ("total", "used", "left"),
    [("56", "0", "8"), ("56", "7.5", "0.5"), ("56", "8", "0"), ("56", "9", "0"), ("60", "0", "8.5"), ("74", "4", "6.5"),
     ("3", "0", "0"), ("4", "0", "0.5")],
)  # fmt: skip
def test_what_may_still_be_asked_for_is_the_most_half_hours_within_the_cap(total, used, left):
    assert Meter(Decimal(total), Decimal(used)).left == Decimal(left)


HALVES = st.integers(0, 400).map(lambda halves: Decimal(halves) / 2)


@given(HALVES, HALVES)
def test_no_more_than_what_is_left_fits_and_all_of_it_does(total, used):
    """used × 7 > total is over: asked of integers, apart from the code's fractions."""
    meter = Meter(total, used)
    over = int(used * 2) * 7 > int(total * 2)
    assert meter.over == over
    if not over:
        full = used + meter.left
        assert int(full * 2) * 7 <= int(total * 2) < (int(full * 2) + 1) * 7


def test_the_share_is_the_schemes():
    assert not exceeds(Decimal(10), Decimal(60), Fraction(1, 6))
    assert exceeds(Decimal(10), Decimal(60))


MONDAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("slots", "length"),
    [
        ([(MONDAY, 1), (MONDAY, 1)], 1),  # two of a morning's sessions
        ([(MONDAY, 3)], 1),  # an evening alone
        ([(MONDAY, 1), (MONDAY, 2)], 2),
        ([(MONDAY, 1), (MONDAY, 2), (MONDAY, 3)], 2),  # a day has two half-days at most
        ([(MONDAY, 2), (MONDAY + timedelta(1), 1)], 2),
        ([(MONDAY, 1), (MONDAY, 2), (MONDAY + timedelta(1), 1)], 3),
    ],
)
def test_half_days(slots, length):
    assert half_days(slots) == length


@pytest.mark.parametrize(
    ("length", "levels"),
    [
        (1, [MANAGER]),
        (2, [MANAGER, OFFICE]),
        (3, [MANAGER, OFFICE, PRESIDENT]),
        (4, [MANAGER, OFFICE, PRESIDENT]),
        (5, [MANAGER, OFFICE, PRESIDENT, DEPARTMENT]),
    ],
    ids=["half a day", "a day", "1.5 days", "2 days", "2.5 days"],
)
def test_the_chain_grows_with_the_length(length, levels):
    assert levels_for(length, DEFAULT) == levels


def test_a_level_without_approver_falls_to_the_department():
    levels = levels_for(3, DEFAULT)
    assert chain(levels, {"manager", "office", "vice_president"}) == [MANAGER, OFFICE, PRESIDENT]
    assert chain(levels, {"manager", "vice_president"}) == [MANAGER, PRESIDENT, DEPARTMENT]
    assert chain(levels, {"manager"}) == [MANAGER, DEPARTMENT]
    assert chain([MANAGER], set()) == [DEPARTMENT]
    assert chain(levels_for(5, DEFAULT), {"manager"}) == [MANAGER, DEPARTMENT]


def test_a_school_sets_its_own_bounds_from_a_day_on(school):
    assert Bounds.of(school.root, MONDAY) == DEFAULT
    set_preference(school.root, "leave_manager_half_days", 2, MONDAY, actor=school.staff)
    assert Bounds.of(school.root, MONDAY - timedelta(1)) == DEFAULT
    assert Bounds.of(school.root, MONDAY) == Bounds(2, 2, 4)
    assert levels_for(2, Bounds(2, 2, 4)) == [MANAGER]


def test_who_is_there_to_decide(school):
    day = MONDAY
    assert staffed_levels(school.training_class, day) == {"manager", "office", "vice_president"}
    school.training_class.roles.all().delete()
    assert staffed_levels(school.training_class, day) == {"office", "vice_president"}
    make.approver(school.root, MANAGER, school.deputy, deputy=True)
    assert "manager" in staffed_levels(school.training_class, day)
    assert "manager" not in staffed_levels(school.training_class, day, apart_from=school.deputy.pk)


def test_an_approver_of_a_sibling_or_of_the_past_does_not_count(school):
    LeaveApprover.objects.all().delete()
    sibling = make.unit("QX", "清溪县委组织部")
    make.approver(sibling, OFFICE, school.office)
    make.approver(school.root, PRESIDENT, school.president, until=MONDAY - timedelta(1))
    assert staffed_levels(school.training_class, MONDAY) == {"manager"}


def test_the_meter_counts_personal_and_sick_leave_once(school):
    make.mark(school.trainee, school.sessions[0], "personal")
    make.mark(school.trainee, school.sessions[1], "sick")
    make.mark(school.trainee, school.sessions[2], "official")
    make.mark(school.trainee, school.sessions[3], "absent")
    make.mark(school.other, school.sessions[0], "personal")
    meter = meter_of(school.trainee, "personal", school.sessions[1:3])
    assert (meter.total, meter.used, meter.asked, meter.after) == (56, 8, 4, 12)
    assert meter.over
    assert meter_of(school.trainee, "official", school.sessions[5:9]).asked == 0
