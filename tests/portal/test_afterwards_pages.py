"""训后 on pages: the trainee's phone, the unit's list, the department's figures; who reads what."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.keys import new_key
from portal import rules
from portal.acts import age_in_words
from tests import factories as make
from tests.access import stage_people
from training.models import FollowUp, ReportBack, TrainingClass
from training.rules.follow_up import questionnaire
from training.services.follow_ups import close_follow_up

pytestmark = pytest.mark.django_db
FULL = {asked.key: "4" for asked in questionnaire().questions}


def url(name, *args):
    return reverse(f"portal:{name}", args=args)


def send(client, name, *args, **data):
    return client.post(url(name, *args), {"op_id": str(new_key())} | data)


def closed(city, days=40):
    day = timezone.localdate() - timedelta(days=days)
    TrainingClass.objects.filter(pk=city.training_class.pk).update(state="closed", closed_on=day)


def test_a_trainee_reports_and_the_unit_decides(yunling, client_of):
    closed(yunling)
    trainee, liaison, seat = client_of(yunling.trainee), client_of(yunling.liaison), yunling.enrolments[0]
    assert "逾期 10 天" in trainee.get(url("my_afterwards")).content.decode()
    sent = {"on": "2026-04-01", "occasion": "科务会", "audience": "12", "text": stage_people.TEXT}
    assert send(trainee, "report_back_file", seat.pk, **sent).status_code == 302
    row = ReportBack.objects.get()
    assert seat.roster_name in liaison.get(url("report_backs")).content.decode()
    send(liaison, "report_back_return", row.pk, seen=1, reason="请写明听取人员范围")
    body = trainee.get(url("my_afterwards")).content.decode()
    assert "请写明听取人员范围" in body and "填报述学" in body
    again = trainee.get(url("report_back_file", seat.pk)).content.decode()
    assert stage_people.TEXT in again
    assert send(trainee, "report_back_file", seat.pk, **sent, seen=2).status_code == 302
    send(liaison, "report_back_confirm", row.pk, seen=3)
    assert "已确认" in trainee.get(url("my_afterwards")).content.decode()


@pytest.mark.parametrize("after, late", [(30, ""), (31, "逾期 1 天")])
def test_what_was_told_in_time_is_not_late_while_it_waits_for_the_unit(yunling, client_of, after, late):
    closed(yunling, 100)
    day, filed = timezone.localdate() - timedelta(days=100 - after), timezone.now() - timedelta(days=9)
    seat = yunling.enrolments[0]
    row = ReportBack.objects.create(enrolment=seat, unit=seat.unit, on=day, text=stage_people.TEXT)
    ReportBack.objects.filter(pk=row.pk).update(filed_at=filed)
    body = client_of(yunling.liaison).get(url("report_backs")).content.decode()
    assert "待单位确认" in body and age_in_words(filed) in body
    assert ("逾期 " in body.split("<tbody>")[1]) is bool(late) and late in body


@pytest.mark.parametrize("state, kept, days", [("closed", True, 40), ("reopened", False, 40), ("closed", True, 366)])
def test_the_home_and_the_unit_ask_for_what_the_own_page_shows_in_red(yunling, client_of, state, kept, days):
    day = timezone.localdate() - timedelta(days=days)
    held = TrainingClass.objects.filter(pk=yunling.training_class.pk)
    closed(yunling)
    held.update(state=state, closed_on=day if kept else None, start=day - timedelta(days=5), end=day)
    trainee = client_of(yunling.trainee)
    red = "逾期 10 天" in trainee.get(url("my_afterwards")).content.decode()
    assert red is (days == 40)
    assert ("向单位述学" in trainee.get(url("home")).content.decode()) is red
    late = client_of(yunling.liaison).get(url("report_backs") + "?show=late").content.decode()
    assert (yunling.enrolments[0].roster_name in late) is red


def test_what_is_missing_is_said_at_the_form(yunling, client_of):
    answer = send(client_of(yunling.trainee), "report_back_file", yunling.enrolments[0].pk, on="2026-04-01", text="短")
    assert answer.status_code == 422 and "至少 30 个字" in answer.content.decode()


@pytest.mark.parametrize("days, listed", [(30, False), (31, True)])
def test_who_is_late_is_listed_from_the_day_after_the_term(yunling, client_of, days, listed):
    closed(yunling, days)
    body = client_of(yunling.liaison).get(url("report_backs") + "?show=late").content.decode()
    assert (yunling.enrolments[0].roster_name in body) is listed
    assert yunling.enrolments[1].roster_name not in body  # of another unit


def test_both_answer_and_the_liaison_reads_only_the_superior_s(yunling, client_of):
    stage_people.a_follow_up(yunling)
    row = FollowUp.objects.get()
    liaison, staff = client_of(yunling.liaison), client_of(yunling.staff)
    seen = liaison.get(url("follow_up", row.pk)).content.decode()
    assert "本人的例子" not in seen and "修改领导答复" in seen
    assert "本人的例子" in staff.get(url("follow_up", row.pk)).content.decode()
    assert send(client_of(yunling.trainee), "follow_up_answer", row.pk, **FULL, seen=1).status_code == 302
    assert send(liaison, "follow_up_superior", row.pk, **FULL, seen=2).status_code == 302
    assert send(liaison, "follow_up", row.pk, outcome="good", promoted="no", seen=3).status_code == 403
    body = staff.get(url("follow_up", row.pk)).content.decode()
    assert "平均 4.00 分" in body and "学用结合好" in body
    assert send(staff, "follow_up", row.pk, outcome="good", promoted="yes", seen=3).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.promoted) == ("good", True)


def test_every_question_wants_an_answer(yunling, client_of):
    stage_people.a_follow_up(yunling)
    answer = send(client_of(yunling.trainee), "follow_up_answer", FollowUp.objects.get().pk, seen=1)
    assert answer.status_code == 422 and "请选择一项" in answer.content.decode()


def test_figures_count_good_ones_and_promotions_by_person(yunling, client_of):
    seat = yunling.enrolments[0]
    for months in (3, 12):
        row = FollowUp.objects.create(enrolment=seat, months=months, due=date(2026, 6, 20))
        close_follow_up(row, "good", True, "到单位座谈了解", actor=yunling.staff)
    row = FollowUp.objects.create(enrolment=yunling.enrolments[1], months=3, due=date(2026, 6, 20))
    close_follow_up(row, "poor", False, "到单位座谈了解", actor=yunling.staff)
    FollowUp.objects.create(enrolment=yunling.enrolments[2], months=3, due=date(2026, 6, 20))
    client = client_of(yunling.staff)
    context = client.get(url("follow_ups") + "?by=class").context
    (total,) = context["page_obj"].object_list
    assert (total["total"], total["closed"], total["good"], total["promoted"], total["share"]) == (4, 3, 2, 1, "67%")
    units = client.get(url("follow_ups") + "?by=unit").context["page_obj"].object_list
    assert {one["name"]: one["share"] for one in units} == {
        yunling.bureau.name: "100%", yunling.sibling.name: "0%", yunling.office.name: "—",
    }  # fmt: skip


def test_the_outcome_is_the_departments_and_not_the_liaisons(yunling, client_of):
    row = FollowUp.objects.create(enrolment=yunling.enrolments[0], months=3, due=date(2026, 6, 20))
    close_follow_up(row, "poor", True, "到单位座谈了解", actor=yunling.staff)
    staff, liaison = client_of(yunling.staff), client_of(yunling.liaison)
    word = row.get_outcome_display() or FollowUp.Outcome.POOR.label
    assert word in staff.get(url("follow_ups")).content.decode()
    body = liaison.get(url("follow_ups")).content.decode().partition("<main")[2].partition("</main>")[0]
    assert "已办结" in body and word not in body and "state-bad" not in body
    assert "进一步使用" not in body
    (line,) = liaison.get(url("follow_ups") + "?by=unit").context["page_obj"].object_list
    assert (line["total"], line["share"], line["promoted"]) == (1, "—", "—")
    cadre = yunling.cadres[0]
    for client, shown in ((staff, True), (liaison, False)):
        assert (f"结论：{word}" in client.get(url("cadre", cadre.pk)).content.decode()) is shown


def test_more_rows_than_a_file_takes_are_refused_with_a_way_out(yunling, client_of, monkeypatch):
    monkeypatch.setattr("portal.rules.ROSTER", replace(rules.ROSTER, rows=0))
    stage_people.a_follow_up(yunling)
    answer = client_of(yunling.staff).get(url("follow_up_export"))
    assert answer.status_code == 403 and "请先筛选" in answer.content.decode()


def test_a_repeat_by_the_same_page_is_one(yunling, client_of):
    stage_people.a_follow_up(yunling)
    row, op = FollowUp.objects.get(), str(new_key())
    for _ in range(2):
        send(client_of(yunling.trainee), "follow_up_answer", row.pk, **FULL, seen=1, op_id=op)
    row.refresh_from_db()
    assert row.version == 2


def test_the_number_of_queries_is_fixed(yunling, client_of, query_count):
    closed(yunling)
    staff, trainee = client_of(yunling.staff), client_of(yunling.trainee)
    stage_people.a_report_back(yunling)
    stage_people.a_follow_up(yunling)
    pages = [(staff, url(name) + query) for name, query in (
        ("report_backs", ""), ("report_backs", "?show=late"), ("follow_ups", ""), ("follow_ups", "?by=unit"),
        ("follow_up_export", ""),
    )]  # fmt: skip
    pages += [(staff, url("class_afterwards", yunling.training_class.pk)), (trainee, url("my_afterwards"))]
    few = [query_count(lambda one=one: one[0].get(one[1])) for one in pages]
    for place in range(10, 14):
        other = make.training_class(
            yunling.root, f"第{place}班", f"Y-{place}", state="closed", closed_on=date(2026, 4, 1)
        )
        for one in (yunling.training_class, other):
            person = yunling.cadres[0] if one is other else make.cadre(f"后来者{place}", yunling.bureau, yunling.root)
            seat = make.enrolment(one, person, place, full_time=False)
            ReportBack.objects.create(enrolment=seat, unit=yunling.bureau, on=date(2026, 4, 2), text="述")
            FollowUp.objects.create(enrolment=seat, months=3, due=date(2026, 6, 20))
    assert [query_count(lambda one=one: one[0].get(one[1])) for one in pages] == few
    assert max(few) <= 22, few
