"""The party school's catalogue in the demo city: what its timetables are made of."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from courses.models import Course, CourseCategory, CourseModule, CourseSystem, Room, Teacher, TeacherTitle
from courses.services import add_to_catalogue, add_version
from organization.models import Account, Unit
from portal.demo.timetable import COURSES, KNOWLEDGE, LEADERS, ROOMS, SITE, SITES, SKILL, SPIRIT, TALK, TEACHERS, THEORY

Kind, Form = CourseCategory.Kind, Course.Form
KINDS = {THEORY: Kind.THEORY, SPIRIT: Kind.PARTY_SPIRIT, SKILL: Kind.PROFESSIONAL, KNOWLEDGE: Kind.KNOWLEDGE}
FORMS = {TALK: Form.DISCUSSION, SITE: Form.FIELD, "案例教学": Form.CASE, "模拟教学": Form.SIMULATION}
TITLES = (("教授", "正高级技术职称"), ("副教授", "副高级技术职称"), ("讲师", ""), ("讲师", ""))
TOPICS = ("党的创新理论", "党史党建、党性教育", "依法行政、公文写作", "基层治理、应急管理")
GUESTS = (
    ("宋明远", "expert", "教授", "省社会科学院", "正高级技术职称", "宏观经济、产业政策"),
    ("陶静之", "expert", "研究员", "省应急管理研究院", "正高级技术职称", "应急管理与舆情应对"),
    ("贺春山", "practitioner", "村党总支书记", "石桥镇联合村", "", "乡村治理、集体经济"),
)
SEATS = (300, 120, 60)
WAYS = (40, 25, 20, 55)
SYSTEM, SYSTEM_NOTE = "“1+6+N”课程体系", "一门主课、六个专题、若干特色课程"
MODULES = (
    ("1", "党的创新理论主课", THEORY), ("6-1", "党性党风党纪专题", SPIRIT), ("6-2", "高质量发展专题", SKILL),
    ("6-3", "基层治理专题", SKILL), ("6-4", "法治建设专题", THEORY), ("6-5", "安全与应急专题", SKILL),
    ("6-6", "数字与科技专题", KNOWLEDGE), ("N", "本地特色课程", SKILL),
)  # fmt: skip


def fill_county(department: Unit, *, actor: Account) -> None:
    """What a county keeps of its own: a course of each category, a teacher, a room."""
    for row in CourseCategory.objects.order_by("position"):
        title = COURSES[row.name][0][0]
        add_to_catalogue(Course(unit=department, title=title, category=row, hours=Decimal(3)), actor=actor)
    add_to_catalogue(Teacher(unit=department, name="本地讲师团", employer=department.name), actor=actor)
    add_to_catalogue(Room(unit=department, name="干部教育中心报告厅", capacity=80), actor=actor)


def fill_catalogue(school: Unit, today: date, *, actor: Account) -> None:
    """Categories, the course system, teachers, courses with versions, rooms and sites, before the first class."""
    categories: dict[str, CourseCategory] = {}
    for place, category in enumerate(COURSES, 1):
        categories[category] = CourseCategory(name=category, kind=KINDS[category], position=place)
        add_to_catalogue(categories[category], actor=actor)
    modules = _system(school, today, categories, actor)
    teachers = _teachers(school, actor)
    _courses(school, today, categories, modules, teachers, actor)
    _places(school, actor)


def _system(
    school: Unit, today: date, categories: Mapping[str, CourseCategory], actor: Account
) -> dict[str, CourseModule]:
    system = CourseSystem(unit=school, name=SYSTEM, since=date(today.year - 1, 1, 1), note=SYSTEM_NOTE)
    add_to_catalogue(system, actor=actor)
    found: dict[str, CourseModule] = {}
    for place, (number, name, category) in enumerate(MODULES, 1):
        row = CourseModule(system=system, number=number, name=name, category=categories[category], position=place)
        add_to_catalogue(row, actor=actor)
        found.setdefault(category, row)
    return found


def _teachers(school: Unit, actor: Account) -> list[Teacher]:
    """The school's own, guests, and leaders who lecture."""
    fees = {row.name: row for row in TeacherTitle.objects.all()}
    found = []
    for name, (title, fee), topics in zip(TEACHERS, TITLES, TOPICS, strict=True):
        facts = {"kind": Teacher.Kind.SCHOOL, "title": title, "fee_title": fees.get(fee), "topics": topics}
        row = Teacher(unit=school, name=name.partition("（")[0], employer=school.name, **facts)
        add_to_catalogue(row, actor=actor)
        found.append(row)
    for name, kind, title, employer, fee, topics in GUESTS:
        facts = {"kind": kind, "title": title, "fee_title": fees.get(fee), "topics": topics}
        add_to_catalogue(Teacher(unit=school, name=name, employer=employer, **facts), actor=actor)
    for name in LEADERS:
        add_to_catalogue(Teacher(unit=school, name=name, kind=Teacher.Kind.LEADER), actor=actor)
    return found


def _courses(
    school: Unit,
    today: date,
    categories: Mapping[str, CourseCategory],
    modules: Mapping[str, CourseModule],
    teachers: list[Teacher],
    actor: Account,
) -> None:
    """Every second course has been taught anew this year."""
    for place, (category, courses) in enumerate(COURSES.items()):
        for number, (title, form) in enumerate(courses):
            facts = {"category": categories[category], "module": modules.get(category), "hours": Decimal(4)}
            row = Course(unit=school, title=title, form=FORMS.get(form, Form.LECTURE), **facts)
            add_to_catalogue(row, actor=actor, teachers=[teachers[(place + number) % len(teachers)]])
            row.versions.update(since=date(today.year - 1, 2, 1))
            if number % 2:
                since = date(today.year, 1 + number % 3, 1)
                add_version(row, row.hours, since, actor=actor, change="更新案例，增加本市实践")


def _places(school: Unit, actor: Account) -> None:
    for name, seats in zip(ROOMS, SEATS, strict=True):
        add_to_catalogue(Room(unit=school, name=name, capacity=seats), actor=actor)
    for name, minutes in zip(SITES, WAYS, strict=True):
        facts = {"travel_minutes": minutes, "route": f"党校集合乘车，约 {minutes} 分钟", "theme": "现场教学"}
        add_to_catalogue(Room(unit=school, name=name, is_site=True, **facts), actor=actor)
