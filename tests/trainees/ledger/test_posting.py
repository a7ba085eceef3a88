"""The ledger says what its sources say: once, with differences as reversals, caps over the year, late postings apart."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from core.keys import new_key
from core.models import AuditEntry
from tests import factories as make
from tests.trainees.ledger.story import balance, changed, in_house_cap, learned, rules
from trainees.models import Appointment, CreditEntry, LedgerYear, RuleSet
from trainees.services.ledger import Posting, post, settle_anew, withdraw
from trainees.services.rule_sets import shipped_rules

DOUBLED = changed(off_job={"per_hour": "2"})


def test_a_class_is_posted_once(who, town):
    one = learned(who, hours="12.5")
    assert post([one], actor=None) == Posting(awarded=1)
    assert post([one], actor=None) == Posting(unchanged=1)
    (entry,) = CreditEntry.objects.all()
    assert balance(who) == (2, Decimal("12.5"), Decimal("12.5"), 0)
    assert (entry.kind, entry.credits, entry.attempt, entry.adjustment) == ("required", Decimal("12.5"), 1, False)
    assert (entry.unit_id, entry.authority_id, entry.post_level) == (who.unit_id, town.pk, "乡科级正职")
    assert [step["text"] for step in entry.explanation] == ["脱产培训：12.5 学时、2 天", "每学时计 1 必修学分"]
    assert LedgerYear.objects.get().authority == town
    (adopted,) = RuleSet.objects.all()
    assert (adopted.unit, adopted.version, adopted.rules) == (town, 1, shipped_rules())


def test_a_correction_is_a_reversal_and_a_new_award(who):
    one = learned(who)
    post([one], actor=None)
    first = CreditEntry.objects.get()
    corrected = learned(who, hours="8", days="1.5", source_id=one.source_id)
    assert post([corrected], actor=None, reason="补记缺勤") == Posting(awarded=1, reversed=1)
    _, reversal, again = CreditEntry.objects.order_by("pk")
    assert (reversal.reverses, reversal.hours, reversal.credits, reversal.days) == (first, -12, -12, -2)
    assert (again.attempt, again.hours, again.reason) == (2, 8, "补记缺勤")
    assert balance(who) == (Decimal("1.5"), 8, 8, 0)
    assert list(CreditEntry.objects.live()) == [again]


def test_words_stand_as_they_were_given(who):
    """Nothing of a title is taken for the form in which it travels."""
    odd = "a\\tb\\N\t制表\n换行\r“引号”'\"{}，\\."
    Appointment.objects.filter(cadre=who).update(post_level="乡科级\t正职\\")
    post([learned(who, title=odd), learned(who, title="长" * 300)], actor=None, reason="事由\t一\\二")
    first, second = CreditEntry.objects.order_by("pk")
    assert (first.title, second.title) == (odd, "长" * 200)
    assert (first.post_level, first.reason) == ("乡科级\t正职\\", "事由\t一\\二")


def test_a_part_that_is_gone_is_reversed(who):
    source = new_key()
    old = learned(who, on=date(2025, 12, 31), hours="8", days="1", source_id=source, part=2025)
    new = learned(who, on=date(2026, 1, 2), hours="4", days="0.5", source_id=source, part=2026)
    assert post([old, new], actor=None) == Posting(awarded=2)
    assert (balance(who, 2025)[1], balance(who)[1]) == (8, 4)
    assert post([new], actor=None) == Posting(reversed=1, unchanged=1)
    assert balance(who, 2025) == (0, 0, 0, 0)


def test_withdrawn_and_posted_again(who):
    one = learned(who)
    post([one], actor=None)
    assert withdraw("class", [one.source_id], actor=None, reason="班次重新打开") == Posting(reversed=1)
    assert withdraw("class", [one.source_id], actor=None, reason="班次重新打开") == Posting()
    assert balance(who) == (0, 0, 0, 0)
    assert post([one], actor=None) == Posting(awarded=1)
    assert CreditEntry.objects.live().get().attempt == 2
    assert balance(who) == (2, 12, 12, 0)


def test_a_cap_is_reached_in_the_middle_of_an_entry_and_given_back(who, town):
    rules(town, **in_house_cap("20"))
    first = learned(who, date(2026, 2, 1), "15", "0", "in_house")
    second = learned(who, date(2026, 4, 1), "15", "0", "in_house")
    post([second], actor=None)
    assert balance(who)[2] == 15
    assert post([first], actor=None) == Posting(awarded=2, reversed=1)  # the later one keeps 5 of its 15
    later = CreditEntry.objects.live().get(source_id=second.source_id)
    assert (later.hours, later.credits) == (15, 5)
    assert later.explanation[-1]["text"] == "单位内训学分一年最多计 20，尚余 5"
    assert balance(who)[2] == 20
    assert withdraw("class", [first.source_id], actor=None, reason="登记有误") == Posting(awarded=1, reversed=2)
    assert balance(who)[2] == 15


def test_a_closed_year_takes_adjustments_only(who, town):
    one = learned(who)
    post([one], actor=None)
    LedgerYear.objects.update(closed_at=timezone.now())
    late = learned(who, on=date(2026, 12, 30), hours="4", days="0.5")
    post([late, learned(who, hours="6", days="1", source_id=one.source_id)], actor=None)
    assert balance(who) == (2, 12, 12, 0)
    assert balance(who, adjustment=True) == (Decimal("-0.5"), -2, -2, 0)
    assert not CreditEntry.objects.filter(pk__gt=CreditEntry.objects.earliest("pk").pk, adjustment=False).exists()


def test_the_entry_remembers_the_day_of_learning(who, town):
    """The appointment of that day counts; a county stood between, whose department managed the cadre then."""
    county = make.unit("QX", "中共清溪县委组织部", town, kind="organization_department", level="county")
    bureau = make.unit("QX01", "清溪县农业农村局", county, level="county")
    Appointment.objects.filter(cadre=who).update(since=date(2026, 3, 1))
    Appointment.objects.create(
        cadre=who,
        unit=bureau,
        post_level="乡科级副职",
        rank="三级主任科员",
        since=date(2021, 1, 1),
        until=date(2026, 2, 28),
    )
    post([learned(who, on=date(2026, 2, 28)), learned(who, on=date(2026, 3, 1))], actor=None)
    then, now = CreditEntry.objects.order_by("on")
    assert (then.unit, then.post_level, then.rank) == (bureau, "乡科级副职", "三级主任科员")
    assert (now.unit, now.post_level, now.rank) == (who.unit, "乡科级正职", "")
    assert then.authority == now.authority == town  # the city's department still covers the county


def test_who_moved_up_from_a_county_was_the_county_s(who, town):
    county = make.unit("QX", "中共清溪县委组织部", town, kind="organization_department", level="county")
    city = make.unit("YLA", "中共云岭市直机关工委", town, kind="organization_department")
    bureau = make.unit("QX01", "清溪县农业农村局", county, level="county")
    who.managing_authority = city
    who.save()
    Appointment.objects.filter(cadre=who).update(since=date(2026, 3, 1))
    Appointment.objects.create(cadre=who, unit=bureau, since=date(2021, 1, 1), until=date(2026, 2, 28))
    post([learned(who, on=date(2026, 2, 28)), learned(who, on=date(2026, 3, 1))], actor=None)
    assert list(CreditEntry.objects.order_by("on").values_list("authority__code", flat=True)) == ["QX", "YLA"]


def test_the_nearest_unit_s_latest_version_counts(who, town):
    rules(town, version=1)
    newer = rules(town, since=date(2026, 3, 10), version=2, **DOUBLED)
    make_other = make.unit("WJ", "中共望江市委组织部", kind="organization_department")
    rules(make_other, version=1, since=date(2026, 3, 11))
    post([learned(who, on=date(2026, 3, 9)), learned(who, on=date(2026, 3, 10))], actor=None)
    before, after = CreditEntry.objects.order_by("on")
    assert (before.credits, after.credits, after.rule_set) == (12, 24, newer)


def test_new_rules_never_change_what_stands_silently(who, town):
    one = learned(who)
    post([one], actor=None)
    rules(town, version=2, since=date(2026, 1, 1), **DOUBLED)
    other = learned(who, on=date(2026, 3, 20))
    assert post([other, one], actor=None) == Posting(awarded=1, unchanged=1)
    assert CreditEntry.objects.live().get(source_id=one.source_id).credits == 12
    post([learned(who, hours="10", source_id=one.source_id)], actor=None)
    assert CreditEntry.objects.live().get(source_id=one.source_id).credits == 10  # a correction keeps its rules
    assert CreditEntry.objects.live().get(source_id=other.source_id).credits == 24


def test_what_a_double_learned_goes_to_who_lives_on(who, town):
    rules(town, **in_house_cap("20"))
    double = make.cadre("司马清杨", who.unit, town)
    first = learned(double, date(2026, 2, 1), "15", "0", "in_house")
    second = learned(who, date(2026, 4, 1), "15", "0", "in_house")
    post([first, second], actor=None)
    assert (balance(double)[2], balance(who)[2]) == (15, 15)
    double.canonical = who
    double.save()
    settle_anew([who.pk], actor=None, reason="合并重复档案")
    assert (balance(double)[2], balance(who)[2]) == (15, 5)
    third = learned(double, date(2026, 5, 1))
    assert post([third, first], actor=None) == Posting(awarded=1, unchanged=2)
    assert CreditEntry.objects.get(source_id=third.source_id).cadre == who


def test_a_source_that_moves_to_another_person(who, town):
    one = learned(who)
    post([one], actor=None)
    other = make.cadre("欧阳致远", who.unit, town)
    assert post([learned(other, source_id=one.source_id)], actor=None) == Posting(awarded=1, reversed=1)
    assert (balance(who)[1], balance(other)[1]) == (0, 12)


def test_faults_of_callers(who):
    one = learned(who)
    with pytest.raises(ValueError, match="twice"):
        post([one, one], actor=None)
    with pytest.raises(ValueError, match="negative"):
        post([learned(who, hours="-1")], actor=None)
    assert post([], actor=None) == Posting()


def test_each_call_leaves_one_entry_in_the_log(who):
    staff = make.account("zuzhibu", "顾云舟", unit=who.unit)
    one = learned(who)
    post([one], actor=staff, reason="结班")
    withdraw("class", [one.source_id], actor=staff, reason="重新打开")
    posted, taken = AuditEntry.objects.filter(event__startswith="ledger.").order_by("pk")
    assert (posted.event, posted.actor_id, posted.reason) == ("ledger.post", staff.pk, "结班")
    assert posted.after == {"sources": 1, "awarded": 1, "reversed": 0, "unchanged": 0}
    assert (taken.event, taken.after["reversed"]) == ("ledger.withdraw", 1)


def test_the_number_of_queries_does_not_grow(who, town, query_count):
    post([learned(who)], actor=None)
    few = query_count(lambda: post([learned(who)], actor=None))
    others = [make.cadre(f"学员{n}", who.unit, town) for n in range(20)]
    many = query_count(lambda: post([learned(one) for one in others], actor=None))
    assert many <= few
