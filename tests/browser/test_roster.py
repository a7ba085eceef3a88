"""A roster in a real browser: found in the rail, uploaded, waited for, every difference looked at, confirmed, in the list."""

import pytest
from playwright.sync_api import expect

from core.jobs import drain
from core.models import Batch, BatchItem
from tests.cast import build_city
from tests.trainees.roster.files import number, sheet_of

pytestmark = pytest.mark.browser
PASSWORD = "Yunling-2026-ok"


@pytest.fixture
def staff(visitor, files_in_memory, fast_passwords, settings):
    city = build_city("云岭")
    city.staff.set_password(PASSWORD)
    city.staff.save()
    visitor.sign_in(city.staff.username, PASSWORD)
    return visitor, city


def worked_off() -> None:
    waiting = BatchItem.objects.filter(state=BatchItem.State.WAITING).values("batch")
    for batch in Batch.objects.filter(pk__in=waiting):
        drain(batch.pk)


def rows(city) -> list[dict[str, object]]:
    """A new one, a move, a number under another name, and one that stays."""
    one, two, three = city.cadres
    new = {"姓名": "林知远", "身份证号": number(1), "单位": city.bureau.name, "职务": "副主任", "职务层次": "乡科级副职",
           "任职时间": "2024-05-06", "手机号": "13900001234"}  # fmt: skip
    moved = {
        "姓名": one.name,
        "身份证号": one.open_id_number(),
        "单位": city.sibling.name,
        "职务": "处长",
        "任职时间": "2026-02-01",
    }
    renamed = {"姓名": "欧阳志远", "身份证号": two.open_id_number(), "单位": two.unit.name}
    return [new, moved, renamed, {"姓名": three.name, "身份证号": three.open_id_number(), "单位": three.unit.name}]


def send(visitor, rows_of_file: list[dict[str, object]]) -> None:
    visitor.go("/rosters/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = {"name": "干部花名册.xlsx", "mimeType": kind, "buffer": sheet_of(rows_of_file)}
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.page.get_by_role("button", name="上传并核对").click()


def test_a_roster_from_the_rail_to_the_list(staff):
    visitor, city = staff
    page = visitor.page
    page.get_by_role("link", name="干部", exact=True).first.click()
    expect(page.get_by_role("link", name="司马清扬")).to_be_visible()
    visitor.demand_both_sizes()
    page.get_by_role("link", name="导入花名册").click()
    visitor.demand_both_sizes()
    send(visitor, rows(city))
    expect(page.get_by_text("正在核对")).to_be_visible()
    visitor.demand_both_sizes()
    worked_off()
    expect(page.get_by_text("没有错误；请看清下面的差异再确认")).to_be_visible()
    visitor.demand_both_sizes()
    page.locator("input[name=accepted]").check()
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("正在写入")).to_be_visible()
    worked_off()
    expect(page.get_by_text("导入完成：新增 1 人、更改 2 人、调动 1 人")).to_be_visible()
    visitor.demand_both_sizes()
    page.get_by_role("link", name="看干部名单").click()
    expect(page.get_by_role("link", name="林知远")).to_be_visible()
    expect(page.get_by_role("link", name="欧阳志远")).to_be_visible()
    page.get_by_label("单位（含下级）").select_option(label="　" + city.sibling.name)
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("link", name="林知远")).to_have_count(0)
    expect(page.get_by_role("link", name="司马清扬")).to_be_visible()
    assert visitor.complaints == []


def test_faults_stand_by_row_and_column(staff):
    visitor, city = staff
    bad = [one | {"身份证号": "990001198005010011", "民族": "火星"} for one in rows(city)[:2]]
    send(visitor, [*bad, {"姓名": "林再来", "身份证号": number(3), "单位": "云岭市史志研究"}])
    worked_off()
    expect(visitor.page.get_by_text("处错误，改正后才能导入")).to_be_visible()
    expect(visitor.page.get_by_text("校验位不符").first).to_be_visible()
    expect(visitor.page.get_by_role("button", name="确认导入")).to_have_count(0)
    visitor.demand_both_sizes()
    assert visitor.complaints == []
