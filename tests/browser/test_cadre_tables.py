"""Awards by Excel in a real browser: from the list of people to the table, a sheet with a fault, a sheet that is taken."""

import pytest
from playwright.sync_api import expect

from portal.pages.sheets import table_workbook
from tests.cast import build_city

pytestmark = pytest.mark.browser
PASSWORD = "Yunling-2026-ok"
HEADS = ("姓名", "身份证号", "荣誉名称", "授予单位", "授予日期", "说明")


def sheet(*rows) -> dict[str, object]:
    data = table_workbook("学习荣誉", HEADS, rows)
    return {
        "name": "学习荣誉.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": data,
    }


def test_awards_from_the_sheet_to_the_list(visitor, files_in_memory, fast_passwords):
    city = build_city("云岭")
    city.staff.set_password(PASSWORD)
    city.staff.save()
    visitor.sign_in(city.staff.username, PASSWORD)
    page, (one, two, _) = visitor.page, city.cadres
    good = [
        (who.name, who.open_id_number(), "学习型好干部", "中共云岭市委组织部", "2026-04-01", "") for who in (one, two)
    ]
    visitor.go("/cadres/")
    visitor.demand_both_sizes()
    page.get_by_role("link", name="荣誉、任职与减免").click()
    page.get_by_role("link", name="导入").first.click()
    visitor.demand_both_sizes()
    page.locator("input[type=file]").set_input_files(sheet(*good, (two.name, one.open_id_number(), *good[0][2:])))
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("姓名与该身份证号的干部不一致")).to_be_visible()
    visitor.demand_both_sizes()
    page.get_by_role("link", name="重新上传").click()
    page.locator("input[type=file]").set_input_files(sheet(*good))
    page.get_by_role("button", name="上传并核对").click()
    visitor.demand_both_sizes()
    page.get_by_role("button", name="确认导入").first.click()
    page.get_by_role("dialog").get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("已新增 2 条，更改 0 条")).to_be_visible()
    visitor.demand_both_sizes()
    page.get_by_role("link", name="任职", exact=True).click()
    expect(page.get_by_role("heading", name="任职", level=1)).to_be_visible()
    visitor.demand_both_sizes()
