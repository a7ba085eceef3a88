"""The ledger in the admin: looked at, never changed; the same number of queries however many rows."""

import pytest
from django.urls import reverse

from core.keys import new_key
from tests.access import stage_ledger
from tests.trainees.ledger.story import rules
from trainees.models import CreditEntry, FrozenYear, LedgerYear

LISTS = ("creditentry", "creditbalance", "frozenyear", "ledgeryear", "recomputation", "ruleset")


def one_more(city, number):
    """An entry with its balance, a year, a frozen one, a version of the rules, a recomputation."""
    stage_ledger.entry(city), stage_ledger.recomputation(city)
    LedgerYear.objects.create(authority=city.root, year=2000 + number)
    FrozenYear.objects.create(cadre=city.cadres[1], year=2000 + number, words="余额不符", run=new_key())
    rules(city.root, version=10 + number)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_a_fixed_number_of_queries(yunling, client, query_count, name):
    client.force_login(yunling.staff)
    url = reverse(f"admin:trainees_{name}_changelist")
    one_more(yunling, 1)
    client.get(url)
    few = query_count(lambda: client.get(url))
    for number in (2, 3, 4):
        one_more(yunling, number)
    assert query_count(lambda: client.get(url)) == few


def test_an_entry_is_shown_with_how_it_was_reckoned_and_cannot_be_changed(yunling, client):
    client.force_login(yunling.staff)
    entry = stage_ledger.entry(yunling)
    url = reverse("admin:trainees_creditentry_change", args=[entry.pk])
    page = client.get(url).content.decode()
    assert "脱产培训：36 学时、5 天；每学时计 1 必修学分" in page
    assert 'name="_save"' not in page
    assert client.post(url, {"credits": "99"}).status_code == 403
    assert client.get(reverse("admin:trainees_creditentry_add")).status_code == 403
    assert CreditEntry.objects.get(pk=entry.pk).credits == 36


def test_rules_from_above_are_seen_and_a_sibling_city_s_are_not(yunling, wangjiang, client):
    ours, theirs = stage_ledger.rules(yunling), stage_ledger.rules(wangjiang)
    client.force_login(yunling.staff)
    assert client.get(reverse("admin:trainees_ruleset_change", args=[ours.pk])).status_code == 200
    assert client.get(reverse("admin:trainees_ruleset_change", args=[theirs.pk])).status_code == 404
