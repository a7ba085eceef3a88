"""Leave through the pages: asked for on a phone, decided at a desk by keyboard, on the class's tab, ended on return."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Visitor
from tests.training.leave.conftest import School, build_school, lesson
from training.models import AttendanceMark, LeaveRequest

pytestmark = pytest.mark.browser

PASSWORD = "Qing-Shan-2026"


@pytest.fixture
def school(own_database: str, fast_passwords: None, files_in_memory: None) -> School:
    """A class of fourteen half-days whose first morning has two sessions."""
    made = build_school(date(2027, 3, 1))
    for who in made.accounts.values():
        who.set_password(PASSWORD)
        who.save()
    lesson(made.training_class, date(2027, 3, 1), 1, 2, "0.5")
    return made


def signed_out(visitor: Visitor, who: str) -> None:
    visitor.page.context.clear_cookies()
    visitor.sign_in(who, PASSWORD)


def test_asked_for_on_a_phone_granted_at_a_desk(visitor: Visitor, school: School, tmp_path) -> None:
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.sign_in("yl_trainee", PASSWORD)
    visitor.go("/my/leaves/")
    expect(page.get_by_text("还可以请 8 学时")).to_be_visible()
    assert visitor.narrow()
    page.get_by_role("link", name="请假", exact=True).last.click()

    # from–to ticks whole half-days, a single session by itself; the meter runs along, exactly
    said = page.locator("[data-said]")
    page.get_by_label("从", exact=True).select_option(label="3月1日上午")
    expect(said).to_contain_text("本次 1 个半天、4.5 学时，须经：班主任。批准后共请假 4.5 学时，还可以请 3.5 学时")
    page.get_by_label("到", exact=True).select_option(label="3月1日下午")
    expect(said).to_contain_text("2 个半天、8.5 学时，须经：班主任 → 学校办公室（教务处）")
    expect(said).to_contain_text("超过总学时 56.5 的七分之一，将按规定作退学处理")
    page.get_by_label("公假").check()
    expect(said).to_contain_text("公假不计入七分之一")
    page.get_by_label("病假").check()
    page.get_by_role("checkbox", name="讨论").uncheck()
    expect(said).to_contain_text("批准后共请假 8 学时，还可以请 0 学时")
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "form_360.png"), full_page=True)

    # what is wrong is said beside the form, and what was ticked stays
    page.get_by_label("事由").fill("发热，去医院检查")
    page.locator("input[name=proof]").set_input_files(
        {"name": "假条.pdf", "mimeType": "application/pdf", "buffer": b"GIF89a"}
    )
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("只接受 PDF、JPG、PNG 文件")).to_be_visible()
    assert page.locator("input[name=sessions]:checked").count() == 2
    page.locator("input[name=proof]").set_input_files(
        {"name": "假条.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
    )
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("请假申请已提交，等待审批")).to_be_visible()
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "request_360.png"), full_page=True)
    row = LeaveRequest.objects.get()
    assert (row.hours, row.half_days, row.kind) == (8, 2, "sick")
    assert row.proof_name == "假条.pdf"

    # the manager, by keyboard alone
    page.set_viewport_size(DESK)
    signed_out(visitor, "yl_manager")
    expect(page.get_by_role("link", name="1 份请假等您审批")).to_be_visible()
    visitor.go(f"/leaves/{row.pk}/")
    page.screenshot(path=str(tmp_path / "request_1366.png"), full_page=True)
    page.get_by_label("审批意见").focus()
    page.keyboard.type("同意，注意休息")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已同意，转下一级审批")).to_be_visible()
    assert not AttendanceMark.objects.exists()

    # the office has no class door, only what is asked of it
    signed_out(visitor, "yl_office")
    expect(page.get_by_role("heading", name="请假审批")).to_be_visible()
    page.screenshot(path=str(tmp_path / "inbox_1366.png"), full_page=True)
    page.get_by_role("link", name="司马清扬").click()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("已准假，考勤已登记")).to_be_visible()
    assert AttendanceMark.objects.filter(source="leave", mark="sick").count() == 2

    # the tab, and back a session early
    signed_out(visitor, "yl_manager")
    visitor.go(f"/classes/{school.training_class.pk}/leaves/")
    expect(page.get_by_text("在上限内")).to_be_visible()
    page.screenshot(path=str(tmp_path / "tab_1366.png"), full_page=True)
    page.get_by_role("link", name="司马清扬").first.click()
    page.get_by_label("从哪一课次起到课").select_option(index=1)
    page.get_by_role("button", name="已回来，销假").click()
    expect(page.get_by_text("已销假").first).to_be_visible()
    assert AttendanceMark.objects.filter(source="leave").count() == 1
    page.set_viewport_size(PHONE)
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "returned_360.png"), full_page=True)
    visitor.go(f"/classes/{school.training_class.pk}/leaves/")
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "tab_360.png"), full_page=True)
    assert visitor.complaints == []
