"""SEC-05: a session ends after a pause, after twelve hours, and when there are too many of them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organization.models import AccountSession
from portal.sessions import POLLED
from tests import factories as make
from tests.signin.conftest import account_of
from tests.signin.people import is_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(("who", "minutes"), [("staff", 15), ("security_admin", 15), ("person", 30)])
def test_sec_05_the_pause(who, minutes, request, browser, clock):
    client = browser(request.getfixturevalue(who))
    for _ in range(3):
        clock.shift(timedelta(minutes=minutes - 1))
        assert is_in(client)
    clock.shift(timedelta(minutes=minutes, seconds=31))
    answer = client.get(reverse("portal:sessions"), follow=True)
    assert answer.redirect_chain[0][0].startswith("/sign-in/")
    assert "超过时限" in answer.content.decode()


def test_sec_05_twelve_hours_whatever_happens(person, browser, clock):
    client = browser(person)
    for _ in range(12 * 3 - 1):
        clock.shift(timedelta(minutes=20))
        assert is_in(client)
    clock.shift(timedelta(minutes=21))
    assert not is_in(client)


def test_sec_05_a_page_that_asks_by_itself_keeps_nobody_in(person, browser, clock):
    bars = {"portal:batch_progress", "portal:ledger_act", "portal:roster_progress"}
    assert set(POLLED) == bars | {"portal:check_in_live", "portal:attendance_changes"}
    client = browser(person)
    poll = reverse("portal:batch_progress", args=["01890000-0000-7000-8000-000000000000"])
    for _ in range(4):
        clock.shift(timedelta(minutes=7))
        assert client.get(poll).status_code == 404
    clock.shift(timedelta(minutes=7))
    assert not is_in(client)


def test_sec_05_an_open_grid_keeps_nobody_in(town, browser, clock):
    """static/js/attendance.js asks every few seconds what others changed."""
    manager = account_of("hanzhaoxue", "韩朝雪", town, "school")
    one = make.training_class(town, "云岭市2026年第一期研修班", "YL-2026-1")
    make.class_role(manager, one)
    client = browser(manager)
    for _ in range(4):
        clock.shift(timedelta(minutes=7))
        assert client.get(reverse("portal:attendance_changes", args=[one.pk])).status_code == 200
    clock.shift(timedelta(minutes=7))
    assert not is_in(client)


def test_sec_05_a_clock_that_jumps_back_ends_it(person, browser, clock):
    client = browser(person)
    clock.shift(timedelta(hours=-2))
    assert not is_in(client)


def test_sec_05_the_third_sign_in_ends_the_first(person, browser, clock):
    clients = []
    for _ in range(3):
        clients.append(browser(person))
        clock.shift(timedelta(seconds=5))
    first = clients[0].get("/", follow=True)
    assert "您的账号在别处登录" in first.content.decode()
    assert [is_in(client) for client in clients] == [False, True, True]


def test_sec_05_an_administrator_is_in_one_place(security_admin, browser):
    first, second = browser(security_admin), browser(security_admin)
    assert (is_in(first), is_in(second)) == (False, True)


def test_sec_05_an_ended_session_is_never_written_to_again(person, browser):
    """A request that was on its way when the session was ended brings nothing back: the database refuses the row."""
    client = browser(person)
    row = AccountSession.objects.get(account=person)
    AccountSession.objects.filter(pk=row.pk).update(ended="已结束")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE account_session SET ended = '', session_data = '' WHERE session_key = %s", [row.pk])
        assert cursor.rowcount == 0
    assert not is_in(client)


def test_sec_05_no_query_more_for_it(person, browser, query_count):
    """Session and account: what Django asks anyway."""
    client = browser(person)
    is_in(client)
    assert query_count(lambda: client.get(reverse("portal:sessions"))) == query_count(
        lambda: client.get(reverse("portal:sessions"))
    )
    with_bounds = query_count(lambda: client.get("/styleguide/"))
    from django.conf import settings as project
    from django.test import override_settings

    without = [name for name in project.MIDDLEWARE if not name.startswith("portal.sessions")]
    with override_settings(MIDDLEWARE=without):
        bare = Client()
        bare.cookies = client.cookies
        assert query_count(lambda: bare.get("/styleguide/")) == with_bounds
