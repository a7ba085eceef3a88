"""人事变动 on pages: looked at first, then done once; what the rules refuse is said at the form."""

from datetime import date

import pytest
from django.urls import reverse

from core.keys import new_key
from tests import factories as make
from trainees.models import Appointment, Cadre

pytestmark = pytest.mark.django_db


def send(client, cadre, page="cadre_move", **data):
    facts = {"seen": cadre.version, "step": "look", "op_id": str(new_key())} | data
    return client.post(reverse(f"portal:{page}", args=[cadre.pk]), facts)


def move_of(city, **data):
    facts = {
        "kind": "move",
        "unit": city.sibling.pk,
        "post": "副局长",
        "post_level": "县处级副职",
        "since": "2026-03-01",
    }
    return facts | data


def test_a_look_shows_what_would_change_and_writes_nothing(yunling, client_of):
    cadre, client = yunling.cadres[0], client_of(yunling.staff)
    body = send(client, cadre, **move_of(yunling)).content.decode()
    for word in (yunling.bureau.name, yunling.sibling.name, "县处级（四级调研员）以上", "一年内补足"):
        assert word in body
    assert Appointment.objects.get(cadre=cadre).until is None


def test_the_look_s_own_button_does_it_once(yunling, client_of):
    cadre, client = yunling.cadres[0], client_of(yunling.staff)
    op = str(new_key())
    for _ in range(2):
        assert send(client, cadre, **move_of(yunling, step="do", op_id=op)).status_code == 302
    assert Appointment.objects.filter(cadre=cadre).count() == 2
    assert Cadre.objects.get(pk=cadre.pk).unit == yunling.sibling


def test_what_the_rules_refuse_is_said_before_anything_is_confirmed(yunling, client_of):
    cadre, client = yunling.cadres[0], client_of(yunling.staff)
    answer = send(client, cadre, **move_of(yunling, since=str(make.LONG_AGO)))
    assert answer.status_code == 422 and "同一天不能再变动" in answer.content.decode()


def test_a_correction_needs_a_reason(yunling, client_of):
    client = client_of(yunling.staff)
    answer = send(client, yunling.cadres[0], **move_of(yunling, kind="correct"))
    assert "请写明更正的理由" in answer.content.decode()


def test_somebody_else_was_quicker(yunling, client_of):
    cadre, client = yunling.cadres[0], client_of(yunling.staff)
    answer = send(client, cadre, **move_of(yunling, step="do", seen=cadre.version + 1))
    assert answer.status_code == 409


def test_a_status_is_looked_at_and_done(yunling, client_of):
    cadre, client = yunling.cadres[0], client_of(yunling.staff)
    facts = {"status": "retired", "since": "2026-04-01", "reason": "云组〔2026〕4号"}
    assert "到前一天为止" in send(client, cadre, "cadre_status", **facts).content.decode()
    assert send(client, cadre, "cadre_status", **facts, step="do").status_code == 302
    assert Cadre.objects.get(pk=cadre.pk).status_since == date(2026, 4, 1)


def test_doubles_are_named_by_number_not_by_name(yunling, wangjiang, client_of):
    double, client = make.cadre("司马清扬", yunling.sibling, yunling.root), client_of(yunling.staff)
    facts = {"number": yunling.cadres[0].open_id_number(), "reason": "号码录错，经本人核对"}
    assert "1 个" not in send(client, double, "cadre_merge", **facts).content.decode()
    theirs = facts | {"number": wangjiang.cadres[0].open_id_number()}
    assert "您的范围内没有" in send(client, double, "cadre_merge", **theirs).content.decode()
    assert send(client, double, "cadre_merge", **facts, step="do").status_code == 302
    assert Cadre.objects.get(pk=double.pk).canonical == yunling.cadres[0]


def test_b33_one_op_id_stands_for_one_cadre_and_one_number(yunling, client_of):
    first, second = (make.cadre("司马清扬", yunling.sibling, yunling.root) for _ in range(2))
    client, op = client_of(yunling.staff), str(new_key())
    facts = {"reason": "号码录错，经本人核对", "step": "do", "op_id": op}
    one, other = (cadre.open_id_number() for cadre in yunling.cadres[:2])
    assert send(client, first, "cadre_merge", **facts, number=one).status_code == 302
    assert send(client, first, "cadre_merge", **facts, number=one).status_code == 302
    assert send(client, first, "cadre_merge", **facts, number=other).status_code == 409
    assert send(client, second, "cadre_merge", **facts, number=one).status_code == 409
    assert Cadre.objects.get(pk=second.pk).canonical is None


def test_the_number_of_queries_is_fixed(yunling, client_of, query_count):
    client = client_of(yunling.staff)
    pages = ("cadre_move", "cadre_status", "cadre_merge")
    urls = [reverse(f"portal:{page}", args=[yunling.cadres[0].pk]) for page in pages]
    few = [query_count(lambda url=url: client.get(url)) for url in urls]
    for number in range(3):
        make.unit(f"N{number}", f"新单位{number}", yunling.root)
        Appointment.objects.create(
            cadre=yunling.cadres[0],
            unit=yunling.office,
            since=date(2010 + number, 1, 1),
            until=date(2010 + number, 5, 1),
        )
    assert [query_count(lambda url=url: client.get(url)) for url in urls] == few
