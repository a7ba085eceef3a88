"""重算 on its pages: what new rules would change, the act with its reason, the report with names and its table."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.keys import new_key
from portal.forms_rules import CreditRulesForm
from tests.access.stage import op_id
from tests.portal.test_rules_pages import new, typed
from trainees.models import CreditBalance, CreditEntry, Recomputation, RuleSet
from trainees.services.ledger import Learning, post
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


def adopt(city, per_hour="6"):
    rules = shipped_rules()
    rules["channels"]["teaching"]["per_hour"] = per_hour
    return adopt_rule_set(city.root, rules, date(2026, 1, 1), REASON, actor=city.staff)


def address(city, name="recompute"):
    return reverse(f"portal:{name}", args=[city.root.pk, 2026])


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_without_new_rules_there_is_nothing_to_do(city, client_of):
    body = text(client_of(city.staff).get(address(city)))
    assert "没有人的学分会变化" in body
    assert 'data-opens="ask-recompute"' not in body


def test_the_preview_writes_nothing_and_says_who(city, client_of):
    adopt(city)
    body = text(client_of(city.staff).get(address(city)))
    for words in ("2 人的学分有变化", "20 → 24", "+4", city.cadres[0].name, city.cadres[1].name, "办理重算"):
        assert words in body
    assert not Recomputation.objects.exists()
    assert CreditEntry.objects.count() == 3


def test_it_is_done_with_a_reason_and_reported(city, client_of):
    rules, client = adopt(city), client_of(city.staff)
    assert client.post(address(city), {"op_id": op_id(), "reason": "短"}).status_code == 400
    answer = client.post(address(city), {"op_id": op_id(), "reason": REASON})
    made = Recomputation.objects.get()
    assert answer.url == reverse("portal:recomputation", args=[made.pk])
    assert made.rule_set == rules
    balances = CreditBalance.objects.filter(year=2026).order_by("pk").values_list("required", "elective")
    assert sorted(balances) == [(0, 24), (0, 24), (4, 0)]
    body = text(client.get(answer.url))
    for words in ("2 人的学分有变化", "20 → 24", city.cadres[0].name, str(rules)):
        assert words in body
    sheet = client.get(reverse("portal:recomputation_export", args=[made.pk])).getvalue()
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert [(row[0], row[7], row[8]) for row in rows[1:3]] == [("司马清扬", -20, "冲销"), ("司马清扬", 24, "入账")]
    assert len(rows) == 5  # whose credits stay the same keeps the entry


def test_done_twice_it_is_refused_with_words(city, client_of):
    adopt(city)
    client = client_of(city.staff)
    client.post(address(city), {"op_id": op_id(), "reason": REASON})
    body = text(client.post(address(city), {"op_id": op_id(), "reason": REASON}))
    assert "没有任何变化" in body
    assert Recomputation.objects.count() == 1


def test_adopting_leads_to_the_preview(city, client_of):
    sent = typed(CreditRulesForm, shipped_rules(), teaching_per_hour="6", since="2026-01-01") | {"adopt": "1"}
    assert client_of(city.staff).post(new("credits", city.root), sent).url == address(city)
    assert RuleSet.objects.filter(unit=city.root).count() == 2


def test_the_number_of_queries_is_fixed(city, client_of, query_count):
    adopt(city)
    client = client_of(city.staff)
    client.post(address(city), {"op_id": op_id(), "reason": REASON})
    url = reverse("portal:recomputation", args=[Recomputation.objects.get().pk])
    few = query_count(lambda: client.get(url))
    adopt(city, "7")
    one = Learning(city.cadres[2].pk, date(2026, 4, 2), "teaching", Decimal(4), Decimal(0), "授课", "class", new_key())
    post([one], actor=None)
    adopt(city, "8")
    client.post(address(city), {"op_id": op_id(), "reason": REASON})
    later = Recomputation.objects.order_by("-at")[0]
    assert later.report["changed"] == 3
    assert query_count(lambda: client.get(reverse("portal:recomputation", args=[later.pk]))) == few
