"""The pages of grants, accounts and deputies at a desk and on a phone: nothing wider than its screen, no complaint."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from organization.models import Account, Unit
from organization.roles import Role
from organization.services import add_account, deputise
from tests import factories as make
from tests.browser.conftest import Visitor
from tests.browser.test_signing_in import looks_right
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD
from training.models import ClassRole
from training.services.naming import deputise_class_role

pytestmark = pytest.mark.browser


@pytest.fixture
def office(live_url: str, files_in_memory, fast_passwords, settings) -> dict[str, Account]:
    settings.SECOND_FACTOR = "off"
    town = make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    roles = {"system": Role.SYSTEM_ADMIN, "security": Role.SECURITY_ADMIN, "staff": Role.STAFF, "other": Role.LIAISON}
    names = {"system": "沙静波", "security": "安守正", "staff": "顾云舟", "other": "方立言"}
    people = {part: account_of(part, names[part], town, role) for part, role in roles.items()}
    today = timezone.localdate()
    original = people["staff"].grants.get()
    deputise(original, people["other"], today, today + timedelta(days=10), "本人休产假", actor=people["security"])
    one = make.training_class(town, "云岭市2026年第一期中青年干部培训班", "YL-1")
    named = make.class_role(people["staff"], one, ClassRole.Kind.MANAGER)
    until = today + timedelta(days=20)
    deputise_class_role(named, people["other"], today, until, "到县里挂职锻炼", actor=people["security"])
    for username, name in (("xinlaizhe", "辛来喆"), ("linwanzhou", "林晚舟")):
        add_account(Account(username=username, display_name=name, unit=town), actor=people["system"])
    return people


def test_the_security_administrators_pages(visitor: Visitor, office: dict[str, Account]) -> None:
    visitor.sign_in("security", PASSWORD)
    held, deputy = office["staff"].grants.get(), office["other"].grants.get(role=Role.STAFF)
    pages = {
        "grants": "organization/grant/", "grant": f"organization/grant/{held.pk}/change/",
        "deputy": f"organization/grant/{deputy.pk}/change/", "deputise": f"organization/grant/add/?deputises={held.pk}",
        "accounts": "organization/account/?approval=waiting", "class-roles": "training/classrole/",
    }  # fmt: skip
    for name, path in pages.items():
        visitor.go(f"/admin/{path}")
        looks_right(visitor, f"grants-{name}")
    visitor.go("/admin/organization/account/?approval=waiting")
    visitor.page.locator("#action-toggle").check()
    visitor.page.get_by_label("动作").select_option("refuse")
    visitor.page.get_by_role("button", name="执行").click()
    looks_right(visitor, "grants-refuse")
    visitor.page.get_by_label("理由").fill("材料不全，退回系统管理员")
    visitor.page.get_by_role("button", name="不予开通").click()
    expect(visitor.page.get_by_text("2 个账号未获批准")).to_be_visible()
    assert visitor.complaints == []


def test_a_deputy_is_told_in_the_account_menu(visitor: Visitor, office: dict[str, Account]) -> None:
    visitor.sign_in("other", PASSWORD)
    visitor.page.locator("summary.tool", has_text="方立言").click()
    expect(visitor.page.get_by_text("组织部干部教育科（代理 顾云舟）")).to_be_visible()
    looks_right(visitor, "grants-menu")
    assert visitor.complaints == []
