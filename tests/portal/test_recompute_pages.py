"""重算 on its pages: what new rules would change, the act with its reason, the report with names and its table."""

import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from core.keys import new_key
from organization.models import Grant
from portal.forms_rules import CreditRulesForm
from tests.access.stage import op_id
from tests.portal.test_rules_pages import new, typed
from tests.worker import work_off
from trainees.models import CreditBalance, CreditEntry, LedgerAct, Recomputation, RuleSet
from trainees.services.ledger import Learning, post
from trainees.services.recomputing_acts import ask_to_recompute
from trainees.services.rule_sets import adopt_rule_set, shipped_rules

pytestmark = pytest.mark.django_db

REASON = "云组〔2026〕5号"


@pytest.fixture
def city(yunling):
    """Two have taught for four hours in 2026, one has learned; the second version of the rules makes teaching dearer."""
    for who, channel in zip(yunling.cadres, ("teaching", "teaching", "off_job"), strict=True):
        one = Learning(who.pk, date(2026, 3, 2), channel, Decimal(4), Decimal(0), "授课", "class", new_key())
        post([one], actor=None)
    return yunling


def teach(city):
    """The third one, four hours."""
    one = Learning(city.cadres[2].pk, date(2026, 4, 2), "teaching", Decimal(4), Decimal(0), "授课", "class", new_key())
    post([one], actor=None)


def adopt(city, per_hour="6"):
    rules = shipped_rules()
    rules["channels"]["teaching"]["per_hour"] = per_hour
    return adopt_rule_set(city.root, rules, date(2026, 1, 1), REASON, actor=city.staff)


def address(city, name="recompute"):
    return reverse(f"portal:{name}", args=[city.root.pk, 2026])


def rehearsed(city, client):
    """Asked for on the page, and done."""
    assert client.post(address(city, "recompute_rehearse"), {"op_id": op_id()}).url == address(city)
    work_off("recompute_read")


def recomputed(city, client) -> Recomputation:
    rehearsed(city, client)
    assert client.post(address(city), {"op_id": op_id(), "reason": REASON}).url == address(city)
    work_off("recompute_write")
    return Recomputation.objects.order_by("-at")[0]


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_without_new_rules_there_is_nothing_to_do(city, client_of):
    client = client_of(city.staff)
    assert "先核对按现行规则会有哪些变化" in text(client.get(address(city)))
    rehearsed(city, client)
    body = text(client.get(address(city)))
    assert "没有人的学分会变化" in body
    assert 'data-opens="ask-recompute"' not in body
    assert "没有任何变化" in text(client.post(address(city), {"op_id": op_id(), "reason": REASON}))


def test_the_preview_writes_nothing_and_says_who(city, client_of):
    adopt(city)
    client = client_of(city.staff)
    rehearsed(city, client)
    body = text(client.get(address(city)))
    for words in ("2 人的学分有变化", "20 → 24", "+4", city.cadres[0].name, city.cadres[1].name, "办理重算"):
        assert words in body
    assert not Recomputation.objects.exists()
    assert CreditEntry.objects.count() == 3


def test_it_is_done_with_a_reason_and_reported(city, client_of):
    rules, client = adopt(city), client_of(city.staff)
    assert client.post(address(city), {"op_id": op_id(), "reason": "短"}).status_code == 400
    made = recomputed(city, client)
    assert made.rule_set == rules
    balances = CreditBalance.objects.filter(year=2026).order_by("pk").values_list("required", "elective")
    assert sorted(balances) == [(0, 24), (0, 24), (4, 0)]
    body = text(client.get(reverse("portal:recomputation", args=[made.pk])))
    for words in ("2 人的学分有变化", "20 → 24", city.cadres[0].name, str(rules)):
        assert words in body
    sheet = client.get(reverse("portal:recomputation_export", args=[made.pk])).getvalue()
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert [(row[0], row[7], row[8]) for row in rows[1:3]] == [("司马清扬", -20, "冲销"), ("司马清扬", 24, "入账")]
    assert len(rows) == 5  # whose credits stay the same keeps the entry


def test_done_twice_it_is_refused_with_words(city, client_of):
    adopt(city)
    client = client_of(city.staff)
    recomputed(city, client)
    body = text(client.post(address(city), {"op_id": op_id(), "reason": REASON}))
    assert "请先核对会有哪些变化" in body
    assert Recomputation.objects.count() == 1


def test_who_waits_is_led_to_the_report(city, client_of):
    adopt(city)
    client = client_of(city.staff)
    rehearsed(city, client)
    client.post(address(city), {"op_id": op_id(), "reason": REASON})
    bar = reverse("portal:ledger_act", args=[LedgerAct.objects.get(state="waiting").pk])
    assert "正在重算" in text(client.get(bar)) and "正在重算" in text(client.get(address(city)))
    work_off("recompute_write")
    made = Recomputation.objects.get()
    assert client.get(bar)["HX-Redirect"] == reverse("portal:recomputation", args=[made.pk])
    body = text(client.get(address(city)))
    assert "已重算，2 人的学分有变化" in body and reverse("portal:recomputation", args=[made.pk]) in body


def test_what_was_shown_is_what_is_done_or_nothing(city, client_of):
    """Other rules between the look and the work: the same people, other credits."""
    adopt(city)
    client = client_of(city.staff)
    rehearsed(city, client)
    client.post(address(city), {"op_id": op_id(), "reason": REASON})
    adopt(city, "7")
    work_off("recompute_write")
    assert not Recomputation.objects.exists()
    body = text(client.get(address(city)))
    for gain in (
        "核对时冲销 2 笔、入账 2 笔、2 人有变化，必修+0.00、选修+8.00 学分",
        "现在冲销 2 笔",
        "选修+16.00 学分",
    ):
        assert gain in body
    assert 'data-opens="ask-recompute"' not in body


def test_a_right_that_was_lost_meanwhile_changes_nothing(city, client_of):
    adopt(city)
    rehearsed(city, client_of(city.staff))
    act = ask_to_recompute(city.root, 2026, actor=city.staff, reason=REASON)
    assert ask_to_recompute(city.root, 2026, actor=city.staff, reason=REASON) == act
    Grant.objects.filter(account=city.staff).update(until=timezone.localdate() - timedelta(days=1))
    work_off("recompute_write")
    act.refresh_from_db()
    assert act.state == LedgerAct.State.REFUSED and "您没有这项权限" in act.reason
    assert not Recomputation.objects.exists()


def test_adopting_leads_to_the_preview(city, client_of):
    sent = typed(CreditRulesForm, shipped_rules(), teaching_per_hour="6", since="2026-01-01") | {"adopt": "1"}
    assert client_of(city.staff).post(new("credits", city.root), sent).url == address(city)
    assert RuleSet.objects.filter(unit=city.root).count() == 2
    assert LedgerAct.objects.get(unit=city.root, year=2026).kind == LedgerAct.Kind.REHEARSE


def test_the_number_of_queries_is_fixed(city, client_of, query_count):
    adopt(city)
    client = client_of(city.staff)
    rehearsed(city, client)
    looked = query_count(lambda: client.get(address(city)))
    url = reverse("portal:recomputation", args=[recomputed(city, client).pk])
    few = query_count(lambda: client.get(url))
    adopt(city, "7")
    teach(city)
    adopt(city, "8")
    rehearsed(city, client)
    assert query_count(lambda: client.get(address(city))) == looked
    later = recomputed(city, client)
    assert later.report["changed"] == 3
    assert query_count(lambda: client.get(reverse("portal:recomputation", args=[later.pk]))) == few
