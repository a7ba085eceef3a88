"""Classes made on the spot, the same on every machine: a city of units, and workbooks of any size over them."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from assessments.sheets.rows import ASPECTS, AnswerRow, EntryRow, Paper, Question, Satisfaction
from assessments.workbook.book import ClassBook
from core.idnumber import check_character
from organization.directory import UnitRef
from organization.loading import import_units
from organization.models import Account, Unit
from organization.roles import Role
from organization.services import grant
from training.sheets.rows import Attendance, ClassFacts, Mark, MarkRow, Period, RosterRow, SessionKey, SessionRow

ORGANIZER = "中共云岭市委组织部"
DUTIES = (
    "发展改革 教育 科学技术 工业信息化 公安 民政 司法 财政 人力资源 自然资源 生态环境 住房建设 交通运输 水利 农业农村 "
    "商务 文化旅游 卫生健康 退役军人 应急管理 审计 市场监管 体育 统计 医疗保障 信访 林业 城市管理 行政审批 乡村振兴"
).split()
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "文博 志强 雪梅 建华 丽娟 海燕 国栋 思源 明远 晓东 玉兰 振宇 佳宁 立新 春华 子涵".split()
START = date(2026, 3, 2)  # a Monday
AWAY = (Mark.LATE, Mark.EARLY, Mark.PERSONAL, Mark.SICK, Mark.OFFICIAL)
# 指标项 and the entry that is made: points, or a rating
ENTRIES: tuple[tuple[str, str, str], ...] = (
    ("课堂互动", "1", "有效提问并引发讨论"),
    ("研讨交流", "优", "小组评定"),
    ("纪律建设", "-0.5", "课堂使用手机"),
    ("调研报告", "8.5", "第一阅卷人评分"),
    ("班务与支部活动", "-1", "未参加支部活动"),
    ("研讨交流", "良", "小组评定"),
    ("小组履职", "-0.5", "未按时提交小组记录"),
    ("调研报告", "8", "第二阅卷人评分"),
    ("学习作业", "-1", "未按时交作业"),
    ("加分项", "1", "班级简报刊登稿件"),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a class is; every trainee has both papers and `entries` entries."""

    trainees: int
    sessions: int
    questions: int
    entries: int
    units: int


LETTERS = Size(trainees=100, sessions=40, questions=50, entries=10, units=30)
WORKBOOK = Size(trainees=300, sessions=40, questions=50, entries=10, units=30)
FEW = Size(trainees=4, sessions=4, questions=5, entries=4, units=2)


def a_city() -> tuple[Account, Unit]:
    """An organization department with thirty units under it, and its operator."""
    rows = [["YL", ORGANIZER, "市委组织部", "", "组织部门", "市"]]
    rows += [[f"YL{n:02}", name, "", "YL", "机关", "市"] for n, name in enumerate(unit_names(len(DUTIES)), start=1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["编码", "单位名称", "简称", "上级编码", "单位性质", "层级"], *rows])
        import_units(path)
    city = Unit.objects.get(code="YL")
    operator = Account.objects.create(username="benchmark", display_name="测量员", unit=city)
    grant(operator, Role.STAFF, city, START, actor=None)
    return operator, city


def unit_names(count: int) -> list[str]:
    return [f"云岭市{duty}局" for duty in DUTIES[:count]]


def class_book(name: str, size: Size, first: int = 0) -> ClassBook:
    """A faultless workbook; `first` keeps the people of two classes apart."""
    chance = Random(name)
    roster = tuple(_trainee(first + n, size) for n in range(size.trainees))
    sessions = tuple(_sessions(size.sessions))
    labels = [row.label for row in roster]
    return ClassBook(
        facts=ClassFacts(
            name=name, code=f"测-{size.trainees}-{first}", class_type="主体班", organizer=ORGANIZER, host="中共云岭市委党校",
            start=START, end=sessions[-1].key.date, place="市委党校", manager="周班主任", planned=size.trainees,
        ),
        roster=roster,
        sessions=sessions,
        attendance=_attendance(labels, [row.key for row in sessions], chance),
        entries=tuple(_entries(labels, size.entries, chance)),
        entry_exam=_paper(labels, size.questions, 0.55, chance),
        final_exam=_paper(labels, size.questions, 0.85, chance),
        satisfaction=_satisfaction(size.trainees),
    )  # fmt: skip


def rows_of(book: ClassBook) -> int:
    """Rows with content below the headings, over all sheets."""
    papers = [paper for paper in (book.entry_exam, book.final_exam) if paper]
    sheets: Sequence[Sequence[object]] = [book.roster, book.sessions, book.roster if book.attendance else ()]
    answers = book.satisfaction.answers if book.satisfaction else 0
    return sum(map(len, sheets)) + len(book.entries or ()) + sum(len(paper.answers) + 2 for paper in papers) + answers


def _trainee(number: int, size: Size) -> RosterRow:
    born = date(1975, 1, 1) + timedelta(days=number * 11)
    first = f"990000{born:%Y%m%d}{number % 1000:03d}"
    unit = unit_names(size.units)[number % size.units]
    return RosterRow(
        name=_name(number),
        id_number=first + check_character(first),
        unit=UnitRef("", unit),
        serial=str(number + 1),
        sex="男" if int(first[-1]) % 2 else "女",
        ethnic_group="汉族",
        political_status="中共党员",
        post="综合科科长",
        post_level="乡科级正职",
        phone=f"1390000{number:04d}",
        group=f"第{number % 8 + 1}组",
    )


def _name(number: int) -> str:
    """Names that differ, as in a class without namesakes."""
    return SURNAMES[number % len(SURNAMES)] + GIVEN[number // len(SURNAMES) % len(GIVEN)]


def _sessions(count: int) -> Iterator[SessionRow]:
    """Two half-days of four and three hours on every working day."""
    categories = ("理论教育", "党性教育", "专业能力", "知识培训")
    for n in range(count):
        day = START + timedelta(days=n // 10 * 7 + n % 10 // 2)
        key = SessionKey(day, Period.AFTERNOON if n % 2 else Period.MORNING)
        yield SessionRow(
            key,
            f"深入学习贯彻专题（{n + 1}）",
            Decimal(3 if n % 2 else 4),
            categories[n % 4],
            "讲授",
            "郑教授",
            "第一教室",
        )


def _attendance(labels: Sequence[str], keys: Sequence[SessionKey], chance: Random) -> Attendance:
    """One mark in thirty says that somebody was late or away."""
    marks = [
        MarkRow(label, key, chance.choice(AWAY)) for label in labels for key in keys if chance.random() < 1 / 30
    ]  # fmt: skip
    return Attendance(tuple(keys), tuple(marks))


def _entries(labels: Sequence[str], count: int, chance: Random) -> Iterator[EntryRow]:
    for label in labels:
        for n in range(count):
            item, said, reason = ENTRIES[n % len(ENTRIES)]
            day = START + timedelta(days=chance.randrange(4))
            points = None if said.isalpha() else Decimal(said)
            yield EntryRow(day, label, item, points, "" if points is not None else said, reason, "周班主任")


def _paper(labels: Sequence[str], count: int, share: float, chance: Random) -> Paper:
    """`share` of the answers are right."""
    questions = tuple(Question(n, "ABCD"[n % 4], Decimal(100) / count) for n in range(1, count + 1))
    answers = tuple(
        AnswerRow(label, tuple(q.key if chance.random() < share else "ABCD"[(q.number + 1) % 4] for q in questions))
        for label in labels
    )
    return Paper(questions, answers)


def _satisfaction(answers: int) -> Satisfaction:
    half, rest = divmod(answers, 2)
    return Satisfaction(tuple((half, rest, half, 0) for _ in ASPECTS), ("增加现场教学",))
