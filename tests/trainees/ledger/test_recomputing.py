"""New rules and the past: a report first, then reversals and new entries that name the batch; closed years apart."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from core.operations import Refused
from tests import factories as make
from tests.trainees.ledger.story import balance, changed, learned
from trainees.models import CreditEntry, LedgerYear, Recomputation, RuleSet
from trainees.services.ledger import post
from trainees.services.recomputing import recompute, rehearse_recomputation
from trainees.services.rule_sets import adopt_rule_set, shipped_rules

NOTE = "云组〔2026〕1号"


def test_rules_are_adopted_as_the_next_version(town, staff):
    made = adopt_rule_set(town, changed(teaching={"per_hour": "4"}), date(2026, 7, 1), NOTE, actor=staff)
    assert [(one.version, one.since) for one in RuleSet.objects.order_by("version")] == [
        (1, date(1949, 10, 1)),
        (2, date(2026, 7, 1)),
    ]
    assert (made.note, made.actor_id) == (NOTE, staff.pk)
    county = make.unit("QX", "中共清溪县委组织部", town)
    assert adopt_rule_set(county, shipped_rules(), date(2026, 7, 1), NOTE, actor=staff).version == 1


def test_who_may_adopt_and_what(town, staff, who):
    stranger = make.account("wangjiang", "望云舟", unit=town)
    with pytest.raises(Refused, match="由其组织部干部教育科制定"):
        adopt_rule_set(town, shipped_rules(), date(2026, 1, 1), NOTE, actor=stranger)
    with pytest.raises(Refused, match="请写明依据"):
        adopt_rule_set(town, shipped_rules(), date(2026, 1, 1), " ", actor=staff)
    with pytest.raises(Refused, match="最小单位：应为"):
        adopt_rule_set(town, shipped_rules() | {"step": "0"}, date(2026, 1, 1), NOTE, actor=staff)
    with pytest.raises(Refused, match="由其组织部干部教育科制定"):
        recompute(town, 2026, actor=stranger)


def test_a_recomputation_is_a_batch_with_a_report(town, staff, who):
    teaching, reading = (
        learned(who, hours="2", days="0", channel="teaching"),
        learned(who, hours="6", channel="self_study"),
    )
    post([teaching, reading], actor=None)
    adopt_rule_set(town, changed(teaching={"per_hour": "4"}), date(2026, 1, 1), NOTE, actor=staff)
    told = rehearse_recomputation(town, 2026, actor=staff)
    assert (told["people"], told["changed"], told["reversed"], told["awarded"], told["unchanged"]) == (1, 1, 1, 1, 1)
    assert (told["before"], told["after"]) == (
        {"required": "0.00", "elective": "16.00"},
        {"required": "0.00", "elective": "14.00"},
    )
    assert told["differences"] == [{"cadre": str(who.pk), "required": ["0.00", "0.00"], "elective": ["16.00", "14.00"]}]
    assert told["words"] == "中共云岭市委组织部2026年未结账，原记录冲销后重新入账；1 人的学分有变化"
    assert CreditEntry.objects.count() == 2
    made = recompute(town, 2026, actor=staff)
    assert made.report == told
    assert [entry.credits for entry in made.entries.order_by("pk")] == [-10, 8]
    assert balance(who)[3] == 14
    assert made.rule_set == CreditEntry.objects.live().get(source_id=teaching.source_id).rule_set
    # what the new version says nothing new of stays as it was posted
    assert CreditEntry.objects.live().get(source_id=reading.source_id).rule_set.version == 1
    with pytest.raises(Refused, match="不需要重算"):
        recompute(town, 2026, actor=staff)
    assert Recomputation.objects.count() == 1


def test_a_day_in_the_middle_of_the_year(town, staff, who):
    before = learned(who, on=date(2026, 6, 30), hours="2", days="0", channel="teaching")
    after = learned(who, on=date(2026, 7, 1), hours="2", days="0", channel="teaching")
    post([before, after], actor=None)
    adopt_rule_set(town, changed(teaching={"per_hour": "4"}), date(2026, 7, 1), NOTE, actor=staff)
    recompute(town, 2026, actor=staff)
    assert [one.credits for one in CreditEntry.objects.live().order_by("on")] == [10, 8]


def test_conversions_are_made_anew_from_what_was_given(town, staff, who):
    online = learned(who, hours="0", days="0", channel="online", minutes=2250, share=Decimal("85"))
    days = learned(who, hours="0", days="2")
    post([online, days], actor=None)
    assert balance(who)[1:3] == (12, 12)
    rules = changed(online={"minutes": 50, "least_share": "80"}) | {"day_hours": "8", "half_day_hours": "4"}
    adopt_rule_set(town, rules, date(2026, 1, 1), NOTE, actor=staff)
    recompute(town, 2026, actor=staff)
    assert balance(who)[1:3] == (16, 16 + 45)


def test_a_closed_year_keeps_its_figures(town, staff, who):
    post([learned(who, hours="2", days="0", channel="teaching")], actor=None)
    LedgerYear.objects.update(closed_at=timezone.now())
    adopt_rule_set(town, changed(teaching={"per_hour": "4"}), date(2026, 1, 1), NOTE, actor=staff)
    made = recompute(town, 2026, actor=staff)
    assert made.report["closed"] is True
    assert made.report["words"].startswith("中共云岭市委组织部2026年已经结账，结账数不变，差额记入调整期")
    assert (balance(who)[3], balance(who, adjustment=True)[3]) == (10, -2)


def test_authorities_below_without_rules_of_their_own_follow(town, staff, who):
    with_rules = make.unit("QX", "中共清溪县委组织部", town, kind="organization_department")
    without = make.unit("QS", "中共青山区委组织部", town, kind="organization_department")
    for authority in (with_rules, without):
        person = make.cadre(f"{authority.code}干部", authority, authority)
        adopted = authority == with_rules
        if adopted:
            adopt_rule_set(with_rules, changed(teaching={"per_hour": "3"}), date(2026, 1, 1), NOTE, actor=staff)
        post([learned(person, hours="2", days="0", channel="teaching")], actor=None)
    adopt_rule_set(town, changed(teaching={"per_hour": "4"}), date(2026, 1, 1), NOTE, actor=staff)
    recompute(town, 2026, actor=staff)
    found = CreditEntry.objects.live().order_by("authority__code").values_list("authority__code", "credits")
    assert list(found) == [("QS", 8), ("QX", 6)]
