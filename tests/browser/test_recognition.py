"""Recognition by mouse and on a phone: an export mapped, rehearsed, taken in; filed on a phone, vetted, previewed, confirmed."""

import pytest
from playwright.sync_api import FilePayload, expect

from organization.roles import Role
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.cast import City, build_city
from tests.trainees import recognition_rows as rows
from trainees.models import CreditEntry, Platform, Recognition

pytestmark = pytest.mark.browser

PASSWORD = "Qing-Shan-2026"
HEAD = "学员,证件号,专题,学时数,进度,学完日期"


@pytest.fixture
def city(own_database: str, fast_passwords: None, files_in_memory: None) -> City:
    made = build_city("云岭")
    second = make.account("yl_staff2", "陆知微", unit=made.root)
    make.grant(second, Role.STAFF, made.root)
    made.accounts["staff2"] = second
    for who in made.accounts.values():
        who.set_password(PASSWORD)
        who.save()
    rows.platform(made)
    return made


def signed_in(visitor: Visitor, who: str) -> None:
    visitor.page.context.clear_cookies()
    visitor.sign_in(who, PASSWORD)


def export(city: City) -> bytes:
    """With headings of its own: hours, shares in per cent; the second has not finished."""
    first, second = city.cadres[0], city.cadres[2]
    lines = [
        f"{first.name},{first.open_id_number()},乡村振兴专题,2.5,100%,2026-03-02",
        f"{second.name},{second.open_id_number()},乡村振兴专题,2,60%,2026-03-02",
    ]
    return "\n".join((HEAD, *lines)).encode("gb18030")


def test_an_export_is_mapped_once_and_taken_in(visitor: Visitor, city: City, tmp_path) -> None:
    page = visitor.page
    signed_in(visitor, "yl_liaison")
    visitor.go("/platforms/")
    page.get_by_role("link", name="导入记录").click()
    page.locator("input[name=records]").set_input_files(
        {"name": "学习记录.csv", "mimeType": "text/csv", "buffer": export(city)}
    )
    page.get_by_role("button", name="上传并核对").click()

    # the file's first rows, and what each column may be; the rest is said by hand
    expect(page.get_by_role("heading", name="各列是什么")).to_be_visible()
    expect(page.get_by_role("cell", name="乡村振兴专题").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(city.cadres[0].open_id_number())
    expect(page.get_by_label("姓名")).to_have_value("学员")
    expect(page.get_by_label("身份证号")).to_have_value("证件号")
    page.screenshot(path=str(tmp_path / "columns_1366.png"), full_page=True)
    page.get_by_label("课程名称").select_option("专题")
    page.get_by_label("学习时长", exact=False).first.select_option("学时数")
    page.get_by_label("完成日期").select_option("学完日期")
    page.get_by_label("学习时长的单位").select_option(label="学时")
    page.get_by_role("button", name="记住并核对").click()

    expect(page.get_by_text("可以导入 1 条")).to_be_visible()
    expect(page.get_by_text("课程只完成了 60%")).to_be_visible()
    page.set_viewport_size(PHONE)
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "rehearsal_360.png"), full_page=True)
    page.set_viewport_size(DESK)
    page.screenshot(path=str(tmp_path / "rehearsal_1366.png"), full_page=True)
    page.get_by_role("button", name="确认导入").click()
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("已导入 1 条，视同单位审核通过")).to_be_visible()
    row = Recognition.objects.get()
    assert (row.state, row.hours, row.minutes) == ("vetted", 2.5, None)
    assert Platform.objects.get().columns["title"] == "专题"
    assert visitor.complaints == []


def test_filed_on_a_phone_vetted_previewed_confirmed(visitor: Visitor, city: City, tmp_path) -> None:
    page = visitor.page
    page.set_viewport_size(PHONE)
    signed_in(visitor, "yl_trainee")
    visitor.go("/my/recognitions/")
    page.get_by_role("link", name="申报学时").first.click()
    page.get_by_label("学习方式").select_option(label="网络培训")
    expect(page.get_by_label("学习时长（分钟）")).to_be_visible()
    expect(page.get_by_label("天数")).to_be_hidden()
    page.get_by_label("学习方式").select_option(label="单位内训")
    expect(page.get_by_label("学习时长（分钟）")).to_be_hidden()
    page.get_by_label("学习内容").fill("业务技能内训班")
    page.get_by_label("开始日期").fill("2026-03-02")
    page.get_by_label("结束日期").fill("2026-03-04")
    page.get_by_label("学时").fill("24")
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "form_360.png"), full_page=True)
    proofs: list[FilePayload] = [
        {"name": f"证书{n}.pdf", "mimeType": "application/pdf", "buffer": make.PDF} for n in (1, 2)
    ]
    page.locator("input[name=proofs]").set_input_files(proofs)
    expect(page.locator("[data-drop-name]")).to_have_text("证书1.pdf、证书2.pdf")
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_text("已申报，等待单位审核")).to_be_visible()
    expect(page.get_by_text("计 18 必修学分")).to_be_visible()
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "page_360.png"), full_page=True)

    page.set_viewport_size(DESK)
    signed_in(visitor, "yl_liaison")
    visitor.go("/recognitions/")
    vet = page.get_by_role("button", name="审核通过")
    expect(vet).to_be_disabled()
    page.get_by_label("本页全选").check()
    expect(page.get_by_text("已勾选 1 条")).to_be_visible()
    page.screenshot(path=str(tmp_path / "list_1366.png"), full_page=True)
    vet.click()
    expect(page.get_by_text("已审核通过：业务技能内训班")).to_be_visible()

    signed_in(visitor, "yl_staff2")
    visitor.go("/recognitions/")
    page.get_by_label("勾选 司马清扬：业务技能内训班").check()
    page.get_by_role("button", name="确认学分…").click()
    expect(page.get_by_text("每次最多计 18 学分")).to_be_visible()
    page.screenshot(path=str(tmp_path / "confirm_1366.png"), full_page=True)
    page.get_by_role("button", name="确认 1 条，共 18 学分").click()
    expect(page.get_by_text("已认定，学分已记入台账：业务技能内训班")).to_be_visible()
    assert CreditEntry.objects.get().credits == 18
    row = Recognition.objects.get()
    visitor.go(f"/recognitions/{row.pk}/")
    page.screenshot(path=str(tmp_path / "confirmed_1366.png"), full_page=True)
    visitor.go("/platforms/")
    page.screenshot(path=str(tmp_path / "platforms_1366.png"), full_page=True)
    assert visitor.complaints == []
