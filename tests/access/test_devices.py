"""SEC-05: a remembered phone opens the pages on one list, as its owner, and nothing else, whatever the method."""

from datetime import date, timedelta

import pytest
from django.conf import settings as project
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.keys import new_key
from organization.models import Account, AccountSession, DeviceCredential
from organization.services import (
    add_device,
    change_account,
    choose_password,
    end_device,
    grant,
    reset_password,
)
from organization.services.devices import AT_ONCE, hash_of
from portal.urls import DEVICE_PAGES
from tests import factories as make
from tests.access import stage
from tests.access.clients import HANDLER
from tests.access.matrix import ROWS
from tests.signin.people import PASSWORD

PHONE = DeviceCredential.Kind.PHONE


def phone_client(key: str) -> Client:
    """A browser that has nothing but the phone's cookie."""
    client = Client()
    client.handler = HANDLER
    client.cookies[project.DEVICE_COOKIE_NAME] = key
    return client


def opens(key: str) -> bool:
    return phone_client(key).get(reverse("portal:today")).status_code == 200


@pytest.fixture
def key(cast) -> str:
    return make.remembered_phone(cast.yunling.trainee)[1]


def test_the_list_is_short():
    assert DEVICE_PAGES == ("today", "check_in_scan")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.arguments.__name__}")
@pytest.mark.parametrize("method", ["get", "post"])
def test_sec_05_every_other_address_leads_to_the_sign_in(cast, key, row, method):
    if row.prepared_by:
        stage.PREPARATIONS[row.prepared_by](cast.yunling)
    url = reverse(f"portal:{row.name}", args=row.arguments(cast.yunling))
    client = phone_client(key)
    answer = getattr(client, method)(url, {"op_id": stage.op_id(), "seen": 0, **row.data})
    if row.name in DEVICE_PAGES:
        assert answer.status_code in (200, 405)
    elif row.name == "learning_records" and method == "post":
        assert answer.status_code == 401  # the platforms' own door: neither a phone nor a sign-in opens it
    elif row.open:
        assert answer.status_code in (200, 405)
        assert not answer.wsgi_request.user.is_authenticated
    else:
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/"), row.name
    assert project.SESSION_COOKIE_NAME not in answer.cookies


def test_sec_05_neither_home_nor_admin(cast, key):
    urls = [reverse("portal:home"), reverse("admin:index")]
    urls += [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
    ]
    client = phone_client(key)
    for url in urls:
        for ask in (client.get, client.post):
            answer = ask(url)
            assert answer.status_code == 302, url
            assert answer.headers["Location"].startswith(("/sign-in/", f"/{project.ADMIN_PATH}login/")), url


def test_sec_05_it_is_its_owner_there_and_makes_no_session(cast, key):
    before = AccountSession.objects.count()
    answer = phone_client(key).get(reverse("portal:today"))
    assert answer.wsgi_request.user == cast.yunling.trainee
    assert AccountSession.objects.count() == before
    assert answer.headers["Cache-Control"] == "no-store"
    assert "退出登录" not in answer.content.decode()


def test_sec_05_a_lookup_is_one_query(cast, key, query_count):
    phone_client(key).get(reverse("portal:today"))  # notes the day's first use
    with_device = query_count(lambda: phone_client(key).get(reverse("portal:today")))
    client = Client()
    client.force_login(cast.yunling.trainee)
    with_session = query_count(lambda: client.get(reverse("portal:today")))
    assert with_device < with_session


def test_sec_05_the_key_is_nowhere_in_the_database(cast, key):
    row = DeviceCredential.objects.get(account=cast.yunling.trainee)
    assert row.key_hash == hash_of(key) and key not in repr(DeviceCredential.objects.values())
    assert not opens(row.key_hash) and not opens("") and not opens(key[:-1])


def test_sec_05_half_a_year(cast, key):
    row = DeviceCredential.objects.get(account=cast.yunling.trainee)
    assert abs(row.expires - timezone.now() - timedelta(days=180)) < timedelta(minutes=1)
    DeviceCredential.objects.update(expires=timezone.now())
    assert not opens(key)


def test_sec_05_a_calendars_key_is_no_phones(cast):
    trainee = cast.yunling.trainee
    _, feed = add_device(trainee, DeviceCredential.Kind.CALENDAR, "", now=timezone.now(), actor=trainee)
    _, phone = make.remembered_phone(trainee)
    assert not opens(feed) and opens(phone)
    assert Client().get(reverse("portal:calendar", args=[phone])).status_code == 404


def disabled(who, by):
    who.is_active = False
    change_account(who, actor=by)


def moved(who, by):
    who.unit = make.unit("YL77", "云岭市水文中心")
    change_account(who, actor=by)


def reset(who, by):
    reset_password(who, actor=by)


def chosen(who, by):
    choose_password(who, PASSWORD, now=timezone.now())


def granted(who, by):
    grant(who, "liaison", who.unit, date(2026, 1, 1), actor=by)


def ended(who, by):
    end_device(DeviceCredential.objects.get(account=who), now=timezone.now(), actor=by)


@pytest.mark.parametrize("happens", [disabled, moved, reset, chosen, granted, ended])
def test_sec_05_what_ends_sessions_ends_phones(cast, key, happens, fast_passwords):
    who = Account.objects.get(pk=cast.yunling.trainee.pk)  # the cast is shared, and stays as it is
    assert opens(key)
    happens(who, cast.yunling.security_admin)
    assert not opens(key)


def test_sec_05_signing_out_somewhere_leaves_the_phone(cast, key):
    client = Client()
    client.force_login(cast.yunling.trainee)
    client.post(reverse("portal:sign_out"))
    assert opens(key)


def test_sec_05_remembered_after_a_sign_in_and_ended_by_its_owner(cast):
    trainee, client = cast.yunling.trainee, Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 15) Chrome/140")
    client.force_login(trainee)
    answer = client.post(reverse("portal:device_remember"), {"op_id": stage.op_id()})
    cookie = answer.cookies[project.DEVICE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (
        True,
        "Lax",
        "/",
        180 * 86400,
    )
    assert opens(cookie.value)
    page = client.get(reverse("portal:sessions")).content.decode()
    assert "安卓手机 · Chrome" in page
    device = DeviceCredential.objects.get(account=trainee)
    stranger = Client()
    stranger.force_login(cast.yunling.other_trainee)
    end = reverse("portal:device_end", args=[device.pk])
    assert stranger.post(end, {"op_id": stage.op_id()}).status_code == 404
    assert client.post(end, {"op_id": stage.op_id()}).status_code == 302
    assert not opens(cookie.value)


def test_sec_05_remembering_somebody_else_ends_the_former_on_this_phone(cast, key):
    client = phone_client(key)
    client.force_login(cast.yunling.other_trainee)
    client.post(reverse("portal:device_remember"), {"op_id": stage.op_id()})
    assert not opens(key)
    assert client.get(reverse("portal:today")).wsgi_request.user == cast.yunling.other_trainee


def test_sec_05_five_phones_at_once(cast):
    keys = [make.remembered_phone(cast.yunling.trainee)[1] for _ in range(AT_ONCE + 1)]
    assert [opens(one) for one in keys] == [False] + [True] * AT_ONCE


def test_sec_05_the_security_administrator_ends_it(cast, key):
    officer = Client()
    officer.force_login(cast.yunling.security_admin)
    page = reverse("admin:organization_devicecredential_changelist")
    assert cast.yunling.trainee.display_name in officer.get(page).content.decode()
    row = DeviceCredential.objects.get(account=cast.yunling.trainee)
    officer.post(page, {"action": "end_devices", "_selected_action": [row.pk], "op_id": str(new_key())})
    assert not opens(key)


def test_sec_05_a_session_goes_before_the_phone(cast, key):
    client = phone_client(key)
    client.force_login(cast.yunling.other_trainee)
    answer = client.get(reverse("portal:today"))
    assert answer.wsgi_request.user == cast.yunling.other_trainee
    assert "退出登录" in answer.content.decode()
