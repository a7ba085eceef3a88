"""Two at once, on real connections: whoever comes second sees what the first wrote, and nothing is posted twice."""

from datetime import date
from threading import Barrier, Event

import pytest
from django.db import transaction
from django.utils import timezone

from core.operations import Refused
from tests import factories as make
from tests.threads import at_once
from tests.trainees.ledger.conftest import make_town, make_who
from tests.trainees.ledger.story import in_house_cap, learned, rules
from trainees.models import Cadre, CreditBalance, CreditEntry, LedgerYear
from trainees.services import standing
from trainees.services.ledger import Posting, post, withdraw

ROUNDS = 15


@pytest.fixture
def who(own_database) -> Cadre:
    return make_who(make_town())


def test_two_post_the_same_source(who):
    post([learned(who)], actor=None)
    for _ in range(ROUNDS):
        one = learned(who)
        answers = at_once(*[lambda one=one: post([one], actor=None)] * 2)
        assert sorted(answer.awarded for answer in answers) == [0, 1]
        assert CreditEntry.objects.filter(source_id=one.source_id).count() == 1


def test_without_holding_the_cadre_they_would_collide(who, monkeypatch):
    """Positive control: the lock is what keeps them apart, and the database has the last word without it."""
    post([learned(who)], actor=None)
    monkeypatch.setattr("trainees.services.settling.hold_cadres", lambda persons, places: None)
    refused = 0
    for _ in range(ROUNDS):
        one, meet = learned(who), Barrier(2)

        def stands(places, meet=meet):
            found = standing.standing_of(places)
            meet.wait(10)
            return found

        monkeypatch.setattr("trainees.services.settling.standing_of", stands)
        answers = at_once(*[lambda one=one: post([one], actor=None)] * 2)
        refused += sum(isinstance(answer, Refused) for answer in answers)
        assert CreditEntry.objects.filter(source_id=one.source_id).count() == 1
    assert refused == ROUNDS


def test_two_use_up_one_cap(who):
    """Both postings look at the same year's cap: together they never get more than it."""
    rules(who.managing_authority, since=date(2000, 1, 1), **in_house_cap("20"))
    for year in range(2010, 2010 + ROUNDS):
        mine, yours = (learned(who, on=date(year, 3, 1), hours="15", days="0", channel="in_house") for _ in range(2))
        at_once(lambda mine=mine: post([mine], actor=None), lambda yours=yours: post([yours], actor=None))
        assert CreditBalance.objects.get(cadre=who, year=year).required == 20
        assert CreditEntry.objects.live().filter(year=year).count() == 2


def test_post_against_withdraw(who):
    """Either order is right: posted and taken back, or nothing to take back and then posted."""
    for _ in range(ROUNDS):
        one = learned(who)
        posted, taken = at_once(
            lambda one=one: post([one], actor=None),
            lambda one=one: withdraw("class", [one.source_id], actor=None, reason="重新打开"),
        )
        live = CreditEntry.objects.live().filter(source_id=one.source_id).count()
        assert (posted.awarded, taken.reversed + live) == (1, 1)
        assert sum(entry.credits for entry in CreditEntry.objects.filter(source_id=one.source_id)) == 12 * live


def test_a_closing_year_waits_for_who_posts(who):
    """The year is held by a posting under way; who closes comes after it, and what comes later is an adjustment."""
    post([learned(who)], actor=None)
    posted, closing = Event(), Event()

    def poster():
        with transaction.atomic():
            post([learned(who)], actor=None)
            posted.set()
            closing.wait(10)
            assert LedgerYear.objects.get().closed_at is None

    def closer():
        posted.wait(10)
        with transaction.atomic():
            closing.set()
            held = LedgerYear.objects.select_for_update().get()
            assert CreditEntry.objects.count() == 2
            held.closed_at = timezone.now()
            held.save()

    at_once(poster, closer)
    post([learned(who)], actor=None)
    assert list(CreditEntry.objects.order_by("pk").values_list("adjustment", flat=True)) == [False, False, True]


def test_who_posts_waits_for_a_year_that_is_being_closed(who):
    post([learned(who)], actor=None)
    held, posting = Event(), Event()

    def closer():
        with transaction.atomic():
            row = LedgerYear.objects.select_for_update().get()
            held.set()
            posting.wait(10)
            row.closed_at = timezone.now()
            row.save()

    def poster():
        held.wait(10)
        posting.set()
        return post([learned(who)], actor=None)

    assert at_once(closer, poster)[1] == Posting(awarded=1, unchanged=1)
    assert CreditEntry.objects.latest("pk").adjustment is True


def test_many_people_in_any_order_never_wait_for_each_other_in_a_ring(who):
    others = [make.cadre(f"学员{n}", who.unit, who.managing_authority) for n in range(6)]
    post([learned(who)], actor=None)
    for _ in range(ROUNDS):
        forth, back = [learned(one) for one in others], [learned(one) for one in reversed(others)]
        answers = at_once(lambda forth=forth: post(forth, actor=None), lambda back=back: post(back, actor=None))
        assert [answer.awarded for answer in answers] == [6, 6]


def test_rules_are_shipped_once(who):
    """Nobody adopted any: two first postings make one version 1."""
    other = make.cadre("欧阳致远", who.unit, who.managing_authority)
    at_once(lambda: post([learned(who)], actor=None), lambda: post([learned(other)], actor=None))
    assert len(set(CreditEntry.objects.values_list("rule_set", flat=True))) == 1
