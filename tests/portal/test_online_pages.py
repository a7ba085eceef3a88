"""网络虚拟班 on pages: made in one act, progress and rank, reminders, learners by unit or number."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from core.keys import new_key
from portal import rules
from portal.pages.online import own_reminders
from tests import factories as make
from tests.access import stage_people
from trainees.models import OnlineClass, OnlineLearner
from trainees.services.ledger import Learning, post

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"portal:{name}", args=args)


def send(client, page, *args, **data):
    return client.post(url(page, *args), {"op_id": str(new_key())} | data)


def learned(cadre, hours, number):
    post([Learning(cadre.pk, timezone.localdate(), "online", Decimal(hours), Decimal(0), "网络课程", "recognition",
                   UUID(int=number))], actor=None)  # fmt: skip


@pytest.fixture
def one(yunling) -> OnlineClass:
    stage_people.an_online_class(yunling)
    return OnlineClass.objects.get()


def test_a_class_is_made_and_filled_on_one_page(yunling, client_of):
    client, year = client_of(yunling.staff), timezone.localdate().year
    sent = {"name": "机关班", "unit_kind": "agency", "since": f"{year}-01-01", "until": f"{year}-12-31"}
    answer = send(client, "online_make", **sent, target_hours="50", fill="on")
    assert answer.status_code == 302
    assert "编入 3 名学员" in client.get(answer["Location"]).content.decode()
    again = send(client, "online_make", **sent, target_hours="50", fill="on")
    assert again.status_code == 422 and "同名" in again.content.decode()


def test_progress_rank_and_who_is_behind(yunling, client_of, one):
    learned(yunling.cadres[0], "50", 1)
    client = client_of(yunling.staff)
    rows = client.get(url("online_class", one.pk)).context["page_obj"].object_list
    assert {row["name"]: (row["hours"], row["share"], row["state"]) for row in rows} == {
        yunling.cadres[0].name: ("50", "100%", "已达标"), yunling.cadres[1].name: ("0", "0%", "落后"),
        yunling.cadres[2].name: ("0", "0%", "落后"),
    }  # fmt: skip
    slow = client.get(url("online_class", one.pk) + "?show=behind").context["page_obj"].object_list
    assert {row["name"] for row in slow} == {cadre.name for cadre in yunling.cadres[1:]}
    units = client.get(url("online_class", one.pk) + "?by=unit").context["page_obj"].object_list
    assert next((row["rank"], row["name"], row["rate"]) for row in units) == (1, yunling.bureau.name, "100%")


def test_the_named_manager_reminds_and_the_learner_sees_it(yunling, client_of, one):
    client = client_of(yunling.manager)
    assert "网络虚拟班" in client.get(url("class_list")).content.decode()
    assert send(client, "online_remind", one.pk, reason="请抓紧完成网络学习").status_code == 302
    OnlineClass.objects.update(until=timezone.localdate())
    told = own_reminders(yunling.trainee, timezone.localdate())
    assert [row["text"] for row in told] == ["请抓紧完成网络学习"]
    home = client_of(yunling.trainee).get(url("home")).content.decode()
    assert f'{url("cadre", yunling.cadres[0].pk)}#online"' in home
    assert own_reminders(yunling.staff, timezone.localdate()) == []
    assert send(client, "online_remind", one.pk, reason="再提醒一次吧").status_code == 403


def test_learners_come_by_unit_or_number_and_go(yunling, client_of, one):
    client, cadre = client_of(yunling.staff), yunling.cadres[0]
    seat = OnlineLearner.objects.get(cadre=cadre)
    assert send(client, "online_learner_remove", one.pk, seat.pk).status_code == 302
    assert send(client, "online_learners_add", one.pk, seen=2, number=cadre.open_id_number()).status_code == 302
    assert OnlineLearner.objects.present().filter(cadre=cadre).exists()
    answer = send(client, "online_learners_add", one.pk, seen=2)
    assert answer.status_code == 422 and "请选择一个单位" in answer.content.decode()


def test_b33_one_op_id_stands_for_one_number(yunling, client_of, one):
    client, op = client_of(yunling.staff), str(new_key())
    OnlineLearner.objects.all().delete()
    numbers = [cadre.open_id_number() for cadre in yunling.cadres[:2]]
    codes = [
        send(client, "online_learners_add", one.pk, seen=2, number=number, op_id=op).status_code
        for number in (numbers[0], numbers[0], numbers[1])
    ]
    assert codes == [302, 302, 409] and OnlineLearner.objects.get().cadre == yunling.cadres[0]


def test_the_office_is_named_by_user_name(yunling, wangjiang, client_of, one):
    client = client_of(yunling.staff)
    theirs = send(client, "online_office", one.pk, seen=2, manager=wangjiang.manager.username)
    assert theirs.status_code == 422 and "没有可用的账号" in theirs.content.decode()
    assert send(client, "online_office", one.pk, seen=2, liaison=yunling.liaison.username).status_code == 302
    one.refresh_from_db()
    assert (one.manager, one.liaison) == (None, yunling.liaison)


def test_more_rows_than_a_file_takes_are_refused_with_a_way_out(yunling, client_of, one, monkeypatch):
    monkeypatch.setattr("portal.rules.ROSTER", replace(rules.ROSTER, rows=2))
    answer = client_of(yunling.staff).get(url("online_export", one.pk))
    assert answer.status_code == 403 and "请先筛选" in answer.content.decode()


def test_the_number_of_queries_is_fixed(yunling, client_of, query_count, one):
    client = client_of(yunling.staff)
    urls = [url("online_classes"), url("online_export", one.pk)]
    urls += [url("online_class", one.pk) + query for query in ("", "?show=behind", "?by=unit")]
    few = [query_count(lambda each=each: client.get(each)) for each in urls]
    for number in range(10, 14):
        cadre = make.cadre(f"学员{number}", make.unit(f"X{number}", f"单位{number}", yunling.root), yunling.root)
        OnlineLearner.objects.create(online_class=one, cadre=cadre)
        day = date(2020 + number, 1, 1)
        OnlineClass.objects.create(unit=yunling.root, name=f"班{number}", year=day.year, since=day, until=day)
    assert [query_count(lambda each=each: client.get(each)) for each in urls] == few
    assert max(few) <= 14, few
