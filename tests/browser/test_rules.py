"""New rules by mouse: looked at, adopted, what they change, the recomputation and its report; a year is closed by hand."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from core.keys import new_key
from organization.models import Unit
from organization.roles import Role
from reports.models import ArchivePaper
from reports.services.year_end import write_statements
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD
from tests.worker import work_off
from trainees.models import CreditBalance, LedgerYear
from trainees.services.duties import assign_duties
from trainees.services.ledger import Learning, post

pytestmark = pytest.mark.browser


@pytest.fixture
def office(own_database: str, fast_passwords: None, settings) -> Unit:
    """Three people who taught and learned in 2025."""
    settings.SECOND_FACTOR = "off"
    office = make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    account_of("keyuan", "韩朝雪", office, Role.STAFF)
    bureau = make.unit("YL01", "云岭市史志研究中心", office)
    for place, name in enumerate(("司马清扬", "欧阳致远", "沈若溪")):
        who = make.cadre(name, bureau, office)
        for channel, hours in (("off_job", 40 + 20 * place), ("teaching", 4)):
            learned = Learning(
                who.pk, date(2025, 6, 30), channel, Decimal(hours), Decimal(0), "培训", "class", new_key()
            )
            post([learned], actor=None)
    assign_duties(None, 2025, actor=None)
    return office


def test_a_new_version_is_looked_at_adopted_and_applied(visitor: Visitor, office: Unit) -> None:
    page = visitor.page
    page.set_default_timeout(15_000)
    page.set_viewport_size(DESK)
    visitor.sign_in("keyuan", PASSWORD)
    visitor.go("/rules/credits/")
    visitor.demand_fits()
    page.get_by_role("link", name="制定新一版").click()
    page.get_by_label("生效日期").fill("2025-01-01")
    page.get_by_label("依据").fill("云组〔2025〕5号")
    page.get_by_role("group", name="授课").get_by_label("每学时学分").fill("4")
    visitor.demand_fits()
    page.get_by_role("button", name="看有什么变化").click()
    expect(page.get_by_text("每学时计 4 选修学分")).to_be_visible()
    page.get_by_role("button", name="启用这一版").click()
    expect(page.get_by_text("请看要不要重算")).to_be_visible()
    expect(page.get_by_text("正在核对重算会有哪些变化")).to_be_visible()
    visitor.demand_fits()
    work_off("recompute_read")
    expect(page.get_by_text("20 → 16").first).to_be_visible()
    visitor.demand_fits()
    page.get_by_role("button", name="办理重算").first.click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("重算的依据").fill("云组〔2025〕5号")
    dialog.get_by_role("button", name="办理重算").click()
    expect(page.get_by_text("正在重算")).to_be_visible()
    work_off("recompute_write")
    expect(page.get_by_role("heading", name="2025年重算报告")).to_be_visible()
    expect(page.get_by_text("−4").first).to_be_visible()
    visitor.demand_fits()
    assert set(CreditBalance.objects.filter(year=2025).values_list("elective", flat=True)) == {16}


def test_a_year_is_closed_by_typing_it_out(visitor: Visitor, office: Unit) -> None:
    page = visitor.page
    page.set_default_timeout(15_000)
    page.set_viewport_size(PHONE)
    visitor.sign_in("keyuan", PASSWORD)
    visitor.go("/ledger/")
    page.get_by_role("link", name="2025年", exact=True).click()
    expect(page.get_by_text("将结转 2 人 40 学分到2026年选修")).to_be_visible()
    visitor.demand_fits()
    page.get_by_label("确认").fill("2025年结账")
    page.get_by_role("button", name="结账", exact=True).click()
    expect(page.get_by_text("正在结账")).to_be_visible()
    visitor.demand_fits()
    work_off("year_close")
    expect(page.get_by_text("结账后没有新的入账")).to_be_visible()
    visitor.demand_fits()
    assert LedgerYear.objects.get(year=2025).closed_at
    write_statements(ArchivePaper.objects.get().pk)
    visitor.go("/statements/")
    expect(page.get_by_text("云岭市史志研究中心")).to_be_visible()
    visitor.demand_fits()
