"""What is taught in the demo city's classes."""

from collections.abc import Iterator
from decimal import Decimal

from portal.demo.dice import Dice, dice
from portal.demo.plan import Calendar, Plan
from training.sheets.rows import Period, SessionKey, SessionRow

THEORY, SPIRIT, SKILL, KNOWLEDGE = "理论教育", "党性教育", "专业能力", "知识培训"
LECTURE, TALK, SITE, CASE, DRILL = "讲授", "研讨", "现场教学", "案例教学", "模拟教学"

# category → (title, form), taken in a shuffled order and begun again when all have been held
COURSES = {
    THEORY: (
        ("党的创新理论的世界观和方法论", LECTURE), ("中国式现代化的理论与实践", LECTURE), ("马克思主义经典著作导读", LECTURE),
        ("宪法与依法行政", LECTURE), ("全面深化改革专题辅导", LECTURE), ("总体国家安全观解读", LECTURE), ("理论学习心得交流", TALK),
        ("高质量发展专题辅导", LECTURE), ("基层党建理论与方法", CASE),
    ),
    SPIRIT: (
        ("党章党规党纪教育", LECTURE), ("党性分析交流", TALK), ("革命纪念馆现场教学", SITE), ("廉政教育基地现场教学", SITE),
        ("树立和践行正确政绩观", LECTURE), ("先进典型事迹报告", CASE),
    ),
    SKILL: (
        ("应急管理与舆情应对", DRILL), ("群众工作方法", CASE), ("重大项目谋划与要素保障", CASE), ("学员论坛", TALK),
        ("公文写作与调查研究", LECTURE), ("云岭工业园区现场教学", SITE),
    ),
    KNOWLEDGE: (("人工智能与政务服务", LECTURE), ("数据安全与保密", LECTURE), ("心理健康与压力调适", LECTURE)),
}  # fmt: skip
PATTERN = (THEORY, SPIRIT, THEORY, SKILL, THEORY, SPIRIT, SPIRIT, THEORY, KNOWLEDGE, THEORY)
SKILLED = (SKILL, THEORY, KNOWLEDGE, SPIRIT, SKILL, THEORY, SKILL, SPIRIT, KNOWLEDGE, SKILL)
TEACHERS = ("穆教授（市委党校）", "柳副教授（市委党校）", "秦老师（市委党校）", "石讲师（市委党校）")
LEADERS = ("市委组织部领导", "市财政局主要负责人", "市委党校主要负责人")
SITES = ("云岭革命纪念馆", "清风廉政教育基地", "云岭工业园区", "石桥镇党群服务中心")
ROOMS = ("第一报告厅", "第二报告厅", "第三教室")
HOURS = {Period.MORNING: Decimal(4), Period.AFTERNOON: Decimal(3), Period.EVENING: Decimal(2)}


def sessions_of(plan: Plan, calendar: Calendar) -> tuple[SessionRow, ...]:
    """Mornings and afternoons, and an evening every third day."""
    chance = dice(plan.key, "timetable")
    courses = {category: _course(chance, category) for category in COURSES}
    pattern = PATTERN if plan.theory else SKILLED
    room = chance.choice(ROOMS)
    return tuple(
        _session(key, pattern[place % len(pattern)], courses, chance, room)
        for place, key in enumerate(_slots(calendar))
    )


def _slots(calendar: Calendar) -> Iterator[SessionKey]:
    for number, day in enumerate(calendar.days):
        yield SessionKey(day, Period.MORNING)
        yield SessionKey(day, Period.AFTERNOON)
        if number % 3 == 1:
            yield SessionKey(day, Period.EVENING)


def _course(chance: Dice, category: str) -> Iterator[tuple[str, str]]:
    order = list(COURSES[category])
    chance.shuffle(order)
    while True:
        yield from order


def _session(
    key: SessionKey, category: str, courses: dict[str, Iterator[tuple[str, str]]], chance: Dice, room: str
) -> SessionRow:
    title, form = next(courses[category])
    teacher = chance.choice(LEADERS) if chance.random() < 0.22 else chance.choice(TEACHERS)
    place = chance.choice(SITES) if form == SITE else room
    return SessionRow(key, title, HOURS[key.period], category, form, teacher, place)
