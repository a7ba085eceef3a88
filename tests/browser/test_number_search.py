"""A whole ID number typed into a search box never stands in an address (SEC-32)."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.cast import build_city

pytestmark = pytest.mark.browser
PASSWORD = "Yunling-2026-ok"


@pytest.fixture
def staff(visitor, files_in_memory, fast_passwords, settings):
    city = build_city("云岭")
    city.staff.set_password(PASSWORD)
    city.staff.save()
    visitor.sign_in(city.staff.username, PASSWORD)
    return visitor, city


@pytest.mark.parametrize("box", ["portal", "admin"])
def test_sec_32_the_number_is_posted_and_not_shown(staff, box):
    visitor, city = staff
    cadre = city.cadres[0]
    number = cadre.open_id_number()
    visited: list[str] = []
    visitor.page.on("request", lambda request: visited.append(request.url))
    visitor.go("/" if box == "portal" else "/admin/trainees/cadre/")
    field = visitor.page.locator("#search" if box == "portal" else "#searchbar")
    field.fill(number)
    field.press("Enter")
    expect(visitor.page.get_by_role("heading", name="按身份证号查找")).to_be_visible()
    expect(visitor.page.get_by_role("link", name=cadre.name).first).to_be_visible()
    assert not any(number in url for url in (*visited, visitor.page.url))
    assert number not in visitor.page.content()
    for size in (PHONE, DESK):
        visitor.page.set_viewport_size(size)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert visitor.complaints == []


def test_names_are_looked_for_as_ever(staff):
    visitor, _city = staff
    visitor.go("/")
    visitor.page.locator("#search").fill("司马")
    visitor.page.locator("#search").press("Enter")
    expect(visitor.page.get_by_role("heading", name="搜索“司马”")).to_be_visible()
    assert "q=" in visitor.page.url
