"""Closing a year against closing and against posting, on real connections: one closes, nothing is lost or doubled."""

import random
from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from django.db import connection
from django.db.models import Sum

from core.keys import new_key
from core.operations import Refused
from organization.roles import Role
from reports.services.year_end import ask_to_close, close_as_asked
from tests import factories as make
from tests.threads import at_once
from trainees.models import Cadre, CreditBalance, CreditEntry, LedgerAct, LedgerYear
from trainees.services import years
from trainees.services.duties import assign_duties
from trainees.services.ledger import Learning, post
from trainees.services.merging import merge_cadre
from trainees.services.years import close_year

JANUARY = date(2026, 1, 5)
WRITERS, POSTINGS = 3, 12


@pytest.fixture
def town(own_database):
    where = make.unit("YL", "中共云岭市委组织部", kind="organization_department")
    staff = make.account("zzb", "顾云舟", unit=where)
    make.grant(staff, Role.STAFF, where)
    people = [make.cadre(f"学员{n}", where, where) for n in range(WRITERS)]
    for who in people:
        learn(who, 60)
    assign_duties(None, 2025, actor=None)
    return where, staff, people


def learn(who, hours):
    known = {"title": "班", "source_kind": "class", "source_id": new_key()}
    post([Learning(who.pk, date(2025, 6, 30), "off_job", Decimal(hours), Decimal(0), **known)], actor=None)


def carried():
    """By cadre, what was carried into 2026."""
    rows = CreditEntry.objects.live().filter(channel="carry").order_by()
    return dict(rows.values_list("cadre").annotate(Sum("credits")))


def test_of_two_who_close_at_once_one_does(town):
    where, staff, people = town
    told = at_once(*[lambda: close_year(where, 2025, actor=staff, on=JANUARY)] * 4)
    assert sum(isinstance(one, LedgerYear) for one in told) == 1
    assert all("不能再结" in one.message for one in told if isinstance(one, Refused))
    assert carried() == {who.pk: 10 for who in people}
    assert CreditEntry.objects.filter(channel="carry").count() == WRITERS


def test_of_two_who_ask_at_once_one_act_waits_and_two_workers_do_it_once(town):
    where, staff, people = town
    other = make.account("other", "裴照", unit=where)
    make.grant(other, Role.STAFF, where)
    told = at_once(*[lambda who=who: ask_to_close(where, 2025, actor=who, on=JANUARY) for who in (staff, other)])
    assert sorted(type(one).__name__ for one in told) == ["LedgerAct", "Refused"]
    act = LedgerAct.objects.get()
    at_once(*[lambda: close_as_asked(act.pk)] * 2)
    assert carried() == {who.pk: 10 for who in people}
    assert LedgerAct.objects.get().state == LedgerAct.State.DONE


def test_closing_while_doubles_are_merged(town, monkeypatch):
    """Years are held before cadres by whoever holds both: neither waits for what the other has."""
    where, staff, people = town
    double = make.cadre("学员0", where, where)
    learn(double, 5)
    under_way, real = Event(), years.preview_year

    def slow(*args, **more):
        under_way.set()
        connection.cursor().execute("SELECT pg_sleep(1)")
        return real(*args, **more)

    def merger():
        under_way.wait(10)
        return merge_cadre(double, people[0], actor=staff, reason="身份证号录入错误，经本人核对")

    monkeypatch.setattr(years, "preview_year", slow)
    told = at_once(lambda: close_year(where, 2025, actor=staff, on=JANUARY), merger)
    assert [type(one) for one in told] == [LedgerYear, Cadre]


@pytest.mark.parametrize("seed", range(3))
def test_closing_while_hours_are_posted(town, seed):
    """What was posted before counts for the carry-over, what came after is an adjustment; together it is everything."""
    where, staff, people = town
    dice = random.Random(seed)

    def writer(who):
        def write():
            for _ in range(POSTINGS):
                learn(who, 1)

        return write

    def closer():
        connection.cursor().execute("SELECT pg_sleep(%s)", [dice.uniform(0, 0.3)])
        return close_year(where, 2025, actor=staff, on=JANUARY)

    told = at_once(*[writer(who) for who in people], closer)
    assert isinstance(told[-1], LedgerYear)
    rows = CreditBalance.objects.filter(year=2025)
    regular = dict(rows.filter(adjustment=False).values_list("cadre", "required"))
    late = dict(rows.filter(adjustment=True).values_list("cadre", "required"))
    assert {who.pk: regular[who.pk] + late.get(who.pk, 0) for who in people} == {
        who.pk: 60 + POSTINGS for who in people
    }
    assert carried() == {who.pk: regular[who.pk] - 50 for who in people}
    held = LedgerYear.objects.get(authority=where, year=2025)
    assert Decimal(held.figures["learned"]["required"]) == sum(regular.values())
    entries = CreditEntry.objects.filter(year=2025, adjustment=False)
    assert held.figures["entries"] == entries.count()
