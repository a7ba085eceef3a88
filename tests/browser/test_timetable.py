"""The week of a class by mouse, by keys and on a phone."""

from datetime import date

import pytest
from playwright.sync_api import expect

from organization.roles import Role
from tests import factories as make
from tests.browser.conftest import PHONE, Visitor
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD
from training.models import Session, TrainingClass

pytestmark = pytest.mark.browser


@pytest.fixture
def one(own_database: str, fast_passwords: None) -> TrainingClass:
    """A running class of two weeks with two sessions on its Monday."""
    office = make.unit("YL", "中共云岭市委组织部")
    who = account_of("banzhuren", "韩朝雪", office, Role.SCHOOL)
    held = make.training_class(office, "春季中青年干部班", "YL-01", state=TrainingClass.State.RUNNING)
    make.class_role(who, held)
    for number in range(2):
        make.session(held, number, title=("习近平经济思想", "基层治理案例")[number], teacher_name="穆教授", hours=3)
    return held


def where(title: str) -> tuple[date, int]:
    row = Session.objects.get(title=title)
    return row.date, row.period


def test_a_session_is_added_dragged_moved_by_keys_and_taken_out(visitor: Visitor, one: TrainingClass) -> None:
    page = visitor.page
    visitor.sign_in("banzhuren", PASSWORD)
    visitor.go(f"/classes/{one.pk}/timetable/?week=2026-03-02")
    page.get_by_role("link", name="在3月3日下午增加课次").click()
    page.get_by_label("课程名称").fill("党性分析交流")
    page.get_by_label("学时").fill("4.5")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("超过了 4 学时的上限")).to_be_visible()
    page.get_by_label("学时").fill("2")
    page.get_by_label("教学形式").fill("研讨")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已增加“党性分析交流”")).to_be_visible()
    assert where("党性分析交流") == (date(2026, 3, 3), 2)

    lesson = page.locator(".lesson", has_text="党性分析交流")
    lesson.drag_to(page.locator("td[data-date='2026-03-05'][data-period='1']"))
    expect(page.get_by_text("已移动：党性分析交流")).to_be_visible()
    assert where("党性分析交流") == (date(2026, 3, 5), 1)

    lesson.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("td[data-date='2026-03-06'][data-period='1'] .lesson")).to_be_visible()
    assert where("党性分析交流") == (date(2026, 3, 6), 1)

    # what the rules refuse moves nothing and says why
    lesson.drag_to(page.locator("td[data-date='2026-03-02'][data-period='1']"))
    expect(page.get_by_text("超过了 4 学时的上限")).to_be_visible()
    assert where("党性分析交流") == (date(2026, 3, 6), 1)

    page.keyboard.press("Escape")
    lesson.click()
    page.get_by_role("button", name="删除课次").click()
    page.locator("dialog[open]").get_by_role("button", name="删除课次").click()
    expect(page.get_by_text("已删除“党性分析交流”")).to_be_visible()
    assert Session.objects.count() == 2
    assert [one for one in visitor.complaints if "403" not in one] == []


def test_the_week_and_the_form_on_a_phone(visitor: Visitor, one: TrainingClass) -> None:
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.sign_in("banzhuren", PASSWORD)
    for path in ("timetable/?week=2026-03-02", "timetable/add/", "timetable/print/"):
        visitor.go(f"/classes/{one.pk}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert visitor.complaints == []
