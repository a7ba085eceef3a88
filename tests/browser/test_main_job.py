"""The main job through the pages: a workbook in, its faults seen, corrected, confirmed, issued, explained, downloaded."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from core.jobs import drain
from core.models import Batch
from organization.loading import SHIPPED_UNITS, import_units
from organization.models import Account, Grant, Unit
from organization.roles import Role
from organization.services import set_password
from tests import factories as make
from tests.browser.conftest import PHONE, Visitor
from tests.samples import DATA, expected
from trainees.models import Cadre
from training.models import ClassRole, TrainingClass

pytestmark = pytest.mark.browser

PASSWORD = "Qing-Shan-2026"


@pytest.fixture
def office(own_database: str, fast_passwords: None) -> dict[str, Account]:
    """The shipped units, a class manager of the school and an assessor."""
    import_units(SHIPPED_UNITS)
    root, school = Unit.objects.get(code="YL"), Unit.objects.get(code="YLDX")
    accounts = {}
    for username, name in (("banzhuren", "班主任甲"), ("kaoping", "考评组甲"), ("xueyuan", "学员甲")):
        accounts[username] = make.account(username, name, unit=school)
        set_password(accounts[username], PASSWORD, now=timezone.now())
    Grant.objects.create(account=accounts["banzhuren"], role=Role.SCHOOL, unit=root, since=date(2020, 1, 1))
    return accounts


def upload(page: Page, name: str) -> None:
    page.get_by_role("link", name="上传工作簿").first.click()
    page.set_input_files("input[type=file]", str(DATA / f"{name}.xlsx"))
    page.get_by_role("button", name="上传并核对").click()


def test_the_main_job_through_the_pages(visitor: Visitor, office: dict[str, Account], tmp_path) -> None:
    page = visitor.page
    visitor.sign_in("banzhuren", PASSWORD)
    expect(page.get_by_role("heading", name="班次", exact=True)).to_be_visible()

    # a workbook with faults is refused, each fault in its row of the table
    upload(page, "class_faulty")
    errors = expected("faulty")["faults"]
    expect(page.get_by_text(f"有 {len(errors)} 处错误，改正后才能导入")).to_be_visible()
    assert page.locator(".fault-table").first.is_visible()
    assert page.get_by_role("button", name="确认导入").count() == 0
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载标注后的工作簿").click()
    assert marked.value.suggested_filename == "已标注_class_faulty.xlsx"
    assert not TrainingClass.objects.exists()

    # the right one is confirmed
    upload(page, "class_clean")
    page.get_by_role("button", name="确认导入").click()
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_role("heading", name="导入完成")).to_be_visible()
    one = TrainingClass.objects.get()
    trainees = expected("clean")["results"]
    page.get_by_role("link", name="打开班次").click()
    page.get_by_role("link", name="成绩", exact=True).click()
    assert page.locator(".table-sticky tbody tr").count() == len(trainees)

    # the manager keeps, the assessors confirm
    ClassRole.objects.create(training_class=one, account=office["kaoping"], kind="assessor", since=date(2020, 1, 1))
    ClassRole.objects.create(training_class=one, account=office["kaoping"], kind="manager", since=date(2020, 1, 1))
    assert page.get_by_role("button", name="确认成绩并印发").count() == 0
    page.get_by_text("账号菜单").locator("..").click()
    page.get_by_role("button", name="退出登录").click()
    visitor.sign_in("kaoping", PASSWORD)
    visitor.go(f"/classes/{one.pk}/results/")
    page.get_by_role("button", name="确认成绩并印发").click()
    page.get_by_role("button", name="确认并印发", exact=True).click()

    # the bar is there, survives leaving the page, and ends
    batch = Batch.objects.get()
    expect(page.locator(f"#job-{batch.pk} progress")).to_be_visible()
    visitor.go("/")
    visitor.go(f"/classes/{one.pk}/files/")
    expect(page.locator(f"#job-{batch.pk}")).to_contain_text("等待中")
    drain(batch.pk)
    expect(page.locator(f"#job-{batch.pk}")).to_contain_text("已完成", timeout=90_000)
    page.get_by_role("link", name="查看文件").click()
    with page.expect_download() as letter:
        page.locator("a[href^='/documents/']").nth(1).click()
    letter.value.save_as(tmp_path / "letter.pdf")
    assert one.name in "".join(PdfReader(tmp_path / "letter.pdf").pages[0].extract_text().split())
    with page.expect_download() as everything:
        page.get_by_role("link", name="打包下载全部").click()
    assert everything.value.suggested_filename.endswith(".zip")

    see_points(visitor, one, office["xueyuan"])
    assert visitor.complaints == []


def see_points(visitor: Visitor, one: TrainingClass, account: Account) -> None:
    """A trainee, on a phone, sees the own result with its explanation and the sheet."""
    person = Cadre.objects.filter(enrolments__training_class=one).order_by("enrolments__position")[0]
    Cadre.objects.filter(pk=person.pk).update(account=account)
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.page.context.clear_cookies()
    visitor.sign_in("xueyuan", PASSWORD)
    expect(page.get_by_role("heading", name="我的学习")).to_be_visible()
    page.get_by_role("link", name="每一分的来历").first.click()
    expect(page.get_by_role("heading", name="每一分的来历")).to_be_visible()
    expect(page.get_by_text("满分 15 分，按次扣分").first).to_be_visible()
    with page.expect_download() as sheet:
        page.get_by_role("link", name="成绩单").click()
    assert sheet.value.suggested_filename == f"学员考核结果单_{person.name}.pdf"
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
