"""How courses' events come about."""

from datetime import date
from decimal import Decimal

from courses.loading import import_catalogue
from courses.models import Course, CourseCategory, CourseModule, CourseSystem, Room, Teacher, TeacherTitle
from courses.services import Entry, add_to_catalogue, add_version, change_in_catalogue
from portal.pages.sheets import table_workbook
from tests.audit.drivers.scene import Scene


def added(scene: Scene, row: Entry) -> None:
    with scene.request_of("staff") as staff:
        add_to_catalogue(row, actor=staff)


def course_added(scene: Scene) -> None:
    category = CourseCategory.objects.get_or_create(name="理论教育")[0]
    added(scene, Course(unit=scene.city.root, title="调查研究方法", category=category, hours=4))


def changed(scene: Scene, row: Entry, field: str, value: object) -> None:
    """The row was there before; now it says something else."""
    row.save(force_insert=True)
    setattr(row, field, value)
    with scene.request_of("staff") as staff:
        change_in_catalogue(row, actor=staff)


def a_course(scene: Scene) -> Course:
    category = CourseCategory.objects.get_or_create(name="理论教育")[0]
    return Course(unit=scene.city.root, title="调查研究方法", category=category, hours=Decimal(4))


def versioned(scene: Scene) -> None:
    row = a_course(scene)
    row.save(force_insert=True)
    with scene.request_of("staff") as staff:
        add_version(row, Decimal(3), date(2026, 3, 1), actor=staff)


def a_system(scene: Scene) -> CourseSystem:
    return CourseSystem(unit=scene.city.root, name="“1+18+N”", since=date(2026, 1, 1))


def a_module(scene: Scene) -> CourseModule:
    system = a_system(scene)
    system.save(force_insert=True)
    return CourseModule(system=system, number="1", name="必修")


def a_title() -> TeacherTitle:
    return TeacherTitle(name="基层讲师", fee_ceiling=Decimal(300), since=date(2026, 1, 1))


def imported(scene: Scene) -> None:
    data = table_workbook("教室", ("名称",), [("第九教室",)])
    with scene.request_of("staff") as staff:
        import_catalogue(data, "rooms", scene.city.root, actor=staff)


DRIVERS = {
    "catalogue.export": (lambda scene: scene.get("staff", "catalogue_export", "rooms"), "unit object"),
    "catalogue.import": imported,
    "course.change": lambda scene: changed(scene, a_course(scene), "title", "调查研究"),
    "course.version": versioned,
    "coursecategory.change": (lambda scene: changed(scene, CourseCategory(name="地方实践"), "position", 9), "unit"),
    "coursemodule.add": (lambda scene: added(scene, a_module(scene)), "unit"),
    "coursemodule.change": (lambda scene: changed(scene, a_module(scene), "name", "选修"), "unit"),
    "coursesystem.add": lambda scene: added(scene, a_system(scene)),
    "coursesystem.change": lambda scene: changed(scene, a_system(scene), "note", "2026 年修订"),
    "room.change": lambda scene: changed(scene, Room(unit=scene.city.root, name="第三教室"), "capacity", 80),
    "teacher.change": lambda scene: changed(scene, Teacher(unit=scene.city.root, name="孟怀瑾"), "topics", "公文"),
    "teachertitle.add": (lambda scene: added(scene, a_title()), "unit"),
    "teachertitle.change": (lambda scene: changed(scene, a_title(), "position", 4), "unit"),
    "course.add": course_added,
    "coursecategory.add": (lambda scene: added(scene, CourseCategory(name="地方实践")), "unit"),
    "room.add": lambda scene: added(scene, Room(unit=scene.city.root, name="第三教室")),
    "teacher.add": lambda scene: added(scene, Teacher(unit=scene.city.root, name="孟怀瑾")),
}
