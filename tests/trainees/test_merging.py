"""Two rows of one person: the double points to the other, nothing that hangs on it is rewritten."""

from datetime import date

import pytest

from core.operations import Refused
from tests import factories as make
from trainees.models import Cadre, Duty
from trainees.services.duties import assign_duties
from trainees.services.exemptions import ExemptionFacts, grant_exemption
from trainees.services.merging import merge_cadre
from trainees.services.moves import move_cadre
from training.models import Enrolment

pytestmark = pytest.mark.django_db
WHY = "身份证号录入错误，经本人核对"


def double_of(city, **facts):
    return make.cadre(city.cadres[0].name, city.sibling, city.root, **facts)


def test_rows_stay_and_scope_goes_through_the_one_that_lives_on(yunling):
    double, stays = double_of(yunling), yunling.cadres[0]
    seat = make.enrolment(make.class_of_today(yunling), double, 9, full_time=False)
    merge_cadre(double, stays, actor=yunling.staff, reason=WHY)
    double.refresh_from_db()
    assert Enrolment.objects.get(pk=seat.pk).cadre == double
    for who in (yunling.liaison, yunling.trainee):
        assert Enrolment.objects.visible_to(who).filter(pk=seat.pk).exists()
    assert not Enrolment.objects.visible_to(yunling.sibling_liaison).filter(pk=seat.pk).exists()
    assert set(Cadre.objects.same_person(double)) == {double, stays} == set(Cadre.objects.same_person(stays))
    assert double not in Cadre.objects.living()


def test_the_double_follows_when_the_other_moves(yunling):
    double, stays = double_of(yunling), yunling.cadres[0]
    merge_cadre(double, stays, actor=yunling.staff, reason=WHY)
    facts = {"post": "", "post_level": "县处级正职", "rank": "", "since": date(2026, 3, 1), "actor": yunling.staff}
    move_cadre(stays, unit=yunling.office, **facts)
    double.refresh_from_db()
    assert (double.unit, double.band) == (yunling.office, Cadre.Band.COUNTY_UP)
    with pytest.raises(Refused, match="已合并"):
        move_cadre(double, unit=yunling.sibling, **facts)


def test_the_account_goes_over(yunling):
    who = make.account("double", "重名账号")
    double, stays = double_of(yunling, account=who), yunling.cadres[2]
    merge_cadre(double, stays, actor=yunling.staff, reason=WHY)
    assert Cadre.objects.get(account=who) == stays


def test_the_person_is_asked_once_in_every_open_year_and_as_little_as_the_double_was(yunling):
    double, stays = double_of(yunling), yunling.cadres[0]
    for year in (2025, 2026):
        assign_duties([double.pk, stays.pk], year, actor=None)
    grant_exemption(double, ExemptionFacts(2026, "online", "illness", 50, "长期病休"), actor=yunling.staff)
    merge_cadre(double, stays, actor=yunling.staff, reason=WHY)
    assert not Duty.objects.filter(cadre=double).exists()
    online = Duty.objects.filter(cadre=stays, code="online").order_by("year")
    assert list(online.values_list("year", "amount")) == [(2025, 50), (2026, 25)]


def test_there_is_no_ring_and_no_chain(yunling):
    first, second, stays = double_of(yunling), double_of(yunling), yunling.cadres[0]
    merge_cadre(first, second, actor=yunling.staff, reason=WHY)
    with pytest.raises(Refused, match="已合并到另一条"):
        merge_cadre(second, first, actor=yunling.staff, reason=WHY)
    merge_cadre(second, stays, actor=yunling.staff, reason=WHY)
    assert set(Cadre.objects.filter(canonical=stays)) == {first, second}


def test_both_have_to_be_ones_own(yunling, wangjiang):
    theirs = wangjiang.cadres[2]
    for double, into in ((theirs, yunling.cadres[2]), (yunling.cadres[2], theirs)):
        with pytest.raises(Refused, match="请由其办理"):
            merge_cadre(double, into, actor=yunling.staff, reason=WHY)


@pytest.mark.parametrize("words", ["自己", "依据", "账号"])
def test_what_cannot_be_merged_is_told_why(yunling, words):
    one, other = yunling.cadres[0], yunling.cadres[1]
    double, into, reason = {"自己": (one, one, WHY), "依据": (double_of(yunling), one, ""), "账号": (one, other, WHY)}[
        words
    ]
    with pytest.raises(Refused, match=words):
        merge_cadre(double, into, actor=yunling.staff, reason=reason)
