"""Frozen years of cadres: an alarm on the desk, shown and released on the page of the ledger's years."""

import pytest
from django.urls import reverse

from core.keys import new_key
from tests import factories as make
from tests.access.stage import op_id
from trainees.models import FrozenYear

pytestmark = pytest.mark.django_db
DESK, YEARS = reverse("portal:home"), reverse("portal:ledger_years")
LOOKED = "逐条核对，余额已由管理员重建"


def freeze(who, year=2026):
    return FrozenYear.objects.create(cadre=who, year=year, words="余额与记录合计不符", run=new_key())


def body(client, url):
    return client.get(url).content.decode()


def test_where_nothing_differs_nothing_is_shown(yunling, client_of):
    client = client_of(yunling.staff)
    assert "已冻结" not in body(client, DESK) + body(client, YEARS)


def test_a_frozen_year_is_an_alarm_until_it_is_released(yunling, client_of):
    client, frozen = client_of(yunling.staff), freeze(yunling.cadres[0])
    assert "1 人次的台账核对有差异，已冻结" in body(client, DESK)
    page = body(client, YEARS)
    assert "司马清扬" in page and "余额与记录合计不符" in page
    url, sent = reverse("portal:ledger_release", args=[frozen.pk]), {"op_id": op_id(), "reason": LOOKED}
    assert client.post(url, {"op_id": op_id(), "reason": "看过"}).status_code == 400
    assert client.post(url, sent).status_code == client.post(url, sent).status_code == 302
    frozen.refresh_from_db()
    assert (frozen.released_by_id, frozen.release_reason) == (yunling.staff.pk, LOOKED)
    assert "已冻结" not in body(client, DESK) + body(client, YEARS)


def test_another_department_sees_nothing_of_it(cast, client_of):
    freeze(cast.yunling.cadres[0])
    client = client_of(cast.wangjiang.staff)
    assert "已冻结" not in body(client, DESK) + body(client, YEARS)


def test_the_number_of_queries_is_fixed(yunling, client_of, query_count):
    client = client_of(yunling.staff)
    freeze(yunling.cadres[0])
    few = [query_count(lambda url=url: client.get(url)) for url in (DESK, YEARS)]
    for number in range(3):
        unit = make.unit(f"N{number}", f"新单位{number}", yunling.root)
        freeze(make.cadre(f"后来者{number}", unit, yunling.root))
    assert [query_count(lambda url=url: client.get(url)) for url in (DESK, YEARS)] == few
