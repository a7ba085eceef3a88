"""The catalogue by Excel: rehearsed, all faults by row, twice is once, export and import change nothing."""

from datetime import date
from decimal import Decimal

import pytest

from core.models import AuditEntry
from core.operations import Conflict, Refused
from core.sheets.refusal import FileRefused
from core.sheets.writing import BookWriter
from courses.loading import columns_of, import_catalogue, rehearse_catalogue
from courses.models import Course, CourseCategory, Room, Teacher
from courses.resources import CourseResource, RoomResource, TeacherResource
from courses.services import add_to_catalogue, add_version, change_in_catalogue
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make.unit("YLDX", "中共云岭市委党校")


@pytest.fixture
def actor(school):
    return make.account("yl_school", "韩朝雪", unit=school)


@pytest.fixture
def theory():
    return CourseCategory.objects.create(name="理论教育", kind=CourseCategory.Kind.THEORY)


def sheet(head, *rows, above=()):
    book = BookWriter()
    page = book.sheet("表")
    for place, row in enumerate([*above, head, *rows]):
        page.put_row(place, row)
    return book.finish()


COURSES = ("课程名称", "课程类别", "学时", "教学形式", "授课人")


def test_what_was_rehearsed_is_not_written_over_somebodys_change(school, actor, theory):
    """A page changes the form between rehearsal and import: nothing is written until somebody has looked again."""
    teacher = Teacher.objects.create(unit=school, name="穆教授", kind=Teacher.Kind.LEADER)
    rows = [("经典导读", "理论教育", "4", "讲授式", teacher.name), ("公文写作", "理论教育", "2", "案例式", "")]
    import_catalogue(sheet(COURSES, *rows), "courses", school, actor=actor)
    data = sheet(
        COURSES, ("经典导读", "理论教育", "4", "研讨式", ""), ("公文写作", "理论教育", "2", "案例式", teacher.name)
    )
    first = rehearse_catalogue(data, "courses", school, actor=actor)
    course = Course.objects.get(title="经典导读")
    course.form = Course.Form.CASE
    change_in_catalogue(course, actor=actor)
    with pytest.raises(Conflict, match="已被他人更改"):
        import_catalogue(data, "courses", school, actor=actor, seen=first.digest)
    course.refresh_from_db()
    assert course.form == Course.Form.CASE
    again = rehearse_catalogue(data, "courses", school, actor=actor)
    import_catalogue(data, "courses", school, actor=actor, seen=again.digest)
    course.refresh_from_db()
    assert course.form == Course.Form.DISCUSSION


def test_all_faults_by_row_and_nothing_written(school, actor, theory):
    data = sheet(
        COURSES,
        ("经典导读", "理论教育", "4", "讲授式", ""),
        ("经典导读", "理论教育", "4", "讲授式", ""),
        ("", "理论教育", "4", "讲授式", ""),
        ("党性分析", "没有这类", "4", "讲授式", ""),
        ("公文写作", "理论教育", "0.3", "讲授式", ""),
        ("调查研究", "理论教育", "2", "讲", ""),
        ("应急管理", "理论教育", "2", "案例式", "无此人"),
        above=[("课程库",)],
    )
    found = rehearse_catalogue(data, "courses", school, actor=actor)
    assert [fault.row for fault in found.faults] == [4, 5, 6, 7, 8, 9]
    assert "与第3行重复" in found.faults[0].message
    assert "没有填写“课程名称”" in found.faults[1].message
    assert "课程类别" in found.faults[2].message and "0.5" in found.faults[3].message
    assert "师资库中没有：无此人" in found.faults[5].message
    with pytest.raises(Refused, match="没有导入"):
        import_catalogue(data, "courses", school, actor=actor)
    assert Course.objects.count() == 0


def test_import_twice_is_once_and_hours_make_a_version(school, actor, theory):
    data = sheet(COURSES, ("经典导读", "理论教育", Decimal(4), "讲授式", ""))
    assert import_catalogue(data, "courses", school, actor=actor).added == 1
    again = rehearse_catalogue(data, "courses", school, actor=actor)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert import_catalogue(data, "courses", school, actor=actor).unchanged == 1
    import_catalogue(sheet(COURSES, ("经典导读", "理论教育", 3, "讲授式", "")), "courses", school, actor=actor)
    course = Course.objects.get()
    assert (course.hours, course.versions.count()) == (3, 2)


def test_differences_are_shown_before_they_are_applied(school, actor):
    room = Room(unit=school, name="红色教育基地", is_site=True, travel_minutes=40)
    add_to_catalogue(room, actor=actor)
    data = sheet(("名称", "现场教学点", "单程分钟"), ("红色教育基地", "是", "55"), ("第二报告厅", "否", ""))
    found = rehearse_catalogue(data, "rooms", school, actor=actor)
    assert [(one.name, one.new, one.columns.get("单程分钟")) for one in found.differences] == [
        ("红色教育基地", False, ("40", "55")), ("第二报告厅", True, ("", "0")),
    ]  # fmt: skip
    room.refresh_from_db()
    assert room.travel_minutes == 40


@pytest.mark.parametrize(
    ("kind", "resource", "make_row"),
    [
        (
            "teachers",
            TeacherResource,
            lambda unit: Teacher(unit=unit, name="=穆教授", employer="市委党校", kind="expert"),
        ),
        ("rooms", RoomResource, lambda unit: Room(unit=unit, name="第一报告厅", capacity=120, address="文昌路1号")),
    ],
)
def test_export_then_import_changes_nothing(school, actor, kind, resource, make_row):
    add_to_catalogue(make_row(school), actor=actor)
    table = resource(school).export()
    data = sheet(table.headers, *table)
    found = rehearse_catalogue(data, kind, school, actor=actor)
    assert (found.faults, found.differences, found.unchanged) == ([], [], 1)


def test_courses_with_teachers_come_back(school, actor, theory):
    who = add_to_catalogue(Teacher(unit=school, name="穆教授"), actor=actor)
    course = Course(unit=school, title="经典导读", category=theory, hours=Decimal(4))
    add_to_catalogue(course, actor=actor, teachers=[who])
    table = CourseResource(school).export()
    assert table["授课人"] == ["穆教授"]
    assert rehearse_catalogue(sheet(table.headers, *table), "courses", school, actor=actor).unchanged == 1


def test_another_units_entry_is_not_touched(school, actor):
    other = make.unit("WJDX", "中共望江市委党校")
    add_to_catalogue(Room(unit=other, name="第一报告厅", capacity=10), actor=actor)
    import_catalogue(sheet(("名称", "容量"), ("第一报告厅", 300)), "rooms", school, actor=actor)
    assert set(Room.objects.values_list("unit__code", "capacity")) == {("WJDX", 10), ("YLDX", 300)}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空"),
        (sheet(("甲", "乙"), ("1", "2")), "缺少列：名称"),
        (sheet(("名称", "名称"), ("甲", "乙")), "列名重复"),
    ],
)
def test_a_file_that_is_none_of_ours(school, actor, data, sentence):
    with pytest.raises(FileRefused, match=sentence):
        rehearse_catalogue(data, "rooms", school, actor=actor)


def test_a_version_is_never_earlier_than_the_last(school, actor, theory):
    course = Course(unit=school, title="经典导读", category=theory, hours=Decimal(4))
    add_to_catalogue(course, actor=actor)
    add_version(course, Decimal(3), date(2099, 1, 1), actor=actor)
    with pytest.raises(Refused, match="不能早于第2版"):
        add_version(course, Decimal(2), date(2098, 1, 1), actor=actor)
    course.hours = Decimal(1)
    with pytest.raises(Refused, match="学时随版次变化"):
        change_in_catalogue(course, actor=actor)


def test_the_renewal_rate_of_a_year(school, actor, theory):
    """One of two courses has a version of 2099: half is renewed."""
    for title in ("经典导读", "党性分析"):
        course = Course(unit=school, title=title, category=theory, hours=Decimal(4))
        add_to_catalogue(course, actor=actor)
    add_version(course, Decimal(3), date(2099, 3, 1), actor=actor)
    assert (Course.objects.renewed_in(2099).count(), Course.objects.offered().count()) == (1, 2)


def test_what_changed_is_recorded_without_a_teachers_name(school, actor):
    who = add_to_catalogue(Teacher(unit=school, name="穆教授"), actor=actor)
    who.name, who.topics = "穆清风", "公文写作"
    change_in_catalogue(who, actor=actor, seen=1)
    entry = AuditEntry.objects.get(event="teacher.change")
    assert entry.after == {"name": "（不记姓名）", "topics": "公文写作"}


def test_the_sheets_have_their_columns():
    assert columns_of("rooms") == ["名称", "现场教学点", "容量", "地址", "路线", "单程分钟", "教学主题"]
