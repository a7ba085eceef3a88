"""网络虚拟班: filled by kind of unit in one act, progress by the ledger, reminders to who is behind."""

from datetime import date
from decimal import Decimal

import pytest

from core.operations import Conflict, Refused
from organization.models import Unit
from tests import factories as make
from trainees.models import Cadre, OnlineClass, OnlineLearner, OnlineReminder, Recognition
from trainees.rules.online import expected_by
from trainees.services.ledger import Learning, post
from trainees.services.online import (
    ClassFacts,
    Office,
    add_learners,
    behind,
    make_online_class,
    name_office,
    remind_behind,
    remove_learner,
)

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
MIDDLE = date(2026, 7, 2)  # 183 of 365 days: 25.1 of 50 hours


@pytest.mark.parametrize("today, hours", [
    (date(2025, 12, 31), "0"), (FIRST, "0.1"), (MIDDLE, "25.1"), (LAST, "50"), (date(2027, 3, 1), "50"),
    (date(2026, 12, 30), "49.9"),
])  # fmt: skip
def test_what_should_be_there_by_a_day(today, hours):
    assert expected_by(FIRST, LAST, Decimal(50), today) == Decimal(hours)


def made(city, **facts) -> OnlineClass:
    said = {"unit": city.root, "name": "机关干部网络班", "year": 2026, "since": FIRST, "until": LAST} | facts
    return make_online_class(ClassFacts(**said), actor=city.staff)[0]


def learned(cadre, hours: str, number: int = 1) -> None:
    from uuid import UUID

    post([Learning(cadre.pk, date(2026, 3, 1), "online", Decimal(hours), Decimal(0), "网络课程", "recognition",
                   UUID(int=number))], actor=None)  # fmt: skip


def people(one: OnlineClass) -> set[str]:
    return set(OnlineLearner.objects.present().filter(online_class=one).values_list("cadre__name", flat=True))


def test_a_class_is_filled_by_kind_of_unit_in_one_act(yunling):
    school = make.unit("YLS", "云岭市第一中学", yunling.root, kind=Unit.Kind.SCHOOL)
    make.cadre("校长甲", school, yunling.root)
    assert people(made(yunling, unit_kind=Unit.Kind.SCHOOL, name="学校班")) == {"校长甲"}
    assert people(made(yunling, unit_kind=Unit.Kind.AGENCY)) == {cadre.name for cadre in yunling.cadres}


def test_who_is_gone_merged_or_in_another_class_is_left_out(yunling):
    Cadre.objects.filter(pk=yunling.cadres[0].pk).update(status="retired")
    make.cadre("重复", yunling.bureau, yunling.root, canonical=yunling.cadres[1])
    first = made(yunling)
    assert people(first) == {cadre.name for cadre in yunling.cadres[1:]}
    assert people(made(yunling, name="第二班")) == set()
    assert people(made(yunling, name="来年班", year=2027, since=date(2027, 1, 1), until=date(2027, 12, 31))) == people(
        first
    )


def test_a_class_is_made_in_one_s_own_area_once(yunling, wangjiang):
    with pytest.raises(Refused, match="不在您的范围内"):
        made(yunling, unit=wangjiang.root)
    made(yunling)
    with pytest.raises(Refused, match="同名"):
        made(yunling)


def test_progress_is_the_ledger_s_and_what_waits(yunling):
    one, cadre = made(yunling), yunling.cadres[0]
    learned(cadre, "12.5")
    facts = {
        "cadre": cadre,
        "unit": cadre.unit,
        "title": "课",
        "title_key": "课",
        "since": date(2025, 1, 1),
        "hours": 3,
    }
    Recognition.objects.create(channel="online", until=date(2026, 5, 1), **facts)
    Recognition.objects.create(channel="online", until=date(2026, 5, 1), state="returned", **facts)
    Recognition.objects.create(channel="online", until=date(2025, 5, 1), **facts)
    Recognition.objects.create(channel="teaching", until=date(2026, 5, 1), **facts)
    row = OnlineLearner.objects.with_progress().get(online_class=one, cadre=cadre)
    assert (row.hours, row.waiting) == (Decimal("12.5"), Decimal(3))


def test_a_double_s_hours_count(yunling):
    one, cadre = made(yunling), yunling.cadres[0]
    double = make.cadre("重复", yunling.bureau, yunling.root)
    learned(double, "7")
    Cadre.objects.filter(pk=double.pk).update(canonical=cadre)
    assert OnlineLearner.objects.with_progress().get(online_class=one, cadre=cadre).hours == Decimal(7)


def test_behind_is_less_than_should_be_there(yunling):
    one = made(yunling, target_hours=Decimal(50))
    first, second, third = yunling.cadres
    learned(first, "26", 1)
    learned(second, "25", 2)
    assert {row.cadre_id for row in behind(one, MIDDLE)} == {second.pk, third.pk}


def test_all_who_are_behind_are_reminded_once_a_day(yunling):
    one = made(yunling)
    learned(yunling.cadres[0], "26")
    assert remind_behind(one, "请抓紧完成网络学习", actor=yunling.staff, today=MIDDLE) == 2
    assert OnlineReminder.objects.filter(learner__cadre=yunling.cadres[1]).get().text == "请抓紧完成网络学习"
    with pytest.raises(Refused, match="24 小时内"):
        remind_behind(one, "再提醒", actor=yunling.staff, today=MIDDLE)


def test_nobody_is_reminded_where_nobody_is_behind(yunling):
    with pytest.raises(Refused, match="没有人落后"):
        remind_behind(made(yunling), "请抓紧", actor=yunling.staff, today=date(2025, 12, 31))


def test_those_who_look_after_it_remind(yunling):
    one = made(yunling)
    with pytest.raises(Refused, match="由该班"):
        remind_behind(one, "请抓紧", actor=yunling.liaison, today=LAST)
    name_office(one, Office(inspector=yunling.liaison), actor=yunling.staff, seen=1)
    assert remind_behind(one, "请抓紧", actor=yunling.liaison, today=LAST) == 3


def test_the_three_administrators_look_after_no_class(yunling):
    one = made(yunling)
    for office in (Office(manager=yunling.system_admin), Office(liaison=yunling.audit_admin)):
        with pytest.raises(Refused, match="管理员不能"):
            name_office(one, office, actor=yunling.staff)
    with pytest.raises(Refused, match="同一人"):
        name_office(one, Office(yunling.manager, yunling.manager), actor=yunling.staff)
    name_office(one, Office(yunling.manager, yunling.liaison), actor=yunling.staff, seen=1)
    with pytest.raises(Conflict):
        name_office(one, Office(), actor=yunling.staff, seen=1)


def test_learners_come_and_go(yunling, wangjiang):
    one, cadre = made(yunling), yunling.cadres[0]
    learner = OnlineLearner.objects.get(online_class=one, cadre=cadre)
    remove_learner(learner, actor=yunling.staff)
    assert cadre.name not in people(one)
    other = made(yunling, name="第二班")
    with pytest.raises(Refused, match="请先从那个班移出"):
        add_learners(one, [cadre.pk], actor=yunling.staff)
    remove_learner(OnlineLearner.objects.get(online_class=other, cadre=cadre), actor=yunling.staff)
    assert add_learners(one, [cadre.pk], actor=yunling.staff) == 1
    assert OnlineLearner.objects.filter(online_class=one, cadre=cadre).count() == 1
    with pytest.raises(Refused, match="没有编入任何人"):
        add_learners(one, [cadre.pk, wangjiang.cadres[0].pk], actor=yunling.staff)
    with pytest.raises(Refused, match="管理"):
        remove_learner(learner, actor=yunling.liaison)
