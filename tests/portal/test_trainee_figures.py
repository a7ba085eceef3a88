"""The year's figures of a trainee's home: credits apart, what was carried over, what is not in the ledger yet."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.pages.trainee import carried, figures
from reports.gathering.archive import archive_of, sight_of
from reports.papers.archive import YearSum

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def told(archive, brought=None):
    return {one["label"]: (one["value"], one["note"]) for one in figures(archive, brought or {})}


def archive(city, **facts):
    """The first trainee's, as gathered; their class as told by `facts`."""
    cadre = city.cadres[0]
    found = archive_of(cadre, sight_of(city.trainee, cadre), TODAY, ledger=False)
    lines = tuple(replace(one, since=date(2026, 3, 2), until=date(2026, 3, 6), **facts) for one in found.classes[:1])
    sums = (YearSum(2026, required=Decimal("166.5"), elective=Decimal("212.5")),)
    return replace(found, on=TODAY, classes=lines, years=sums)


def test_credits_stand_apart_and_say_what_was_carried_over(yunling):
    shown = told(archive(yunling), {"elective": Decimal("212.5")})
    assert shown["今年必修"] == ("166.5", "") and shown["今年选修"] == ("212.5", "含上年结转 212.5")
    assert "今年学分" not in shown


@pytest.mark.parametrize(
    "state, own, note",
    [
        ("ended", "completed", "另有 1 个班待结班后入账"),
        ("reopened", "completed", "另有 1 个班待结班后入账"),
        ("closed", "completed", ""),
        ("ended", "no_show", ""),
    ],
)
def test_hours_say_which_classes_are_not_posted_yet(yunling, state, own, note):
    assert told(archive(yunling, class_state=state, state=own))["今年学时"][1] == note


def test_nothing_is_carried_where_nothing_was(yunling):
    cadre = yunling.cadres[0]
    assert carried(cadre, sight_of(yunling.trainee, cadre), 2026) == {}
