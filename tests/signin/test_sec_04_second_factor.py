"""SEC-04: two factors for management, a code once, five tries; sensitive acts ask again after ten minutes."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import get_resolver, reverse
from django.utils import timezone
from django_otp.oath import TOTP

from core.crypto import open_text
from core.operations import Refused
from organization.models import FactorReset, SecondFactor
from organization.services import approve_reset, ask_for_reset, put_into_use
from organization.services.second_factor import new_key
from tests import factories as make
from tests.access.test_matrix import routes
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD

pytestmark = pytest.mark.django_db
START = timezone.now().replace(second=10, microsecond=0)
ENROL, ASK = "/second-factor/set-up/", "/second-factor/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def code_of(who, aside=0):
    totp = TOTP(SecondFactor.objects.get(account=who).open_key())
    totp.time = timezone.now().timestamp() + 30 * aside
    return f"{totp.token():06}"


def send(client, code, url=ASK, **more):
    return client.post(url, {"op_id": "01890000-0000-7000-8000-000000000001", "code": code, **more})


@pytest.fixture
def enrolled(staff, clock):
    """Department staff whose phone was set up an hour ago."""
    key = new_key()
    totp = TOTP(key)
    totp.time = timezone.now().timestamp() - 3600
    assert put_into_use(staff, key, f"{totp.token():06}", now=timezone.now() - timedelta(hours=1))
    return staff


@pytest.fixture
def inside(enrolled, browser):
    """Their browser, with both factors."""
    client = browser(enrolled)
    assert send(client, code_of(enrolled)).headers["Location"] == "/"
    return client


def addresses():
    """Addresses without arguments, and those that are open to everybody."""
    for name, route in routes(get_resolver()):
        if "<" not in route and "(?P" not in route:
            yield name, f"/{route}"


def test_sec_04_a_password_alone_opens_nothing(enrolled, browser):
    client = browser(enrolled)
    free = {ASK, reverse("portal:sign_out"), ENROL}
    led = {url: client.get(url).headers.get("Location") for _, url in addresses() if url not in free}
    assert len(led) > 60
    assert {url: where for url, where in led.items() if where != ASK} == {}
    assert client.get(ENROL).headers["Location"] == ASK


def test_sec_04_others_sign_in_with_a_password(person, browser):
    assert browser(person).get(reverse("portal:sessions")).status_code == 200


@pytest.mark.parametrize("role", ["staff", "system_admin", "security_admin", "audit_admin"])
def test_sec_04_management_needs_both(town, browser, role):
    client = browser(account_of("mouren", "某人", town, role))
    assert client.get("/").headers["Location"] == ASK
    assert client.get(ASK).headers["Location"] == ENROL
    assert "data:image/svg+xml" in client.get(ENROL).content.decode()


def test_sec_04_setting_up_with_a_first_code(staff, browser, clock):
    client = browser(staff)
    client.get(ENROL)
    sealed = client.session["factor_offer"]
    totp = TOTP(bytes.fromhex(open_text(sealed, f"session:{staff.pk}:factor_offer")))
    totp.time = timezone.now().timestamp()
    assert send(client, "000000" if totp.token() else "000001", ENROL).status_code == 200
    assert not SecondFactor.objects.exists()
    assert send(client, f"{totp.token():06}", ENROL).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert totp.key.hex() not in repr(SecondFactor.objects.values())


def test_sec_04_a_code_opens_once(enrolled, inside, browser):
    used = code_of(enrolled)
    assert send(browser(enrolled), used).status_code == 200
    again = browser(enrolled)
    assert send(again, code_of(enrolled, aside=1)).status_code == 302
    assert send(browser(enrolled), code_of(enrolled)).status_code == 200, "older than the last one used"


@pytest.mark.parametrize(("aside", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_sec_04_one_step_aside(enrolled, browser, aside, right):
    assert (send(browser(enrolled), code_of(enrolled, aside)).status_code == 302) is right


def test_sec_04_five_tries(enrolled, browser, clock):
    client = browser(enrolled)
    wrong = f"{(int(code_of(enrolled)) + 5) % 1000000:06}"
    for _ in range(5):
        assert "不正确" in send(client, wrong).content.decode()
    assert "连续输错五次" in send(client, code_of(enrolled)).content.decode()
    other = browser(enrolled)
    assert "连续输错五次" in send(other, code_of(enrolled)).content.decode(), "another sign-in does not help"
    clock.shift(timedelta(minutes=31))
    assert send(browser(enrolled), code_of(enrolled)).status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12a456", "１２３４５６", "-12345", "١٢٣٤٥٦"])
def test_sec_04_only_six_digits_are_codes(enrolled, browser, code):
    assert send(browser(enrolled), code).status_code == 200
    assert SecondFactor.objects.get().failures == 0


# ---- recovery ----


def test_sec_04_a_reset_takes_two_people(enrolled, inside, security_admin, system_admin):
    reset = ask_for_reset(enrolled, "手机丢失，已当面核实", actor=security_admin)
    with pytest.raises(Refused, match="申请人"):
        approve_reset(reset, actor=security_admin, now=timezone.now())
    with pytest.raises(Refused, match="安全管理员"):
        approve_reset(reset, actor=enrolled, now=timezone.now())
    assert inside.get("/").status_code == 200
    approve_reset(reset, actor=system_admin, now=timezone.now())
    assert not SecondFactor.objects.exists()
    assert inside.get("/").status_code == 302
    with pytest.raises(Refused, match="已经批准"):
        approve_reset(reset, actor=system_admin, now=timezone.now())


def test_sec_04_nobody_asks_for_themselves(security_admin):
    with pytest.raises(Refused):
        ask_for_reset(security_admin, "手机丢失，已当面核实", actor=security_admin)


def test_sec_04_the_database_knows_the_two(person, security_admin, staff):
    facts = {"account": person, "reason": "手机丢失", "asked_by": security_admin}
    for approver in (security_admin, person):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.create(**facts, approved_by=approver)


# ---- proof before sensitive acts ----


@pytest.fixture
def cadre(town):
    return make.cadre("沈若溪", town, town)


def sensitive(cadre):
    yield reverse("admin:trainees_cadre_unmask", args=[cadre.pk])
    yield reverse("admin:organization_authoritysetting_add")


def test_sec_04_after_eleven_minutes_they_ask_again(inside, enrolled, cadre, clock):
    for url in sensitive(cadre):
        assert inside.get(url).status_code == 200
    clock.shift(timedelta(minutes=11))
    for url in sensitive(cadre):
        answer = inside.get(url)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/confirm/?next=")
        assert inside.post(url, {"reason": "核对档案需要"}).headers["Location"].startswith("/confirm/")
    assert inside.get("/").status_code == 200


def test_sec_04_password_and_code_prove_it(inside, enrolled, cadre, clock):
    url = next(sensitive(cadre))
    clock.shift(timedelta(minutes=11))
    before = inside.cookies["session"].value
    assert send(inside, code_of(enrolled), "/confirm/", password="Qiuyue+Hanjiang7", next=url).status_code == 200
    assert send(inside, "000000", "/confirm/", password=PASSWORD, next=url).status_code == 200
    answer = send(inside, code_of(enrolled, 1), "/confirm/", password=PASSWORD, next=url)
    assert answer.headers["Location"] == url
    assert inside.cookies["session"].value != before
    assert inside.get(url).status_code == 200


def test_sec_04_a_code_alone_proves_nothing_again(inside, enrolled, cadre, clock):
    """Whoever finds a browser open and the phone beside it does not know the password."""
    clock.shift(timedelta(minutes=11))
    assert send(inside, code_of(enrolled)).headers["Location"] == "/"
    assert inside.get(next(sensitive(cadre))).headers["Location"].startswith("/confirm/")


def test_sec_04_a_password_reset_asks_again(system_admin, person, browser, settings, clock):
    settings.SECOND_FACTOR = "off"
    client, before = browser(system_admin), person.password
    clock.shift(timedelta(minutes=11))
    values = {"action": "reset_passwords", "_selected_action": [str(person.pk)],
              "op_id": "01890000-0000-7000-8000-000000000001"}  # fmt: skip
    answer = client.post(reverse("admin:organization_account_changelist"), values)
    person.refresh_from_db()
    assert answer.headers["Location"].startswith("/confirm/") and person.password == before


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "\\\\evil", ""])
def test_sec_04_the_way_back_stays_here(inside, enrolled, clock, where):
    clock.shift(timedelta(seconds=60))
    assert send(inside, code_of(enrolled), "/confirm/", password=PASSWORD, next=where).headers["Location"] == "/"


def test_sec_04_a_workbook_with_full_numbers_asks_class_managers_for_both(town, browser, cadre):
    manager = account_of("hanzhaoxue", "韩朝雪", town, "school")
    one = make.training_class(town, "云岭市2026年第一期研修班", "YL-2026-1")
    make.class_role(manager, one)
    client = browser(manager)
    assert client.get(reverse("portal:class_roster", args=[one.pk])).status_code == 200
    asked = client.get(reverse("portal:class_export", args=[one.pk]))
    assert asked.headers["Location"].startswith("/confirm/")
    assert client.get("/confirm/").headers["Location"] == ENROL


def test_sec_04_a_grant_asks_again(security_admin, browser, settings, clock):
    settings.SECOND_FACTOR = "off"
    client = browser(security_admin)
    url = reverse("admin:organization_grant_add")
    assert client.get(url).status_code == 200
    clock.shift(timedelta(minutes=11))
    assert client.get(url).headers["Location"].startswith("/confirm/")
    asked = client.post(
        "/confirm/", {"op_id": "01890000-0000-7000-8000-000000000001", "password": PASSWORD, "next": url}
    )
    assert asked.headers["Location"] == url
    assert client.get(url).status_code == 200
