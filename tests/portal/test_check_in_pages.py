"""Checking in over HTTP: the scanned page, the wall, the manager's list, today, the calendar feed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.conf import settings as project
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from core.keys import new_key
from organization.models import Account, DeviceCredential
from portal.demo.check_ins import check_in_today
from portal.forms import WindowForm
from portal.pages.check_in import usual_address
from tests import factories as make
from tests.cast import build_city
from training.models import AttendanceMark, CheckIn, CheckInScan, ClassRole, TrainingClass
from training.rules import check_in as rules


@pytest.fixture
def one(yunling) -> TrainingClass:
    return make.class_of_today(yunling)


@pytest.fixture
def opened(yunling, one) -> CheckIn:
    return make.opened_check_in(one, yunling.manager)


def address(check_in: CheckIn, slots: int = 0) -> str:
    code = rules.code_of(check_in, rules.slot_of(timezone.now()) - slots)
    return reverse("portal:check_in_scan", args=[rules.short_key(check_in), code])


def phone(who: Account) -> Client:
    client = Client()
    client.cookies[project.DEVICE_COOKIE_NAME] = make.remembered_phone(who)[1]
    return client


def text(answer) -> str:
    return answer.content.decode()


# ---- the scan ----


def test_opening_the_page_changes_nothing_and_one_tap_checks_in(opened, yunling):
    client, url = phone(yunling.trainee), address(opened)
    page = client.get(url)
    assert page.status_code == 200 and "签到</button>" in text(page)
    assert yunling.cadres[0].name in text(page) and opened.training_class.name in text(page)
    assert not CheckInScan.objects.exists()
    assert "已签到" in text(client.post(url))
    assert AttendanceMark.objects.get(session=opened.session).source == "scan"
    assert "已签到" in text(client.post(url)) and "已签到" in text(client.get(url))
    assert CheckInScan.objects.count() == 1


def test_b5_a_scan_by_a_remembered_phone_is_six_queries(opened, yunling, django_assert_max_num_queries):
    client, url = phone(yunling.trainee), address(opened)
    client.get(url)  # the day's first use of the phone is noted
    with django_assert_max_num_queries(30) as told:
        client.post(url)
    statements = [one["sql"] for one in told.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= 6, statements


def test_nobody_signs_in_first_and_comes_back(opened, client):
    answer = client.get(address(opened))
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/?next=/c/")


def test_a_tick_remembers_the_phone_with_the_first_check_in(opened, yunling, client_of):
    client, url = client_of(yunling.trainee), address(opened)
    assert 'name="remember"' in text(client.get(url))
    answer = client.post(url, {"remember": "1"})
    device = DeviceCredential.objects.get(account=yunling.trainee)
    assert CheckInScan.objects.get().device == device
    later = Client()
    later.cookies[project.DEVICE_COOKIE_NAME] = answer.cookies[project.DEVICE_COOKIE_NAME].value
    assert later.get(reverse("portal:today")).status_code == 200


def test_who_is_no_member_learns_nothing_of_the_class(opened, wangjiang):
    answer = phone(wangjiang.trainee).get(address(opened))
    assert answer.status_code == 403 and "不在这个班的学员名册上" in text(answer)
    assert opened.training_class.name not in text(answer) and opened.session.title not in text(answer)


@pytest.mark.parametrize(("slots", "words"), [(5, "请再扫一次"), (0, "签到已结束")])
def test_refusals_have_a_sentence(opened, yunling, slots, words):
    if words == "签到已结束":
        CheckIn.objects.update(closes=timezone.now())
    client, url = phone(yunling.trainee), address(opened, slots)
    for answer, code in ((client.get(url), 200), (client.post(url), 409)):
        assert (answer.status_code, words in text(answer)) == (code, True)


def test_one_phone_for_two_is_told(opened, yunling, client_of):
    first = phone(yunling.trainee)
    first.post(address(opened))
    friend = client_of(yunling.other_trainee)
    friend.cookies[project.DEVICE_COOKIE_NAME] = first.cookies[project.DEVICE_COOKIE_NAME].value
    answer = friend.post(address(opened))
    assert answer.status_code == 409 and "已经为另一名学员签到" in text(answer)


def test_leave_stays_and_says_so(opened, yunling):
    make.mark(opened.training_class.enrolments.get(cadre=yunling.cadres[0]), opened.session, "sick")
    assert "已请假（病假），考勤仍按请假" in text(phone(yunling.trainee).post(address(opened)))


def test_a_made_up_address_is_nobodys(opened, yunling):
    url = reverse("portal:check_in_scan", args=[rules.short_key(opened), "120000000.AAAAAAAAAAAAAAAA"])
    answer = phone(yunling.trainee).get(url)
    assert answer.status_code == 404 and "二维码无效" in text(answer)


# ---- the wall ----


def test_the_wall_names_nobody_and_ends_with_the_check_in(opened, yunling, client):
    phone(yunling.trainee).post(address(opened))
    url = reverse("portal:wall", args=[rules.wall_token(opened)])
    page = client.get(url)
    assert page.headers["Cache-Control"] == "no-store"
    assert opened.training_class.name in text(page) and yunling.cadres[0].name not in text(page)
    now = client.get(url + "now/").json()
    assert (now["state"], now["present"], now["total"], len(now["codes"])) == ("open", 1, 3, 2)
    assert 0 < now["until"] - now["now"] <= 15_000
    CheckIn.objects.update(closes=timezone.now())
    assert client.get(url).status_code == 410
    assert client.get(url + "now/").json()["state"] == "over" and "codes" not in client.get(url + "now/").json()
    assert client.get(reverse("portal:wall", args=["x" * 43])).status_code == 404


# ---- the manager ----


def test_the_manager_opens_watches_and_ends(yunling, one, client_of, query_count):
    client, session = client_of(yunling.manager), make.session(one, 2, recorded=False)
    assert "开启" in text(client.get(reverse("portal:class_check_ins", args=[one.pk])))
    arguments = [one.pk, session.pk]
    page = reverse("portal:check_in", args=arguments)
    assert 'value="08:00"' in text(client.get(page)) and 'value="08:35"' in text(
        client.get(page)
    )  # bell 08:30, late after 5
    times = {"opens": "00:00", "late_from": "00:00", "closes": "23:59", "op_id": new_key()}
    assert client.post(reverse("portal:check_in_open", args=arguments), times).status_code == 302
    opened = CheckIn.objects.get(session=session)
    assert reverse("portal:wall", args=[rules.wall_token(opened)]) in text(client.get(page))
    phone(yunling.trainee).post(address(opened))
    phone(yunling.liaison).post(address(opened))
    live = text(client.get(reverse("portal:check_in_live", args=arguments)))
    assert "非本班学员" in live and yunling.liaison.display_name in live
    assert (
        live.index("未签到")
        < live.index(yunling.cadres[1].name)
        < live.index("已签到 <")
        < live.rindex(yunling.cadres[0].name)
    )
    few = query_count(lambda: client.get(page))
    phone(yunling.other_trainee).post(address(opened))
    assert query_count(lambda: client.get(page)) == few
    client.post(reverse("portal:check_in_end", args=arguments), {"op_id": new_key()})
    assert "已结束" in text(client.get(page)) and CheckIn.objects.get().closes <= timezone.now()


def test_a_session_that_is_over_offers_no_check_in(yunling, one, client_of):
    """Opening one would be refused: 补记请用考勤表."""
    gone = make.session(one, 0, date=timezone.localdate() - timedelta(days=1))
    coming = make.session(one, 1, date=timezone.localdate() + timedelta(days=1))
    body = text(client_of(yunling.manager).get(reverse("portal:class_check_ins", args=[one.pk])))
    shown = [reverse("portal:check_in", args=[one.pk, row.pk]) in body for row in (gone, coming)]
    assert shown == [False, True]


def test_times_out_of_order_are_refused(yunling, one, client_of):
    session = make.session(one, 2)
    url = reverse("portal:check_in_open", args=[one.pk, session.pk])
    times = {"opens": "09:00", "late_from": "08:00", "closes": "10:00", "op_id": new_key()}
    answer = client_of(yunling.manager).post(url, times)
    assert answer.status_code == 403 and "迟到起算应在" in text(answer)


@pytest.mark.parametrize(
    ("opens", "late_from", "closes", "days"),
    [("23:20", "23:55", "00:20", (0, 0, 1)), ("23:40", "00:15", "00:40", (0, 1, 1)), ("08:00", "08:35", "09:00", (0, 0, 0)),
     ("08:30", "08:35", "08:10", (0, 0, 0))],
)  # fmt: skip
def test_a_check_in_may_run_past_midnight_but_a_slip_does_not(opens, late_from, closes, days):
    """Of an evening that ends after midnight; 08:30 to 08:10 is no check-in of 23 hours."""
    day = date(2026, 3, 3)
    form = WindowForm({"op_id": str(new_key()), "opens": opens, "late_from": late_from, "closes": closes})
    assert form.is_valid()
    window = form.window(day)
    found = (window.opens, window.late_from, window.closes)
    assert tuple((timezone.localdate(one) - day).days for one in found) == days
    assert bool(window.fault()) is (closes == "08:10")


def test_another_network_stands_out():
    assert usual_address(["10.0.0.1"] * 4) is None
    assert usual_address(["10.0.0.1"] * 5 + ["172.16.0.9"]) == "10.0.0.1"
    assert usual_address(["10.0.0.1", "10.0.0.2"] * 5) is None


# ---- today ----


def test_today_says_what_is_on_and_what_stands(opened, yunling, query_count):
    client = phone(yunling.trainee)
    body = text(client.get(reverse("portal:today")))
    assert opened.session.title in body and "正在签到" in body and opened.training_class.name in body
    client.post(address(opened))
    assert "已签到" in text(client.get(reverse("portal:today")))
    few = query_count(lambda: client.get(reverse("portal:today")))
    make.session(opened.training_class, 3, title="应急管理与舆情应对")
    make.session(opened.training_class, 5, title="宪法与依法行政")
    assert query_count(lambda: client.get(reverse("portal:today"))) == few
    body = text(client.get(reverse("portal:today")))
    assert "应急管理与舆情应对" in body and "明天" in body and "宪法与依法行政" in body


def test_today_without_a_class(yunling, client_of):
    assert "今天没有您的班次" in text(client_of(yunling.trainee).get(reverse("portal:today")))


def test_results_on_show_are_due(yunling, one, client_of):
    yunling.open_class.results.update(state="shown")
    body = text(client_of(yunling.trainee).get(reverse("portal:today")))
    assert "成绩公示中" in body and "2 天内可以提出异议" in body


def test_the_home_of_a_trainee_begins_with_today(opened, yunling, client_of):
    body = text(client_of(yunling.trainee).get(reverse("portal:home")))
    assert body.index(reverse("portal:today")) < body.index("学习经历")


# ---- the calendar ----


def feed_of(who: Account, client_of) -> str:
    answer = client_of(who).post(reverse("portal:calendar_add"), {"op_id": new_key()})
    address = text(answer).split("<code")[1].split(">")[1].split("<")[0].strip()
    assert address.startswith(project.PUBLIC_URL)
    return address.removeprefix(project.PUBLIC_URL)


def events(answer) -> list:
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_feed_holds_own_sessions_only(opened, yunling, wangjiang, client, client_of):
    make.session(make.class_of_today(wangjiang, "望江市培训班"), 2, title="望江的课")
    url = feed_of(yunling.trainee, client_of)
    answer = client.get(url)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = events(answer)
    assert [str(one["SUMMARY"]) for one in found] == [opened.session.title]
    begin = found[0].decoded("DTSTART")
    assert (begin.hour, begin.minute, str(begin.tzinfo)) == (8, 30, "Asia/Shanghai")
    assert str(found[0]["UID"]) == f"{opened.session.pk}@127.0.0.1"
    assert [str(zone["TZID"]) for zone in Calendar.from_ical(answer.content).walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert not any(person.name in text(answer) for person in yunling.cadres)


def test_the_feed_is_the_same_until_something_changes(opened, yunling, client, client_of):
    url = feed_of(yunling.trainee, client_of)
    first, again = client.get(url), client.get(url)
    assert first.content == again.content
    tag = {"HTTP_IF_NONE_MATCH": first.headers["ETag"]}
    assert client.get(url, **tag).status_code == 304
    opened.session.title, opened.session.version = "改上理论辅导", 2
    opened.session.save()
    changed = client.get(url, **tag)
    assert changed.status_code == 200 and int(events(changed)[0]["SEQUENCE"]) == 1


def test_a_cancelled_class_is_cancelled_in_the_feed(opened, yunling, client, client_of):
    url = feed_of(yunling.trainee, client_of)
    opened.training_class.enrolments.update(state="withdrawn")
    TrainingClass.objects.filter(pk=opened.training_class_id).update(state="cancelled")
    assert [str(one["STATUS"]) for one in events(client.get(url))] == ["CANCELLED"]


def test_a_manager_has_the_managed_classes(opened, yunling, client, client_of):
    url = feed_of(yunling.manager, client_of)
    assert opened.session.title in [str(one["SUMMARY"]) for one in events(client.get(url))]
    ClassRole.objects.filter(account=yunling.manager).update(until=timezone.localdate() - timedelta(days=1))
    assert events(client.get(url)) == []


def test_the_address_is_told_once_and_ends(yunling, client, client_of):
    own, op_id = client_of(yunling.trainee), new_key()
    first = own.post(reverse("portal:calendar_add"), {"op_id": op_id})
    again = own.post(reverse("portal:calendar_add"), {"op_id": op_id})
    assert "/calendar/" in text(first) and again.status_code == 302
    device = DeviceCredential.objects.get()
    url = text(first).split("<code")[1].split(">")[1].split("<")[0].strip().removeprefix(project.PUBLIC_URL)
    assert client.get(url).status_code == 200
    own.post(reverse("portal:device_end", args=[device.pk]), {"op_id": new_key()})
    assert client.get(url).status_code == 404


# ---- races on real connections ----


def together(count: int, act) -> list:
    """`act(n)` from so many threads at once, each with connections of its own."""

    def alone(number: int):
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


def test_twenty_identical_scans_are_one(own_database, files_in_memory):
    city = build_city("云岭")
    opened = make.opened_check_in(make.class_of_today(city), city.manager)
    key, url = make.remembered_phone(city.trainee)[1], address(opened)

    def post(_: int) -> tuple[int, bool]:
        client = Client()
        client.cookies[project.DEVICE_COOKIE_NAME] = key
        answer = client.post(url)
        return answer.status_code, "已签到" in text(answer)

    assert together(20, post) == [(200, True)] * 20
    assert CheckInScan.objects.count() == AttendanceMark.objects.filter(session=opened.session).count() == 1


def test_one_phone_in_two_hands_at_once_is_one(own_database, files_in_memory):
    """Ten taps each by two people signed in on one remembered phone: one of them is in."""
    city = build_city("云岭")
    opened = make.opened_check_in(make.class_of_today(city), city.manager)
    key, url = make.remembered_phone(city.trainee)[1], address(opened)
    clients = []
    for number in range(20):
        client = Client()
        client.force_login((city.trainee, city.other_trainee)[number % 2])
        client.cookies[project.DEVICE_COOKIE_NAME] = key
        clients.append(client)
    codes = together(20, lambda number: clients[number].post(url).status_code)
    assert sorted(codes) == [200] * 10 + [409] * 10
    accepted = CheckInScan.objects.filter(accepted=True)
    assert accepted.count() == AttendanceMark.objects.filter(session=opened.session).count() == 1
    assert CheckInScan.objects.filter(accepted=False).count() >= 1


# ---- the demo ----


def test_the_demo_has_half_of_a_class_in(yunling, one):
    """Of three: one with an old picture of the wall, one in, one still to come."""
    session = make.session(one, 2, recorded=False)
    check_in_today(one, actor=yunling.manager, approver=yunling.staff)
    opened = CheckIn.objects.get(session=session)
    states = list(CheckInScan.objects.order_by("id").values_list("accepted", "refused"))
    if opened.opens <= timezone.now() < opened.closes - timedelta(minutes=5):
        assert states == [(False, rules.EXPIRED), (True, "")]
