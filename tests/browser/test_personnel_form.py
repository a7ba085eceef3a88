"""A personnel form through the pages: uploaded, compared, completed with what it lacks; then the cadre moves."""

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.cast import City, build_city
from tests.trainees.forms import lrmx, picture
from trainees.models import Appointment, Cadre

pytestmark = pytest.mark.browser
PASSWORD = "Qing-Shan-2026"


@pytest.fixture
def city(own_database: str, fast_passwords: None, files_in_memory: None) -> City:
    made = build_city("云岭")
    made.staff.set_password(PASSWORD)
    made.staff.save()
    return made


def given(name: str, data: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/xml", "buffer": data}


def test_forms_are_uploaded_compared_and_taken_in(visitor: Visitor, city: City, tmp_path) -> None:
    page, known = visitor.page, city.cadres[0]
    visitor.sign_in("yl_staff", PASSWORD)
    page.get_by_role("link", name="任免审批表").click()
    files = [
        given("甘棠.lrmx", lrmx(XingMing="甘棠", ShenFenZheng=make.id_number(2), ZhaoPian=picture())),
        given("司马清扬.lrmx", lrmx(XingMing="司马清杨", ShenFenZheng=known.open_id_number())),
        given("坏了.lrmx", b"%PDF-1.7"),
    ]
    page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("“坏了.lrmx”没有收下")).to_be_visible()
    page.screenshot(path=str(tmp_path / "list_1366.png"), full_page=True)

    # somebody new: what the form lacks is asked for, on a narrow window too
    page.get_by_role("link", name="甘棠.lrmx").click()
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="建立这名干部").click()
    assert not page.get_by_label("单位", exact=False).first.evaluate("one => one.checkValidity()")
    page.get_by_label("单位").select_option(label=city.bureau.name)
    page.get_by_label("职务层次").select_option("乡科级正职")
    page.get_by_label("职级").select_option("一级主任科员")
    page.get_by_label("任现职务自").fill("2024-05-01")
    page.get_by_label("手机号").fill("13900000000")
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "form_360.png"), full_page=True)
    page.get_by_role("button", name="建立这名干部").click()
    expect(page.get_by_text(f"已写入甘棠（{city.bureau.name}）")).to_be_visible()
    made = Cadre.objects.get(name="甘棠")
    assert made.photo is not None and made.band == Cadre.Band.TOWNSHIP_DOWN

    # the next one is somebody known: old beside new
    page.set_viewport_size(DESK)
    expect(page.get_by_role("heading", name="核对任免审批表")).to_be_visible()
    expect(page.get_by_text("按身份证号已在册")).to_be_visible()
    page.screenshot(path=str(tmp_path / "known_1366.png"), full_page=True)
    page.get_by_role("button", name="更新这名干部").click()
    expect(page.get_by_text("已写入司马清杨")).to_be_visible()

    # and moves: looked at first
    visitor.go(f"/cadres/{made.pk}/move/")
    page.get_by_label("职务层次").select_option("县处级副职")
    page.screenshot(path=str(tmp_path / "move_1366.png"), full_page=True)
    page.get_by_role("button", name="看会改变什么").click()
    expect(page.get_by_text("现在还没有写入任何内容")).to_be_visible()
    expect(page.get_by_role("cell", name="县处级（四级调研员）以上")).to_be_visible()
    page.screenshot(path=str(tmp_path / "look_1366.png"), full_page=True)
    page.set_viewport_size(PHONE)
    assert visitor.narrow()
    page.screenshot(path=str(tmp_path / "look_360.png"), full_page=True)
    page.get_by_role("button", name="确认办理").click()
    expect(page.get_by_text("已登记甘棠的任职变动")).to_be_visible()
    assert Appointment.objects.filter(cadre=made).count() == 2
    assert visitor.complaints == []
