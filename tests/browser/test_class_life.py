"""What a class lives through, by mouse and on a phone: activities with points, an election, groups, the catalogue, closing."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from assessments.models import ScoreEntry
from core.sheets.writing import BookWriter
from courses.models import Course, CourseCategory
from organization.models import Account, Unit
from organization.roles import Role
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, Visitor, dialog
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD
from trainees.models import CreditEntry
from training.models import Activity, AttendanceMark, Enrolment, TrainingClass

pytestmark = pytest.mark.browser
NAMES = ("司马清扬", "欧阳致远", "沈若溪", "上官云舒", "诸葛明远", "尉迟寒山")


@pytest.fixture
def office(own_database: str, fast_passwords: None, settings) -> Unit:
    """The department, and one of its staff who also manages the class."""
    settings.SECOND_FACTOR = "off"
    office = make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    account_of("keyuan", "韩朝雪", office, Role.STAFF)
    return office


@pytest.fixture
def one(office: Unit) -> TrainingClass:
    """A running class of six people of two units, scored by the shipped scheme."""
    held = make.training_class(office, "春季中青年干部班", "YL-01", state=TrainingClass.State.RUNNING)
    make.class_role(Account.objects.get(username="keyuan"), held)
    units = [make.unit(f"YL{n}", f"云岭市第{n}局", office) for n in (1, 2)]
    for place, name in enumerate(NAMES, 1):
        make.enrolment(held, make.cadre(name, units[place % 2], office), place, state="reported")
    make.assessment(held)
    return held


def seat(name: str) -> Enrolment:
    return Enrolment.objects.get(roster_name=name)


def test_an_activity_gives_points_and_takes_them_back(visitor: Visitor, one: TrainingClass) -> None:
    page = visitor.page
    page.set_default_timeout(15_000)
    page.set_viewport_size(PHONE)
    visitor.sign_in("keyuan", PASSWORD)
    visitor.go(f"/classes/{one.pk}/activities/")
    page.get_by_role("link", name="登记活动").first.click()
    page.get_by_label("名称").fill("学员论坛：基层治理")
    page.get_by_label("日期").fill("2026-03-05")
    page.get_by_label("司马清扬").select_option("spoke")
    page.get_by_role("button", name="其余都参加", exact=True).click()
    expect(page.get_by_label("沈若溪")).to_have_value("took_part")
    expect(page.get_by_label("司马清扬")).to_have_value("spoke")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已登记“学员论坛：基层治理”")).to_be_visible()
    held = Activity.objects.get()
    assert sorted(held.parts.values_list("part", flat=True)) == ["spoke", *["took_part"] * 5]

    page.get_by_label("指标项").select_option(label="课堂表现·课堂互动")
    page.get_by_label("发言（主讲）（分）").fill("2")
    page.get_by_role("button", name="记分", exact=True).click()
    expect(page.get_by_text("已记 1 条，冲销 0 条")).to_be_visible()
    visitor.go(f"/results/{seat('司马清扬').pk}/")
    expect(page.get_by_text("学员论坛：基层治理").first).to_be_visible()

    visitor.demand_fits(f"/classes/{one.pk}/activities/{held.pk}/edit/", f"/classes/{one.pk}/activities/{held.pk}/")
    page.get_by_role("button", name="取消活动").click()
    dialog(page).get_by_label("取消的原因").fill("场地临时检修")
    dialog(page).get_by_role("button", name="取消活动").click()
    expect(page.get_by_text("已取消“学员论坛：基层治理”")).to_be_visible()
    assert not ScoreEntry.objects.unscoped("what stands after all").filter(activity=held).standing().exists()
    paths = ("", "add/", f"{held.pk}/")
    visitor.demand_fits(*(f"/classes/{one.pk}/activities/{path}" for path in paths))


def test_who_is_elected_holds_the_post(visitor: Visitor, one: TrainingClass) -> None:
    page = visitor.page
    page.set_default_timeout(15_000)
    page.set_viewport_size(DESK)
    visitor.sign_in("keyuan", PASSWORD)
    visitor.go(f"/classes/{one.pk}/activities/")
    page.get_by_role("link", name="登记班委选举").click()
    page.get_by_label("职务").fill("班长")
    page.get_by_label("日期").fill("2026-03-03")
    page.get_by_label("投票人数").fill("6")
    page.get_by_label("欧阳致远").fill("4")
    page.get_by_label("沈若溪").fill("7")
    page.locator(f"[name='elected-{seat('欧阳致远').pk}']").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("有人的得票超过了投票人数 6")).to_be_visible()
    page.get_by_label("沈若溪").fill("2")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".votes-list .state", has_text="当选")).to_be_visible()
    assert seat("欧阳致远").committee_post == "班长"
    visitor.demand_fits(f"/classes/{one.pk}/activities/elections/add/")


def test_groups_are_proposed_moved_and_saved(visitor: Visitor, one: TrainingClass) -> None:
    page = visitor.page
    page.set_default_timeout(15_000)
    page.set_viewport_size(DESK)
    visitor.sign_in("keyuan", PASSWORD)
    visitor.go(f"/classes/{one.pk}/trainees/")
    page.get_by_role("link", name="分组", exact=True).click()
    page.get_by_label("均匀分成").fill("3")
    page.get_by_role("button", name="看建议").click()
    expect(page.get_by_text("建议分成 3 组")).to_be_visible()
    assert set(Enrolment.objects.values_list("group", flat=True)) == {"第一组"}
    assert page.locator("#groups-summary [data-people]").all_inner_texts() == ["2", "2", "2"]

    page.get_by_label("司马清扬的组别").select_option("第四组")
    expect(page.locator("#groups-summary tr[data-group='第四组'] [data-people]")).to_have_text("1")
    page.get_by_label("沈若溪的班委职务").fill("学习委员")
    expect(page.get_by_text("尚未保存")).to_be_visible()
    page.get_by_role("button", name="保存分组").click()
    expect(page.get_by_text("分组已保存")).to_be_visible()
    assert seat("司马清扬").group == "第四组"
    assert seat("沈若溪").committee_post == "学习委员"
    assert Enrolment.objects.values_list("group", flat=True).distinct().count() == 4
    visitor.demand_fits(f"/classes/{one.pk}/groups/", f"/classes/{one.pk}/groups/?groups=2")


def test_the_catalogue_by_hand_and_by_excel(visitor: Visitor, office: Unit, tmp_path: Path) -> None:
    page = visitor.page
    page.set_default_timeout(15_000)
    page.set_viewport_size(DESK)
    CourseCategory.objects.get_or_create(name="党性教育", defaults={"kind": "party_spirit"})
    visitor.sign_in("keyuan", PASSWORD)
    visitor.go("/catalogue/courses/")
    page.get_by_role("link", name="增加课程").click()
    page.get_by_label("课程名称").fill("延安精神及其时代价值")
    page.get_by_label("类别").select_option(label="党性教育")
    page.get_by_label("学时").fill("3")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已增加“延安精神及其时代价值”")).to_be_visible()
    held = Course.objects.get()

    page.get_by_role("link", name="延安精神及其时代价值").click()
    versions = page.locator("form[action$='/versions/']")
    versions.get_by_label("学时").fill("4")
    versions.get_by_role("button", name="增加新版次").click()
    expect(page.get_by_text("已增加第2版")).to_be_visible()
    visitor.demand_fits(f"/catalogue/courses/{held.pk}/")

    send(visitor, tmp_path, ("课程名称", "课程类别", "学时"), ("经典导读", "没有的类别", "4"))
    expect(page.get_by_text("没有“没有的类别”这个")).to_be_visible()
    assert page.get_by_role("button", name="确认导入").count() == 0
    send(visitor, tmp_path, ("课程名称", "课程类别", "学时"), ("经典导读", "党性教育", "4"))
    page.get_by_role("button", name="确认导入").first.click()
    dialog(page).get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("已新增 1 条，更改 0 条")).to_be_visible()

    with page.expect_download() as taken:
        page.get_by_role("link", name="导出 Excel").click()
    taken.value.save_as(tmp_path / "课程库.xlsx")
    upload(visitor, tmp_path / "课程库.xlsx")
    expect(page.get_by_text("没有要写入的内容")).to_be_visible()
    visitor.demand_fits(*(f"/catalogue/{path}" for path in ("courses/", "teachers/", "rooms/", "courses/upload/")))


def send(visitor: Visitor, folder: Path, *rows: tuple[str, ...]) -> None:
    book = BookWriter()
    sheet = book.sheet("课程库")
    for place, row in enumerate(rows):
        sheet.put_row(place, row)
    (folder / "课程.xlsx").write_bytes(book.finish())
    upload(visitor, folder / "课程.xlsx")


def upload(visitor: Visitor, path: Path) -> None:
    visitor.go("/catalogue/courses/upload/")
    visitor.page.locator("input[type=file]").set_input_files(path)
    visitor.page.get_by_role("button", name="上传并核对").click()


def test_a_class_is_closed_and_opened_again_with_a_reason(visitor: Visitor, one: TrainingClass) -> None:
    """The list says what is missing, who never came is struck off, hours are posted, a mark is corrected by two afterwards."""
    page = visitor.page
    page.set_default_timeout(15_000)
    page.set_viewport_size(PHONE)
    lessons = [make.session(one, n) for n in range(4)]
    for lesson in lessons:
        make.mark(seat("尉迟寒山"), lesson, AttendanceMark.Mark.ABSENT)
    make.mark(seat("沈若溪"), lessons[0], AttendanceMark.Mark.SICK)
    TrainingClass.objects.update(state=TrainingClass.State.ENDED)
    visitor.sign_in("keyuan", PASSWORD)
    visitor.go(f"/classes/{one.pk}/closing/")
    expect(page.get_by_text("1 人一次课也没有到，须先划去", exact=True)).to_be_visible()
    page.get_by_role("button", name="划去未报到").click()
    dialog(page).get_by_label("核实情况").fill("派出单位来电说明未能参加")
    dialog(page).get_by_role("button", name="划去未报到").click()
    expect(page.get_by_text("已从名册划去 1 人")).to_be_visible()
    assert seat("尉迟寒山").state == "no_show"

    expect(page.get_by_text("还不能结班：还有 5 名学员的成绩没有确认")).to_be_visible()
    expect(page.get_by_role("button", name="结班")).to_have_count(0)
    Enrolment.objects.on_roster().update(grade="合格")
    visitor.go(f"/classes/{one.pk}/")
    page.get_by_role("link", name="结班", exact=True).first.click()
    page.get_by_role("button", name="结班").click()
    expect(dialog(page).get_by_text("5 名学员共 76 学时记入台账")).to_be_visible()
    dialog(page).get_by_role("button", name="结班").click()
    expect(page.get_by_text("“春季中青年干部班”已结班")).to_be_visible()
    expect(page.get_by_role("row", name="沈若溪")).to_contain_text("12")
    assert seat("沈若溪").state == "completed"
    visitor.demand_fits(f"/classes/{one.pk}/closing/")

    visitor.go(f"/classes/{one.pk}/attendance/")
    page.locator(".att-cell").first.dblclick()
    dialog(page).get_by_label("更正为").select_option(label="事假")
    dialog(page).get_by_label("理由").fill("请假条结班后补交")
    dialog(page).get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("更正申请已提交")).to_be_visible()
    expect(page.get_by_text("不能审批自己提出的更正申请")).to_be_visible()
    expect(page.get_by_role("button", name="同意更正")).to_have_count(0)
    visitor.demand_fits("/corrections/")
    assert CreditEntry.objects.live().get(source_id=seat("司马清扬").pk).hours == 16

    account_of("chuzhang", "顾云舟", one.unit, Role.STAFF)
    page.context.clear_cookies()
    visitor.sign_in("chuzhang", PASSWORD)
    page.get_by_role("link", name="1 份考勤更正申请等您审批").click()
    page.get_by_role("link", name="司马清扬").click()
    expect(page.get_by_role("row", name="2026年")).to_contain_text("12 学时、1.5 天、12 学分")
    visitor.demand_fits(page.url.removeprefix(visitor.url))
    page.get_by_role("button", name="同意更正").first.click()
    expect(dialog(page).get_by_text("16 学时、2 天、16 学分 → 12 学时、1.5 天、12 学分")).to_be_visible()
    dialog(page).get_by_role("button", name="同意更正").click()
    expect(page.get_by_text("考勤已更正，台账已按差额更正")).to_be_visible()
    assert CreditEntry.objects.live().get(source_id=seat("司马清扬").pk).hours == 12

    visitor.go(f"/classes/{one.pk}/closing/")
    page.get_by_role("button", name="重新打开").click()
    dialog(page).get_by_label("重新打开的原因").fill("更正一名学员的考勤")
    dialog(page).get_by_role("button", name="重新打开").click()
    expect(page.get_by_text("已重新打开，可以更正")).to_be_visible()
    assert not CreditEntry.objects.live().exists()
    visitor.demand_fits(f"/classes/{one.pk}/")
