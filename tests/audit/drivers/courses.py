"""How courses' events come about."""

from courses.models import Course, CourseCategory, Room, Teacher
from courses.services import Entry, add_to_catalogue
from tests.audit.drivers.scene import Scene


def added(scene: Scene, row: Entry) -> None:
    with scene.request_of("staff") as staff:
        add_to_catalogue(row, actor=staff)


def course_added(scene: Scene) -> None:
    category = CourseCategory.objects.get_or_create(name="理论教育")[0]
    added(scene, Course(unit=scene.city.root, title="调查研究方法", category=category, hours=4))


DRIVERS = {
    "course.add": course_added,
    "coursecategory.add": (lambda scene: added(scene, CourseCategory(name="地方实践")), "unit"),
    "room.add": lambda scene: added(scene, Room(unit=scene.city.root, name="第三教室")),
    "teacher.add": lambda scene: added(scene, Teacher(unit=scene.city.root, name="孟怀瑾")),
}
