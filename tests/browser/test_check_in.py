"""Checking in before a real browser: the manager's page and the wall at a desk, today and the scan on a phone."""

import os
from pathlib import Path

import pytest
from django.conf import settings as project
from django.utils import timezone
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import ViewportSize, expect

from tests import factories as make
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.cast import City, build_city
from training.models import AttendanceMark, CheckIn
from training.rules import check_in as rules

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES")  # a folder, to look at the pages


def looks_right(visitor: Visitor, name: str, *sizes: ViewportSize) -> None:
    """Nothing sticks out sideways."""
    for size in sizes:
        visitor.page.set_viewport_size(size)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{name} is {wide} wide"
        if PICTURES:
            visitor.page.screenshot(path=Path(PICTURES) / f"{name}-{size['width']}.png", full_page=True)


@pytest.fixture
def city(live_url: str, files_in_memory) -> City:
    return build_city("云岭")


@pytest.fixture
def opened(city: City) -> CheckIn:
    one = make.class_of_today(city, "云岭市2026年秋季第一期中青年干部综合能力提升专题培训班")
    make.session(
        one, 3, title="应急管理与舆情应对", teacher_name="石讲师（市委党校）", place_name="第二报告厅", form="模拟教学"
    )
    site = {"teacher_name": "秦老师（市委党校）", "place_name": "云岭革命纪念馆", "form": "现场教学"}
    make.session(one, 4, title="革命纪念馆现场教学", **site)
    return make.opened_check_in(one, city.manager)


def code(check_in: CheckIn) -> str:
    return f"/c/{rules.short_key(check_in)}/{rules.code_of(check_in, rules.slot_of(timezone.now()))}/"


def on_phone(visitor: Visitor, city: City) -> None:
    """The trainee's own phone, remembered."""
    key = make.remembered_phone(city.trainee)[1]
    visitor.page.context.add_cookies([{"name": project.DEVICE_COOKIE_NAME, "value": key, "url": visitor.url}])


def test_two_taps_on_a_remembered_phone(visitor: Visitor, city: City, opened: CheckIn) -> None:
    on_phone(visitor, city)
    visitor.go("/today/")
    expect(visitor.page.get_by_text("正在签到")).to_be_visible()
    looks_right(visitor, "today-open", PHONE, DESK)
    visitor.page.set_viewport_size(PHONE)
    visitor.go(code(opened))
    looks_right(visitor, "scan-ready", PHONE)
    visitor.page.get_by_role("button", name="签到").click()
    expect(visitor.page.get_by_role("heading", name="已签到")).to_be_visible()
    looks_right(visitor, "scan-in", PHONE)
    assert AttendanceMark.objects.get(session=opened.session).source == "scan"
    visitor.page.get_by_role("link", name="看今天的课").click()
    expect(visitor.page.get_by_text("已签到")).to_be_visible()
    looks_right(visitor, "today-in", PHONE)
    visitor.go("/c/" + rules.short_key(opened) + "/" + rules.code_of(opened, rules.slot_of(timezone.now()) - 9) + "/")
    CheckIn.objects.update(closes=timezone.now())
    assert visitor.complaints == []


def test_refusals_on_a_phone(visitor: Visitor, city: City, opened: CheckIn) -> None:
    on_phone(visitor, city)
    visitor.go("/c/" + rules.short_key(opened) + "/" + rules.code_of(opened, rules.slot_of(timezone.now()) - 9) + "/")
    expect(visitor.page.get_by_role("heading", name="请再扫一次")).to_be_visible()
    looks_right(visitor, "scan-expired", PHONE)
    assert visitor.complaints == []


def test_the_manager_and_the_wall(visitor: Visitor, city: City, opened: CheckIn) -> None:
    visitor.page.context.add_cookies([session_cookie(visitor, city)])
    page = f"/classes/{opened.training_class_id}/check-ins/"
    visitor.go(page)
    looks_right(visitor, "check-ins", DESK, PHONE)
    visitor.go(f"{page}{opened.session_id}/")
    looks_right(visitor, "check-in-manager", DESK, PHONE)
    visitor.page.set_viewport_size(DESK)
    visitor.go(f"/wall/{rules.wall_token(opened)}/")
    expect(visitor.page.locator("#wall-code")).to_be_visible()
    expect(visitor.page.locator("#wall-present")).to_have_text("0")
    looks_right(visitor, "wall", DESK)
    make.mark(opened.training_class.enrolments.all()[0], opened.session, "present")
    visitor.page.context.set_offline(True)
    expect(visitor.page.get_by_text("网络中断")).to_be_visible()
    looks_right(visitor, "wall-broken", DESK)
    visitor.page.context.set_offline(False)
    expect(visitor.page.get_by_text("网络中断")).to_be_hidden()
    CheckIn.objects.update(closes=timezone.now())
    expect(visitor.page.get_by_text("签到已结束")).to_be_visible()
    expect(visitor.page.locator("#wall-code")).to_be_hidden()
    looks_right(visitor, "wall-over", DESK)
    assert [one for one in visitor.complaints if "INTERNET_DISCONNECTED" not in one] == []


def test_the_own_devices(visitor: Visitor, city: City, opened: CheckIn) -> None:
    make.remembered_phone(city.manager)
    visitor.page.context.add_cookies([session_cookie(visitor, city)])
    visitor.go("/sessions/")
    looks_right(visitor, "my-devices", DESK, PHONE)
    visitor.page.get_by_role("button", name="生成订阅地址").click()
    expect(visitor.page.get_by_role("heading", name="日历订阅地址")).to_be_visible()
    looks_right(visitor, "calendar-made", DESK, PHONE)
    assert visitor.complaints == []


def session_cookie(visitor: Visitor, city: City) -> SetCookieParam:
    from django.test import Client

    client = Client()
    client.force_login(city.manager)
    return {"name": "session", "value": client.cookies["session"].value, "url": visitor.url}
