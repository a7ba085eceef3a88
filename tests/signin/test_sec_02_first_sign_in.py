"""SEC-02: an initial password opens the door once, within 72 hours, and only to a change."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from organization.models import Account
from organization.services import add_account, new_secret, reset_password
from organization.services.accounts import LETTERS
from tests.access.test_matrix import routes
from tests.signin.people import PASSWORD, attempt, is_in

NEW = "Qingshan+Lvshui8"


@pytest.fixture
def newcomer(town, system_admin):
    account = Account(username="xinlaizhe", display_name="辛来喆", unit=town)
    secret = add_account(account, actor=system_admin, by_rule="登录条")
    return account, secret


def choose(client, password=NEW, **more):
    values = {"new_password1": password, "new_password2": password, **more}
    return client.post(reverse("portal:password_change"), values)


def test_sec_02_secrets_are_random_and_of_eighty_bits():
    drawn = {new_secret() for _ in range(200)}
    assert len(drawn) == 200
    assert len(set(LETTERS)) == 32
    assert all(sum(letter in LETTERS for letter in secret) == 16 for secret in drawn)


def test_sec_02_no_account_of_a_fresh_installation_can_sign_in(db):
    assert not Account.objects.exists()


def test_sec_02_the_secret_works_once(newcomer):
    account, secret = newcomer
    assert attempt(account.username, secret).status_code == 302
    assert attempt(account.username, secret).status_code == 200


def test_sec_02_the_secret_dies_after_72_hours(newcomer):
    account, secret = newcomer
    with time_machine.travel(timezone.now() + timedelta(hours=72, minutes=1)):
        assert attempt(account.username, secret).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=71, minutes=59)):
        assert attempt(account.username, secret).status_code == 302


def every_address():
    """Every address of the resolver, with something in the place of its arguments."""
    for _, route in routes(get_resolver()):
        plain = route.replace(r"(?P<url>.*)$", "x").replace(r"\Z", "")
        for kind in ("uuid:pk", "uuid:enrolment"):
            plain = plain.replace(f"<{kind}>", "01890000-0000-7000-8000-000000000000")
        for kind in ("str:token", "str:key", "path:object_id", "path:rest", "path:url", "int:content_type_id"):
            plain = plain.replace(f"<{kind}>", "1")
        if "<" not in plain and "(?P" not in plain:
            yield f"/{plain}"


def test_sec_02_every_address_leads_to_the_change(newcomer, browser):
    account, secret = newcomer
    client = browser(account, secret)
    change = reverse("portal:password_change")
    addresses = set(every_address()) - {change, reverse("portal:sign_out")}
    assert len(addresses) > 100
    led = {address: client.get(address).headers.get("Location") for address in addresses}
    assert {address: where for address, where in led.items() if where != change} == {}
    assert client.get(change).status_code == 200


def test_sec_02_after_the_change_the_door_is_open(newcomer, browser):
    account, secret = newcomer
    client = browser(account, secret)
    assert "初始密码" in client.get(reverse("portal:password_change")).content.decode()
    assert choose(client).status_code == 302
    assert is_in(client)
    assert attempt(account.username, NEW).status_code == 302


def test_sec_02_a_reset_ends_sessions_and_asks_for_a_change(person, system_admin, browser):
    client = browser(person)
    secret = reset_password(person, actor=system_admin)
    assert not is_in(client)
    assert attempt(person.username, PASSWORD).status_code == 200
    again = browser(person, secret)
    assert again.get("/").headers["Location"] == reverse("portal:password_change")


def test_sec_02_rotation_after_ninety_days(person, browser, settings):
    with time_machine.travel(timezone.now() + timedelta(days=89)):
        assert is_in(browser(person))
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        client = browser(person)
        assert client.get("/").headers["Location"] == reverse("portal:password_change")
        assert choose(client, old_password=PASSWORD).status_code == 302
        assert is_in(client)
    settings.PASSWORD_ROTATION_DAYS = 0
    with time_machine.travel(timezone.now() + timedelta(days=900)):
        assert is_in(browser(person, NEW))


def test_sec_02_a_day_must_pass_between_changes(newcomer, browser):
    account, secret = newcomer
    client = browser(account, secret)
    choose(client)
    refused = choose(client, "Hongri+Dongsheng3", old_password=NEW)
    assert "满一天" in refused.content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert choose(browser(account, NEW), "Hongri+Dongsheng3", old_password=NEW).status_code == 302


def test_sec_02_the_present_password_is_asked(person, browser):
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        client = browser(person)
        assert choose(client).status_code == 200
        assert choose(client, old_password="Qiuyue+Hanjiang7").status_code == 200
        assert choose(client, old_password=PASSWORD).status_code == 302


def test_nobody_is_led_anywhere():
    assert Client().get(reverse("portal:password_change")).headers["Location"].startswith(reverse("portal:sign_in"))


pytestmark = pytest.mark.django_db
