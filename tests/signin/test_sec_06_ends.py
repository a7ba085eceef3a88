"""SEC-06: keys change when somebody signs in; what happens to an account ends its sessions at once."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.keys import new_key
from organization.models import AccountSession
from organization.services import change_account, end_grant, grant
from organization.sessions import SessionStore, hashed
from tests import factories as make
from tests.signin.people import PASSWORD, attempt, is_in

pytestmark = pytest.mark.django_db


def test_sec_06_a_key_from_before_is_dead_after(person):
    """Session fixation: somebody plants a key of their own, the victim signs in with it."""
    planted = SessionStore()
    planted["planted"] = True
    planted.create()
    victim = Client()
    victim.cookies["session"] = planted.session_key
    attempt(person.username, PASSWORD, victim)
    assert victim.cookies["session"].value != planted.session_key
    attacker = Client()
    attacker.cookies["session"] = planted.session_key
    assert not is_in(attacker)
    assert is_in(victim)


def test_sec_06_the_key_is_nowhere_in_the_database(person, browser):
    key = browser(person).cookies["session"].value
    row = AccountSession.objects.get(account=person)
    assert row.session_key == hashed(key)
    assert key not in repr(AccountSession.objects.values())
    thief = Client()
    thief.cookies["session"] = row.session_key
    assert not is_in(thief)


def two(browser, who):
    return browser(who), browser(who)


def test_sec_06_signing_out_is_everywhere(person, browser):
    here, there = two(browser, person)
    here.post(reverse("portal:sign_out"))
    assert not is_in(here)
    assert "退出登录" in there.get("/", follow=True).content.decode()


def test_sec_06_a_new_password_ends_the_others(person, browser):
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        here, there = two(browser, person)
        before = here.cookies["session"].value
        new = "Qingshan+Lvshui8"
        values = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert here.post(reverse("portal:password_change"), values).status_code == 302
        assert here.cookies["session"].value != before
        assert (is_in(here), is_in(there)) == (True, False)


def disable(who, town, by):
    who.is_active = False
    change_account(who, actor=by)


def move(who, town, by):
    who.unit = make.unit("YL02", "云岭市园林管理处", town)
    change_account(who, actor=by)


def give(who, town, by):
    grant(who, "liaison", town, date(2026, 1, 1), actor=by)


def take(who, town, by):
    held = make.grant(who, "liaison", town)
    end_grant(held, date(2026, 1, 1), actor=by)


@pytest.mark.parametrize("happens", [disable, move, give, take])
def test_sec_06_what_happens_to_the_account_ends_its_sessions(person, town, security_admin, browser, happens):
    one, other = two(browser, person)
    happens(person, town, security_admin)
    assert (is_in(one), is_in(other)) == (False, False)


def test_sec_06_a_right_that_was_taken_is_gone_in_the_same_breath(staff, browser):
    client = browser(staff)
    assert client.get(reverse("admin:trainees_cadre_changelist")).status_code == 200
    staff.grants.update(until=date(2026, 1, 1))
    assert client.get(reverse("admin:trainees_cadre_changelist")).status_code in (302, 403)


def test_sec_06_own_sessions_are_listed_and_ended(person, browser):
    here, there = two(browser, person)
    page = here.get(reverse("portal:sessions")).content.decode()
    assert page.count("这一处") == 1 and page.count("结束</button>") == 1
    other = AccountSession.objects.get(session_key=hashed(there.cookies["session"].value))
    end = reverse("portal:session_end", args=[other.pk])
    here.post(end, {"op_id": "01890000-0000-7000-8000-000000000001"})
    assert (is_in(here), is_in(there)) == (True, False)


def test_sec_06_others_sessions_are_the_security_administrators(person, staff, security_admin, browser):
    victim, stranger, officer = browser(person), browser(staff), browser(security_admin)
    row = AccountSession.objects.get(account=person)
    end = reverse("portal:session_end", args=[row.pk])
    assert stranger.post(end, {"op_id": "01890000-0000-7000-8000-000000000001"}).status_code == 404
    page = reverse("admin:organization_accountsession_changelist")
    assert person.display_name in officer.get(page).content.decode()
    officer.post(page, {"action": "end_sessions", "_selected_action": [row.pk], "op_id": str(new_key())})
    assert not is_in(victim)
    assert is_in(stranger)
