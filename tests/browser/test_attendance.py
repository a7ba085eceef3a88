"""The attendance grid before a real browser: by keys at a desk, by taps on a phone, with somebody else at work."""

import os
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from organization.models import Account
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD
from training.models import AttendanceMark, Enrolment, LeaveRequest, LeaveSession, TrainingClass
from training.services.attendance import Edit, save_marks

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES")  # a folder, to look at the pages
SURNAMES = "沈欧闻司程柳顾傅苏叶"
GIVEN = ("若溪", "致远", "书砚", "清扬", "守拙")
Class = tuple[TrainingClass, list[Enrolment], list, Account]


@pytest.fixture
def story(live_url: str, files_in_memory, fast_passwords) -> Class:
    """A class of fifty in five groups, two weeks of twenty half-days, its manager and a colleague."""
    town = make.unit("YL", "中共云岭市委组织部")
    manager, colleague = account_of("banzhuren", "闻书砚", town, "school"), make.account("tongshi", "周知行", unit=town)
    one = make.training_class(
        town, "云岭市2026年中青年干部综合研修班", "YL-2026-1", state="running", attendance_kept=False,
        start=date(2026, 6, 1), end=date(2026, 6, 12),
    )  # fmt: skip
    make.class_role(manager, one)
    seats = [
        make.enrolment(
            one,
            make.cadre(SURNAMES[n // 5] + GIVEN[n % 5], town, town),
            n + 1,
            state="reported",
            group=f"第{n // 10 + 1}组",
        )
        for n in range(50)
    ]
    lessons = [make.session(one, n, recorded=False) for n in range(10)]
    lessons += [make.session(one, n, recorded=False, date=date(2026, 6, 8 + n // 2)) for n in range(10)]
    return one, seats, lessons, colleague


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def open_grid(visitor: Visitor, one: TrainingClass, query: str = "week=2026-06-01") -> Page:
    visitor.sign_in("banzhuren", PASSWORD)
    visitor.go(f"/classes/{one.pk}/attendance/?{query}")
    return visitor.page


def saved(page: Page) -> None:
    expect(page.locator("#att-state")).to_have_text("已保存")
    expect(page.locator(".is-pending")).to_have_count(0)


def marks(one: TrainingClass, when) -> dict[int, str]:
    rows = AttendanceMark.objects.filter(training_class=one, session=when)
    return dict(rows.values_list("enrolment__position", "mark"))


class Keys:
    """Counts the keys that are pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1


def test_a_session_of_fifty_with_three_exceptions_takes_at_most_eight_keys(visitor: Visitor, story: Class) -> None:
    one, _, lessons, _ = story
    page = open_grid(visitor, one)
    page.locator("#att-grid tbody .att-cell").first.click()
    keys = Keys(page)
    keys.press("5", "c", "ArrowDown", "b", "9", "k", "a")
    saved(page)
    assert keys.pressed <= 8
    expected = dict.fromkeys(range(1, 51), "present") | {5: "late", 6: "sick", 9: "absent"}
    assert marks(one, lessons[0]) == expected
    expect(page.locator("tfoot .att-foot").first).to_have_text("96%")
    picture(page, "grid-desk")

    # the second session: three people far apart, picked by the pointer, four keys
    keys = Keys(page)
    column = page.locator("#att-grid tbody tr td:nth-child(3)")
    for row, key in ((7, "z"), (28, "s"), (44, "g")):
        column.nth(row).click()
        keys.press(key)
    keys.press("a")
    saved(page)
    assert keys.pressed == 4
    expected = dict.fromkeys(range(1, 51), "present") | {8: "early", 29: "personal", 45: "official"}
    assert marks(one, lessons[1]) == expected
    assert visitor.complaints == []


def test_a_selection_is_marked_at_once_and_undone_step_by_step(visitor: Visitor, story: Class) -> None:
    one, _, lessons, _ = story
    page = open_grid(visitor, one)
    page.locator("#att-grid tbody .att-cell").first.click()
    for key in ("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight", "c", "Control+Home"):
        page.keyboard.press(key)
    saved(page)
    assert marks(one, lessons[0]) == marks(one, lessons[1]) == {1: "late", 2: "late", 3: "late"}
    page.locator("#att-grid tbody .att-cell").first.click()
    page.keyboard.press("k")
    page.keyboard.press("Delete")
    page.keyboard.press(" ")
    saved(page)
    assert marks(one, lessons[0])[1] == "present"
    for expected in (None, "absent", "late"):
        page.keyboard.press("Control+z")
        expect(page.locator("#att-told")).to_contain_text("沈若溪")
        saved(page)
        assert marks(one, lessons[0]).get(1) == expected
    page.keyboard.press("Control+z")
    saved(page)
    page.wait_for_function("document.getElementById('att-undo').disabled")
    saved(page)
    assert marks(one, lessons[0]) == marks(one, lessons[1]) == {}
    assert visitor.complaints == []


def test_two_at_work_see_both_values_and_each_others_marks(visitor: Visitor, story: Class) -> None:
    one, seats, lessons, colleague = story
    page = open_grid(visitor, one)
    first = page.locator("#att-grid tbody .att-cell").first
    first.click()
    page.route("**/attendance/changes/**", lambda route: route.abort())
    save_marks(one, [Edit(seats[0].pk, lessons[0].pk, "late")], actor=colleague)
    page.keyboard.press("k")
    bubble = page.locator("#att-bubble")
    expect(bubble).to_contain_text("周知行")
    expect(bubble).to_contain_text("记为迟到，您要记的是旷课")
    picture(page, "grid-conflict")
    assert marks(one, lessons[0]) == {1: "late"}
    page.get_by_role("button", name="改为旷课").click()
    saved(page)
    assert marks(one, lessons[0]) == {1: "absent"}

    # what the colleague changes comes by itself; what was changed since is not undone
    page.unroute("**/attendance/changes/**")
    version = AttendanceMark.objects.get(enrolment=seats[0]).version
    save_marks(one, [Edit(seats[0].pk, lessons[0].pk, "early", version)], actor=colleague)
    expect(first).to_have_text("早")
    page.keyboard.press("Control+z")
    expect(page.locator("#att-told")).to_contain_text("1 格此后被他人更改，没有撤销")
    assert marks(one, lessons[0]) == {1: "early"}
    page.keyboard.press("h")
    expect(page.locator("#att-history")).to_contain_text("旷课 → 早退")
    picture(page, "grid-history")
    assert [text for text in visitor.complaints if "ERR_FAILED" not in text] == []


def test_leave_is_changed_only_after_a_question(visitor: Visitor, story: Class) -> None:
    one, seats, lessons, _ = story
    leave = LeaveRequest.objects.create(
        training_class=one, enrolment=seats[0], kind="sick", reason="住院", first=lessons[0].date, last=lessons[0].date,
        hours=4, half_days=1, state="granted",
    )  # fmt: skip
    LeaveSession.objects.create(request=leave, session=lessons[0], date=lessons[0].date, period=lessons[0].period)
    AttendanceMark.objects.create(
        training_class=one, enrolment=seats[0], session=lessons[0], mark="sick", source="leave", leave=leave
    )
    page = open_grid(visitor, one)
    page.locator("#att-grid tbody .att-cell").first.click()
    page.keyboard.press("a")
    saved(page)
    assert marks(one, lessons[0])[1] == "sick"
    page.keyboard.press(" ")
    dialog = page.locator("#att-leave")
    expect(dialog).to_contain_text("沈若溪 6月1日上午 是已准的病假，您要改记为出勤")
    dialog.get_by_role("button", name="不，保留请假").click()
    page.keyboard.press(" ")
    dialog.get_by_role("button", name="改掉", exact=True).click()
    saved(page)
    assert marks(one, lessons[0])[1] == "present"
    page.keyboard.press("Control+z")
    saved(page)
    expect(page.locator("#att-grid tbody .att-cell").first).to_have_text("病")
    row = AttendanceMark.objects.get(enrolment=seats[0], session=lessons[0])
    assert (row.mark, row.source, row.leave) == ("sick", "leave", leave)
    assert visitor.complaints == []


def test_a_broken_line_is_told_and_nothing_is_lost(visitor: Visitor, story: Class) -> None:
    one, _, lessons, _ = story
    page = open_grid(visitor, one)
    page.locator("#att-grid tbody .att-cell").first.click()
    page.route("**/attendance/marks/", lambda route: route.abort())
    page.keyboard.press("c")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("c")
    expect(page.locator("#att-state")).to_have_text("未保存 2 格，正在重试")
    picture(page, "grid-retrying")
    page.unroute("**/attendance/marks/")
    saved(page)
    assert marks(one, lessons[0]) == {1: "late", 2: "late"}


def test_on_a_phone_the_names_stay_and_the_taps_count(visitor: Visitor, story: Class) -> None:
    one, _, lessons, _ = story
    page = visitor.page
    page.set_viewport_size(PHONE)
    open_grid(visitor, one)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    name = page.locator("#att-grid tbody .att-name").first
    before = name.evaluate("element => element.getBoundingClientRect().x")
    page.locator(".att-scroll").evaluate("box => box.scrollLeft = 200")
    assert name.evaluate("element => element.getBoundingClientRect().x") == before
    page.locator("#att-grid tbody .att-cell").nth(4).click()
    page.get_by_role("button", name="迟到").click()
    saved(page)
    assert marks(one, lessons[4]) == {1: "late"}
    picture(page, "grid-phone")

    visitor.go(f"/classes/{one.pk}/attendance/now/?session={lessons[3].pk}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="沈若溪").click()
    page.get_by_role("button", name="沈致远").dblclick()
    page.get_by_role("button", name="其余全部出勤").click()
    saved(page)
    expect(page.locator("#call-counts")).to_contain_text("未记 0 人")
    assert marks(one, lessons[3]) == dict.fromkeys(range(1, 51), "present") | {2: "late"}
    picture(page, "now-phone")
    assert visitor.complaints == []


def test_readers_of_screens_find_a_grid(visitor: Visitor, story: Class) -> None:
    one, _, _, _ = story
    page = open_grid(visitor, one)
    page.set_viewport_size(DESK)
    grid = page.get_by_role("grid", name="考勤表")
    assert grid.get_by_role("gridcell").count() >= 500
    assert grid.locator("[tabindex='0']").count() == 1
    grid.locator("[tabindex='0']").focus()
    page.keyboard.press("Shift+ArrowDown")
    assert grid.locator("[aria-selected=true]").count() == 2
    expect(page.locator("#att-told")).to_have_attribute("aria-live", "polite")
