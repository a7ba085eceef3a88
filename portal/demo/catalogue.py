"""The party school's catalogue in the demo city: what its timetables are made of."""

from decimal import Decimal

from courses.models import Course, CourseCategory, Room, Teacher
from courses.services import add_to_catalogue
from organization.models import Account, Unit
from portal.demo.timetable import COURSES, KNOWLEDGE, ROOMS, SITES, SKILL, SPIRIT, TEACHERS, THEORY

Kind = CourseCategory.Kind
KINDS = {THEORY: Kind.THEORY, SPIRIT: Kind.PARTY_SPIRIT, SKILL: Kind.OTHER, KNOWLEDGE: Kind.OTHER}
TITLES = ("教授", "副教授", "讲师", "讲师")
SEATS = (300, 120, 60)


def fill_county(department: Unit, *, actor: Account) -> None:
    """What a county keeps of its own: a course of each category, a teacher, a room."""
    for row in CourseCategory.objects.order_by("position"):
        title = COURSES[row.name][0][0]
        add_to_catalogue(Course(unit=department, title=title, category=row, hours=Decimal(3)), actor=actor)
    add_to_catalogue(Teacher(unit=department, name="本地讲师团", employer=department.name), actor=actor)
    add_to_catalogue(Room(unit=department, name="干部教育中心报告厅", capacity=80), actor=actor)


def fill_catalogue(school: Unit, *, actor: Account) -> None:
    """Categories, courses, teachers, rooms and teaching sites, before the first class."""
    for place, (category, courses) in enumerate(COURSES.items(), 1):
        row = CourseCategory(name=category, kind=KINDS[category], position=place)
        add_to_catalogue(row, actor=actor)
        for title, _ in courses:
            add_to_catalogue(Course(unit=school, title=title, category=row, hours=Decimal(4)), actor=actor)
    for name, title in zip(TEACHERS, TITLES, strict=True):
        who = name.partition("（")[0]
        add_to_catalogue(Teacher(unit=school, name=who, title=title, employer=school.name), actor=actor)
    for name, seats in zip(ROOMS, SEATS, strict=True):
        add_to_catalogue(Room(unit=school, name=name, capacity=seats), actor=actor)
    for name in SITES:
        add_to_catalogue(Room(unit=school, name=name, is_site=True), actor=actor)
