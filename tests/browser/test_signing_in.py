"""Signing in before a real browser: initial password, second factor, proof, sessions, slips; nothing wider than its screen."""

import base64
import os
from pathlib import Path

import pytest
from django.utils import timezone
from django_otp.oath import TOTP

from core.jobs import drain
from core.models import Batch
from organization.models import Account, Unit
from organization.services import add_account
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD, WRONG

pytestmark = pytest.mark.browser
NEW = "Qingshan+Lvshui8"
PICTURES = os.environ.get("PICTURES")  # a folder, to look at the pages


def looks_right(visitor: Visitor, name: str) -> None:
    """At a desk and on a phone: nothing sticks out sideways."""
    for size, word in ((PHONE, "phone"), (DESK, "desk")):
        visitor.page.set_viewport_size(size)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{name} is {wide} wide on a {word}"
        if PICTURES:
            visitor.page.screenshot(path=Path(PICTURES) / f"{name}-{word}.png", full_page=True)


@pytest.fixture
def town(live_url: str, files_in_memory, fast_passwords) -> Unit:
    return make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)


def test_from_the_slip_to_the_own_password(visitor: Visitor, town: Unit) -> None:
    newcomer = Account(username="xinlaizhe", display_name="辛来喆", unit=town)
    secret = add_account(newcomer, actor=None, by_rule="登录条")
    visitor.sign_in("xinlaizhe", WRONG)
    looks_right(visitor, "sign-in-wrong")
    visitor.sign_in("xinlaizhe", secret)
    looks_right(visitor, "first-change")
    visitor.page.get_by_label("新密码", exact=False).first.fill("tooshort")
    visitor.page.get_by_label("再输一次新密码").fill("tooshort")
    visitor.page.get_by_role("button", name="修改密码").click()
    looks_right(visitor, "first-change-refused")
    visitor.page.get_by_label("新密码", exact=False).first.fill(NEW)
    visitor.page.get_by_label("再输一次新密码").fill(NEW)
    visitor.page.get_by_role("button", name="修改密码").click()
    visitor.go("/sessions/")
    assert visitor.page.get_by_text("这一处").count() == 1
    looks_right(visitor, "sessions")
    assert visitor.complaints == []


def test_two_factors_and_the_proof(visitor: Visitor, town: Unit, settings) -> None:
    settings.SECOND_FACTOR = "required"
    account_of("zuzhibu", "程守拙", town, "staff")
    cadre = make.cadre("沈若溪", town, town)
    visitor.sign_in("zuzhibu", PASSWORD)
    looks_right(visitor, "factor-set-up")
    key = visitor.page.locator("code").inner_text().replace(" ", "")
    visitor.page.get_by_label("动态口令").fill(code_of(key))
    visitor.page.get_by_role("button", name="启用").click()
    visitor.page.wait_for_load_state()
    assert "工作台" in visitor.page.content()
    visitor.page.context.clear_cookies()
    visitor.sign_in("zuzhibu", PASSWORD)
    looks_right(visitor, "factor")
    visitor.page.get_by_label("动态口令").fill(code_of(key, 1))
    visitor.page.get_by_role("button", name="继续").click()
    visitor.go(f"/confirm/?next=/admin/trainees/cadre/{cadre.pk}/unmask/")
    looks_right(visitor, "confirm")
    visitor.go("/")
    assert visitor.complaints == []


def code_of(key: str, aside: int = 0) -> str:
    totp = TOTP(base64.b32decode(key))
    totp.time = timezone.now().timestamp() + 30 * aside
    return f"{totp.token():06}"


def test_slips_and_the_administrators_pages(visitor: Visitor, town: Unit) -> None:
    manager = account_of("banzhuren", "闻书砚", town, "school")
    account_of("anquan", "安立衡", town, "security_admin")
    one = make.training_class(town, "云岭市2026年第一期中青年干部综合能力提升专题研修班", "YL-2026-1")
    make.class_role(manager, one)
    for place, name in enumerate(("沈若溪", "欧阳致远", "司马清扬"), 1):
        make.enrolment(one, make.cadre(name, town, town), place)
    visitor.sign_in("banzhuren", PASSWORD)
    visitor.go(f"/classes/{one.pk}/slips/")
    looks_right(visitor, "slips")
    visitor.page.get_by_role("button", name="生成登录条").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="生成登录条").click()
    visitor.page.wait_for_load_state()
    looks_right(visitor, "slips-waiting")
    drain(Batch.objects.get(kind="slips").pk)
    visitor.go(f"/classes/{one.pk}/slips/")
    looks_right(visitor, "slips-ready")
    with visitor.page.expect_download() as told:
        visitor.page.get_by_role("button", name="下载登录条").click()
    assert told.value.suggested_filename.endswith("登录条.pdf")
    if PICTURES:
        told.value.save_as(Path(PICTURES) / "slips.pdf")
    visitor.page.context.clear_cookies()
    visitor.sign_in("anquan", PASSWORD)
    for name in ("account", "accountsession", "factorreset", "factorreset/add", "grant/add"):
        visitor.go(f"/admin/organization/{name}/")
        looks_right(visitor, f"admin-{name.replace('/', '-')}")
    assert visitor.complaints == []
