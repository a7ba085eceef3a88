"""The learning archive before a real browser: the trainee's home on a phone, the cadre's page at a desk."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core import jobs
from core.models import Batch
from organization.services import set_password
from tests.browser.conftest import PHONE, Visitor, dialog
from tests.cast import City, build_city
from tests.reports.archive_story import fill
from tests.signin.people import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def city(own_database: str, files_in_memory: None, fast_passwords: None, settings) -> City:
    """The cast's city, its first trainee with two of everything; trainee and department sign in."""
    settings.SECOND_FACTOR = "off"
    city = build_city("云岭")
    fill(city, times=2)
    for part in ("trainee", "staff"):
        set_password(city.accounts[part], PASSWORD, now=timezone.now() - timedelta(days=1))
    return city


def test_a_trainee_looks_at_the_phone_and_takes_the_booklet(visitor: Visitor, city: City) -> None:
    page = visitor.page
    page.set_default_timeout(15_000)
    page.set_viewport_size(PHONE)
    visitor.sign_in(city.trainee.username, PASSWORD)
    expect(page.get_by_role("heading", name="我的学习", exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="脱产")).to_have_count(1)
    expect(page.get_by_text("学分认定被退回：乡村振兴专题1")).to_be_visible()
    expect(page.locator("[data-chart] canvas")).to_be_visible()
    expect(page.get_by_role("link", name="每一分的来历").first).to_be_visible()
    page.get_by_role("button", name="生成一人一册").click()
    expect(page.get_by_text("正在制作，做好后在本页下载")).to_be_visible()
    jobs.drain(Batch.objects.order_by("-created", "-pk")[0].pk)
    page.reload()
    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF").first.click()
    assert taken.value.suggested_filename.startswith("司马清扬_一人一册")
    visitor.go(f"/enrolments/{city.enrolments[0].pk}/works/")
    page.get_by_role("button", name="撤回").first.click()
    dialog(page).get_by_role("button", name="撤回").click()
    expect(page.get_by_text("已撤回“论基层治理的若干思考2”")).to_be_visible()
    visitor.demand_fits("/", "/papers/", f"/cadres/{city.cadres[0].pk}/", f"/enrolments/{city.enrolments[0].pk}/works/")


def test_the_department_reads_an_archive_as_it_was_known(visitor: Visitor, city: City) -> None:
    page, cadre = visitor.page, city.cadres[0]
    page.set_default_timeout(15_000)
    visitor.sign_in(city.staff.username, PASSWORD)
    visitor.go(f"/cadres/{cadre.pk}/")
    expect(page.get_by_role("heading", name=cadre.name)).to_be_visible()
    expect(page.locator(".archive-strip svg").first).to_be_visible()
    expect(page.locator("#ledger del").first).to_have_text("误记的一讲1")
    page.get_by_label("按这一天当时已入账的记录看").fill((timezone.localdate() - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("已入账 0 条")).to_be_visible()
    visitor.go(f"/cadres/{cadre.pk}/")
    page.get_by_role("link", name="登记荣誉").click()
    page.get_by_label("荣誉名称").fill("全市学习标兵")
    page.get_by_label("授予单位").fill("中共云岭市委组织部")
    page.get_by_label("授予日期").fill("2026-05-04")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="全市学习标兵")).to_be_visible()
    visitor.demand_fits(f"/cadres/{cadre.pk}/", f"/cadres/{cadre.pk}/awards/add/")
