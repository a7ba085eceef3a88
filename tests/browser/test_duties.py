"""学习任务 in a browser: from the units down to the people who were missed, on a desk and on a phone, and on paper."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from organization.models import Unit
from tests import factories as make
from tests.browser.conftest import PHONE, Visitor
from tests.cast import City, build_accounts, build_people, build_units
from tests.trainees.ledger_rows import entry
from trainees.models import CreditEntry
from trainees.services.duties import assign_duties

pytestmark = pytest.mark.browser

PASSWORD = "Qing-Shan-2026"
YEAR = timezone.localdate().year
NAMES = ("甘棠", "桑榆", "江蓠", "杜若", "白芷", "辛夷", "木兰", "菖蒲")
UNITS = ("云岭市发展和改革局", "云岭市自然资源和规划局", "云岭市人民医院", "清溪县", "青山区")


@pytest.fixture
def city(own_database: str, fast_passwords: None, files_in_memory: None) -> City:
    """Five more units of four people each; the more to the front a unit stands, the more of its people have attained."""
    made = build_units("云岭")
    build_accounts(made)
    build_people(made)
    for who in made.accounts.values():
        who.set_password(PASSWORD)
        who.save()
    for place, name in enumerate(UNITS):
        unit = make.unit(f"YL1{place}", name, Unit.objects.get(pk=made.root.pk))
        for number in range(4):
            cadre = make.cadre(f"{'赵钱孙李周'[place]}{NAMES[number]}", unit, made.root)
            hours = "90" if number >= place else "36"
            entry(cadre, date(YEAR, 1, 10), hours, str(int(hours) // 6))
            entry(cadre, date(YEAR, 1, 11), "50" if number >= place else "12", channel=CreditEntry.Channel.ONLINE)
    assign_duties(None, YEAR, actor=None)
    return made


def test_from_the_units_to_the_people_who_were_missed(visitor: Visitor, city: City, tmp_path) -> None:
    page = visitor.page
    visitor.sign_in("yl_staff", PASSWORD)
    page.get_by_role("link", name="学习任务", exact=True).click()
    table = page.get_by_role("table").first
    expect(table.get_by_role("row", name="云岭市发展和改革局")).to_contain_text("100.0%")
    expect(table.get_by_role("row", name="清溪县")).to_contain_text("25.0%")
    expect(page.locator("canvas")).to_be_visible()
    page.screenshot(path=str(tmp_path / "units_1366.png"), full_page=True)

    # a head sorts, a figure opens its list, a chip narrows it, a name leads to the archive
    table.get_by_role("link", name="达标率").click()
    expect(page.get_by_role("table").first.locator("tbody tr").first).to_contain_text("0.0%")
    page.get_by_role("link", name="未达标").first.click()
    expect(page.get_by_role("heading", name="干部学习任务")).to_be_visible()
    expect(page.get_by_text("36 / 90 学时", exact=True).first).to_be_visible()
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "people_1366.png"), full_page=True)
    page.get_by_role("link", name="从未脱产培训").click()
    expect(page.locator("tbody tr")).to_have_count(3)

    # less is asked of somebody, at once
    page.get_by_role("link", name="司马清扬").click()
    page.get_by_role("link", name="减免任务").click()
    page.get_by_label("减免比例（%）").fill("50")
    page.get_by_label("理由").fill("长期病休半年")
    page.screenshot(path=str(tmp_path / "exemption_1366.png"), full_page=True)
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("学习任务已随之调整")).to_be_visible()
    visitor.go("/duties/people/?only=never")
    expect(page.get_by_text("0 / 45 学时", exact=True)).to_be_visible()
    visitor.go("/duties/exemptions/")
    page.screenshot(path=str(tmp_path / "exemptions_1366.png"), full_page=True)
    page.get_by_role("button", name="撤销").click()
    page.get_by_label("撤销的理由").fill("已经病愈返岗")
    page.get_by_role("button", name="撤销").last.click()
    expect(page.get_by_text("已撤销").first).to_be_visible()
    assert visitor.complaints == []


def test_a_phone_and_paper(visitor: Visitor, city: City, tmp_path) -> None:
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.sign_in("yl_liaison", PASSWORD)
    visitor.go("/duties/")
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "units_360.png"), full_page=True)
    visitor.go("/duties/people/")
    expect(page.get_by_text("司马清扬")).to_be_visible()
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "people_360.png"), full_page=True)
    page.set_viewport_size({"width": 1123, "height": 794})
    visitor.page.context.clear_cookies()
    visitor.sign_in("yl_leader", PASSWORD)
    expect(page.get_by_role("heading", name="各层次参训覆盖率和达标率")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(2)
    page.screenshot(path=str(tmp_path / "leader.png"), full_page=True)
    visitor.go("/duties/")
    page.emulate_media(media="print")
    page.screenshot(path=str(tmp_path / "units_paper.png"), full_page=True)
    expect(page.locator(".filters")).not_to_be_visible()
    assert visitor.complaints == []
