"""SEC-03 and E12 turned round: a lock that stops guessing and cannot be turned against its owner."""

import logging
import time
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.cache import cache
from django.core.checks import run_checks
from django.urls import reverse
from django.utils import timezone

from core.keys import new_key
from core.models import AuditEntry
from organization.models import FailedSignIn
from organization.services import set_password
from tests import factories as make
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD, WRONG, attempt

IN, OUT = 302, 200


def guess(username, times, **meta):
    return [attempt(username, f"{WRONG}{number}", **meta).status_code for number in range(times)]


def test_sec_03_five_wrong_ones_lock(person):
    assert guess(person.username, 4) == [OUT] * 4
    assert attempt(person.username, PASSWORD).status_code == IN
    assert guess(person.username, 5) == [OUT] * 5
    assert attempt(person.username, PASSWORD).status_code == OUT


def test_e12_the_address_is_not_locked(person, staff):
    guess(person.username, 5)
    assert attempt(staff.username, PASSWORD).status_code == IN


def test_e12_failures_do_not_add_up_over_successes(person):
    for _ in range(20):
        assert guess(person.username, 3) == [OUT] * 3
        assert attempt(person.username, PASSWORD).status_code == IN
        FailedSignIn.objects.all().delete()  # the address has its own limit, see below


def test_e12_tries_during_the_lock_do_not_lengthen_it(person):
    start = timezone.now()
    guess(person.username, 5)
    for minutes in (5, 15, 25, 29):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert attempt(person.username, WRONG).status_code == OUT
    with time_machine.travel(start + timedelta(minutes=29, seconds=50)):
        assert attempt(person.username, PASSWORD).status_code == OUT
    with time_machine.travel(start + timedelta(minutes=30, seconds=10)):
        assert attempt(person.username, PASSWORD).status_code == IN


def test_sec_03_forwarded_addresses_of_strangers_do_not_help(person):
    tries = [attempt(person.username, WRONG, headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(5)]
    assert {one.status_code for one in tries} == {OUT}
    assert attempt(person.username, PASSWORD, headers={"X-Forwarded-For": "10.9.9.9"}).status_code == OUT
    assert set(FailedSignIn.objects.values_list("address", flat=True)) == {"127.0.0.1"}


def test_sec_03_our_proxy_is_believed_from_the_right(person, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    attempt(person.username, WRONG, headers={"X-Forwarded-For": "6.6.6.6, 10.1.2.3"})
    assert FailedSignIn.objects.get().address == "10.1.2.3"


def test_sec_03_an_address_that_fails_too_often_waits(person, staff):
    address = {"REMOTE_ADDR": "10.1.1.1"}
    for number in range(61):
        FailedSignIn.objects.create(address="10.1.1.1")
        if number == 59:
            assert attempt(staff.username, PASSWORD, **address).status_code == IN
    refused = attempt(person.username, PASSWORD, **address)
    assert refused.status_code == 429
    assert "十分钟" in refused.content.decode()
    assert attempt(person.username, PASSWORD, REMOTE_ADDR="10.1.1.2").status_code == IN
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert attempt(person.username, PASSWORD, **address).status_code == IN


def test_sec_03_a_flushed_cache_unlocks_nobody(person):
    guess(person.username, 5)
    cache.clear()
    assert attempt(person.username, PASSWORD).status_code == OUT


def test_sec_03_full_width_is_the_same_name(person):
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in person.username)
    guess(wide, 5)
    assert attempt(person.username, PASSWORD).status_code == OUT
    assert set(AccessAttempt.objects.values_list("username", flat=True)) == {person.username}


def test_sec_03_one_sentence_for_everybody(person):
    def said(username, password):
        page = attempt(username, password)
        text = page.content.decode()
        start = text.index("note-bad")
        return page.status_code, text[start : text.index("</form>", start)].replace(username, "…")

    unknown, wrong = said("nobody-here", WRONG), said(person.username, WRONG)
    guess(person.username, 5)
    assert AccessAttempt.objects.filter(username=person.username, failures_since_start__gte=5).exists()
    locked_wrong, locked_right = said(person.username, WRONG), said(person.username, PASSWORD)
    assert unknown == wrong == locked_wrong == locked_right
    assert unknown[0] == OUT


def test_sec_03_the_time_tells_nothing(person, settings):
    """Argon2, the least of nine, alike but for the noise of a busy machine; a lock and an unknown name hash as a wrong password does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    set_password(person, PASSWORD, now=timezone.now())
    locked = account_of("suozhu", "索柱", person.unit)
    guess(locked.username, 5)

    def least(username):
        taken = []
        for _ in range(9):
            start = time.process_time()
            attempt(username, WRONG)
            taken.append(time.process_time() - start)
            AccessAttempt.objects.exclude(username=locked.username).delete()
            FailedSignIn.objects.all().delete()
        return min(taken)

    times = [least(name) for name in ("nobody-here", person.username, locked.username)]
    assert max(times) <= 1.4 * min(times), times


def test_sec_03_an_id_number_leads_to_its_account_and_stays_nowhere(person, town, caplog):
    cadre = make.cadre("方立言", town, town, account=person)
    number = cadre.open_id_number()
    unknown = make.id_number()
    with caplog.at_level(logging.DEBUG):
        assert attempt(number, WRONG).status_code == OUT
        assert attempt(unknown, WRONG).status_code == OUT
        assert attempt(f"{number[:6]} {number[6:14]}-{number[14:].lower()}", PASSWORD).status_code == IN
        guess(number, 5)
    assert attempt(person.username, PASSWORD).status_code == OUT
    rows = [*AccessAttempt.objects.values(), *AuditEntry.objects.values(), *FailedSignIn.objects.values()]
    kept = repr(rows) + caplog.text
    assert number not in kept and unknown not in kept
    assert person.username in set(AccessAttempt.objects.values_list("username", flat=True))


def test_sec_03_the_log_says_that_and_not_what(person):
    attempt(person.username, WRONG)
    attempt("MyOwn+Password9", WRONG)
    entries = list(AuditEntry.objects.filter(event="account.sign_in_failed").order_by("id"))
    assert [entry.object_id for entry in entries] == [str(person.pk), ""]
    assert "MyOwn+Password9" not in repr([entry.__dict__ for entry in entries])


def test_sec_03_many_locks_ring_an_alarm(town, caplog):
    for name in ("jia", "yi", "bing"):
        guess(f"{name}-{name}", 5)
    assert "3 accounts were locked within ten minutes" in caplog.text


def test_sec_03_the_security_administrator_unlocks(person, security_admin, system_admin, browser):
    guess(person.username, 5)
    page = reverse("admin:organization_account_changelist")
    chosen = {"action": "unlock", "_selected_action": [str(person.pk)]}
    browser(system_admin).post(page, chosen | {"op_id": str(new_key())})
    assert attempt(person.username, PASSWORD).status_code == OUT
    browser(security_admin).post(page, chosen | {"op_id": str(new_key())})
    assert attempt(person.username, PASSWORD).status_code == IN
    assert AuditEntry.objects.filter(event="account.unlock", object_id=str(person.pk)).count() == 1


def test_sec_03_checks_are_silent_but_for_the_reviewed_one(settings):
    said = {message.id for message in run_checks() if message.id and message.id.startswith("axes.")}
    assert said <= {"axes.W006"}
    assert (settings.AXES_FAILURE_LIMIT, settings.AXES_LOCKOUT_PARAMETERS) == (5, ["username"])
    assert timedelta(minutes=30) == settings.AXES_COOLOFF_TIME
    assert settings.AXES_RESET_ON_SUCCESS and not settings.AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT
    assert settings.AXES_HANDLER == "axes.handlers.database.AxesDatabaseHandler"


pytestmark = pytest.mark.django_db


def test_sec_03_a_name_that_is_too_long_fails_like_any_other(person):
    """It must not end in a failure of the page, which nobody counts."""
    answer = attempt("z" * 100_000, WRONG)
    assert answer.status_code == OUT and "用户名或密码不正确" in answer.content.decode()
    assert FailedSignIn.objects.count() == 1
