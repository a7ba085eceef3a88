"""SEC-32: a whole ID number finds its owner for those who may see them, and is kept nowhere."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from core.models import AuditEntry
from portal.limits import LIMITS
from tests import factories as make

LIMIT = next(limit for limit in LIMITS if limit.name == "search_number")
POST = "/search/number/"


@pytest.fixture(autouse=True)
def still(monkeypatch):
    monkeypatch.setattr("portal.limits.time", SimpleNamespace(time=lambda: 1_900_000_000.0))


def asked(client, number: str, code: int = 200) -> str:
    answer = client.post(POST, {"number": number})
    assert answer.status_code == code
    body = answer.content.decode()
    assert number not in body
    return body


def test_sec_32_the_whole_number_finds_its_owner(yunling, client_of):
    cadre = yunling.cadres[0]
    number = cadre.open_id_number()
    record_page = reverse("portal:cadre", args=[cadre.pk])
    typed = (number, f" {number[:6]} {number[6:14]} {number[14:]} ", "".join(chr(ord(one) + 0xFEE0) for one in number))
    for one in typed:
        body = asked(client_of(yunling.staff), one)
        assert cadre.name in body and record_page in body
        assert yunling.cadres[1].name not in body


@pytest.mark.parametrize("part", ["manager", "liaison", "leader", "trainee"])
def test_sec_32_by_those_who_may_see_them(yunling, client_of, part):
    """A manager finds the trainees of the class, a liaison the unit's people, a leader the area's, a trainee themselves."""
    assert yunling.cadres[0].name in asked(client_of(yunling.accounts[part]), yunling.cadres[0].open_id_number())


@pytest.mark.parametrize("part", ["sibling_liaison", "other_trainee", "system_admin", "audit_admin"])
def test_sec_32_for_others_nobody_is_there(yunling, client_of, part):
    """The same words as for a number that nobody has."""
    client = client_of(yunling.accounts[part])
    theirs, nobodys = (asked(client, number) for number in (yunling.cadres[0].open_id_number(), make.id_number()))
    assert yunling.cadres[0].name not in theirs
    assert "没有找到" in theirs and "没有找到" in nobodys


def test_sec_32_another_city_is_not_found(yunling, wangjiang, client_of):
    assert wangjiang.cadres[0].name not in asked(client_of(yunling.staff), wangjiang.cadres[0].open_id_number())


def test_sec_32_a_part_or_a_wrong_number_is_not_looked_for(yunling, client_of):
    client, number = client_of(yunling.staff), yunling.cadres[0].open_id_number()
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    for one in (number[:17], number[:6], number[-6:], wrong, number + "0", f"{number[:17]}%", "*" * 18):
        assert "只凭前几位不能查找" in asked(client, one, 422)
        assert yunling.cadres[0].name not in client.get(reverse("portal:search"), {"q": one}).content.decode()
    assert not AuditEntry.objects.filter(event="search.id_number").exists()


def test_sec_32_a_number_in_an_address_is_neither_looked_for_nor_shown(yunling, client_of, caplog):
    client, number = client_of(yunling.staff), yunling.cadres[0].open_id_number()
    body = client.get(reverse("portal:search"), {"q": number}).content.decode()
    assert "号码写在了网址里" in body and number not in body and yunling.cadres[0].name not in body
    changelist = reverse("admin:trainees_cadre_changelist")
    answer = client.get(changelist, {"q": number})
    assert answer["Location"] == changelist
    assert "身份证号不放在网址里" in client.get(changelist).content.decode()


def test_sec_32_the_log_says_who_looked_and_never_the_number(yunling, client_of):
    number = yunling.cadres[0].open_id_number()
    asked(client_of(yunling.staff), number)
    entry = AuditEntry.objects.get(event="search.id_number")
    assert (entry.actor_id, entry.after) == (yunling.staff.pk, {"found": 3})
    assert not any(number in str(value) for row in AuditEntry.objects.values() for value in row.values())


def test_sec_32_thirty_an_hour(yunling, client_of):
    client = client_of(yunling.staff)
    assert LIMIT.most == 30 and LIMIT.seconds == 3600
    answers = [client.post(POST, {"number": yunling.cadres[0].open_id_number()}).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
    assert AuditEntry.objects.get(event="access.limited").after["page"] == "portal:search_number"
