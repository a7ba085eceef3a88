"""After a class: told at the unit and answered on a phone, for the superior at a desk, closed by the department."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.access import stage_people
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.cast import City, build_city
from training.models import FollowUp, ReportBack, TrainingClass
from training.services.follow_ups import make_follow_ups

pytestmark = pytest.mark.browser
PASSWORD = "Qing-Shan-2026"


@pytest.fixture
def city(own_database: str, fast_passwords: None, files_in_memory: None) -> City:
    """A class that was closed a hundred days ago."""
    made = build_city("云岭")
    for part in ("trainee", "liaison", "staff"):
        made.accounts[part].set_password(PASSWORD)
        made.accounts[part].save()
    today = timezone.localdate()
    closed = {"state": "closed", "closed_on": today - timedelta(days=100)}
    TrainingClass.objects.filter(pk=made.training_class.pk).update(**closed)
    make_follow_ups(today)
    return made


def signed_out(visitor: Visitor, who: str) -> None:
    visitor.page.context.clear_cookies()
    visitor.sign_in(who, PASSWORD)


def answer(visitor: Visitor, step: str) -> None:
    for one in visitor.page.get_by_label(step, exact=True).all():
        one.check()


def test_told_answered_and_closed(visitor: Visitor, city: City, tmp_path) -> None:
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.sign_in("yl_trainee", PASSWORD)
    visitor.go("/my/afterwards/")
    expect(page.get_by_text("逾期 70 天")).to_be_visible()
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "mine_360.png"), full_page=True)

    # told at the unit
    page.get_by_role("link", name="填报述学").click()
    page.get_by_label("述学日期").fill("2026-04-01")
    page.get_by_label("场合").fill("科务会")
    page.get_by_label("听取人数").fill("12")
    page.get_by_label("述学内容").fill(stage_people.TEXT)
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "report_360.png"), full_page=True)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("述学已填报，等待单位确认")).to_be_visible()

    # the own answers
    page.get_by_role("link", name="去填写").click()
    answer(visitor, "比较符合")
    page.get_by_label("举一个学以致用的例子").fill("建立了编研台账")
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "answers_360.png"), full_page=True)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已保存，办结以前可以修改")).to_be_visible()

    # the unit confirms, and answers for the superior without reading the cadre's
    page.set_viewport_size(DESK)
    signed_out(visitor, "yl_liaison")
    page.get_by_role("link", name="述学与回访").click()
    page.get_by_role("link", name="述学", exact=True).click()
    page.screenshot(path=str(tmp_path / "reports_1366.png"), full_page=True)
    page.get_by_role("link", name="司马清扬").click()
    page.get_by_role("button", name="确认", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("已确认司马清扬的述学")).to_be_visible()
    page.get_by_role("link", name="述学与回访").click()
    page.get_by_role("link", name="司马清扬").click()
    expect(page.get_by_text("建立了编研台账")).to_have_count(0)
    page.get_by_role("link", name="代填领导答复").click()
    answer(visitor, "非常符合")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已保存")).to_be_visible()

    # the department closes
    signed_out(visitor, "yl_staff")
    page.get_by_role("link", name="述学与回访").click()
    page.screenshot(path=str(tmp_path / "follow_ups_1366.png"), full_page=True)
    page.get_by_role("link", name="司马清扬").click()
    expect(page.get_by_text("五级答复平均 4.50 分（满分 5），按平均分建议：学用结合好")).to_be_visible()
    page.get_by_label("学用结合好").check()
    page.get_by_label("是", exact=True).check()
    page.screenshot(path=str(tmp_path / "follow_up_1366.png"), full_page=True)
    page.set_viewport_size(PHONE)
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "follow_up_360.png"), full_page=True)
    page.get_by_role("button", name="办结回访").click()
    expect(page.get_by_text("已办结司马清扬的回访")).to_be_visible()
    assert visitor.narrow()
    visitor.go(f"/classes/{city.training_class.pk}/afterwards/")
    page.set_viewport_size(DESK)
    page.screenshot(path=str(tmp_path / "class_1366.png"), full_page=True)
    row = FollowUp.objects.get(enrolment=city.enrolments[0])
    assert (row.outcome, row.promoted) == ("good", True)
    assert ReportBack.objects.get().state == ReportBack.State.CONFIRMED
    assert visitor.complaints == []
