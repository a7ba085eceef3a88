"""Invented archives for the papers: one with something in every section, and whatever a test changes in it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from reports.papers.archive import (
    DutyLine,
    Exempted,
    Honour,
    LedgerLine,
    OnlineClassLine,
    Person,
    Posting,
    Recognised,
    Told,
    Visit,
    Work,
    YearSum,
)
from reports.papers.archive_classes import (
    Archive,
    Attended,
    BlockPoints,
    ClassLine,
    LeaveTaken,
    ResultLine,
    TookPart,
)
from reports.papers.register import RegisterForm

D = Decimal
KEY = UUID(int=7)
TODAY = date(2026, 11, 22)
PERSON = Person(
    KEY, "龚䶮", "云岭市自然资源和规划局青山分局", "中共云岭市委组织部", "在职", sex="男", ethnic_group="汉族", political_status="中共党员",
    post="综合科科长", post_level="乡科级正职", rank="一级主任科员", band="乡科级（一级主任科员）以下", masked="9****************X",
    party_since=date(2008, 7, 1), work_since=date(2006, 8, 1),
)  # fmt: skip
DUTY = DutyLine(
    "yearly", "脱产培训", 2026, "脱产学时", "学时", D(90), D(62), date(2026, 1, 1), date(2026, 12, 31), met=False, missing=D(28),
    other_measure="脱产天数", other_unit="天", other_amount=D(12), other_done=D("8.5"),
)  # fmt: skip
FIVE_YEARS = replace(
    DUTY, code="five", name="五年脱产培训", amount=D(550), done=D(560), since=date(2023, 1, 1), due=date(2027, 12, 31), met=True,
    missing=D(0), other_amount=D(90), other_done=D(71),
)  # fmt: skip
ONLINE = replace(
    DUTY, code="online", name="网络培训", measure="网络学时", amount=D(50), done=D(0), met=True, exempt=True, missing=D(0),
    other_amount=None, other_done=None, other_measure="", note="长期病休，免除",
)  # fmt: skip
BLOCKS = (
    BlockPoints("学风学纪", D(30), D("26.5"), D("27.10")),
    BlockPoints("班级管理", D(20), D(18), D("16.25")),
    BlockPoints("课堂表现", D(25), D(22), D("20.40")),
    BlockPoints("能力拓展", D(25), None, D("19.80")),
)
RESULT = ResultLine(
    "confirmed", "已确认", "优秀", 3, 45, "是", total=D("91.20"), base=D("86.20"), bonus=D(5), entry=D(44), final=D("82.5"),
    blocks=BLOCKS,
)  # fmt: skip


def strip(marks: str = "....L..P....") -> tuple[Attended, ...]:
    words = {".": ("present", "出勤"), "L": ("late", "迟到"), "P": ("personal", "事假")}
    return tuple(
        Attended(date(2026, 3, 2) + timedelta(place // 2), f"第{place + 1}讲", D(4), *words[mark])
        for place, mark in enumerate(marks)
    )


def a_class(number: int = 0, **more: Any) -> ClassLine:
    facts: dict[str, Any] = {
        "enrolment": UUID(int=100 + number), "training_class": UUID(int=200 + number),
        "name": "2026年春季学期中青年干部培训班", "code": "ZQ2026-01", "kind": "主体班", "organizer": "中共云岭市委组织部",
        "place": "云岭市委党校", "since": date(2026, 3, 2), "until": date(2026, 3, 13), "unit": "云岭市发展和改革局",
        "post": "综合科副科长", "group": "第一组", "committee_post": "班长", "state": "completed", "state_word": "已结业",
        "class_state": "closed", "full_time": True, "hours": D(74), "total_hours": D(76), "leave_hours": D(2), "result": RESULT,
        "strip": strip(), "leaves": (LeaveTaken("事假", date(2026, 3, 5), date(2026, 3, 5), D(2), "已准假"),),
        "activities": (TookPart("学员论坛", "基层治理怎么抓", date(2026, 3, 6), "发言（主讲）"),),
    }  # fmt: skip
    return ClassLine(**(facts | more))


def ledger(count: int, year: int = 2026) -> tuple[LedgerLine, ...]:
    """`count` awards of half an hour each; the second is struck by the third."""
    lines, hours = [], D(0)
    for number in range(1, count + 1):
        amount = D("-0.5") if number == 3 else D("0.5")
        hours += amount
        lines.append(
            LedgerLine(
                number, date(year, 1, 5) + timedelta(number % 300), year, "脱产培训", "必修", f"第{number}次专题讲座", D(0), amount,
                amount, datetime(2026, 3, 20, 9, 0, tzinfo=UTC), hours, hours, source="班次",
                takes_back=2 if number == 3 else None, gone=number == 2, reversed_why="重复登记" if number == 2 else "",
                reason="重复登记" if number == 3 else "",
            )
        )  # fmt: skip
    return tuple(lines)


def archive(**more: Any) -> Archive:
    at = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
    facts: dict[str, Any] = {
        "on": TODAY, "person": PERSON,
        "postings": (
            Posting("云岭市自然资源和规划局青山分局", "综合科科长", "乡科级正职", "一级主任科员", date(2021, 5, 1), None, True),
            Posting("云岭市发展和改革局", "综合科副科长", "乡科级副职", "", date(2015, 1, 1), date(2021, 4, 30), True),
        ),
        "duties": (DUTY, FIVE_YEARS, ONLINE),
        "years": (YearSum(2026, D("8.5"), D(62), D(12), D(3), D(62), D(15)), YearSum(2025, D(11), D(88), D(50), D(0), D(88), D(50))),
        "classes": (a_class(), a_class(1, name="全市科级干部进修班", since=date(2025, 5, 12), until=date(2025, 5, 23), result=replace(RESULT, grade="良好", rank=12, blocks=()))),
        "ledger": ledger(5), "exempted": (Exempted(2026, "长期病休", 100, "术后休养", date(2026, 6, 1)),),
        "recognised": (Recognised(KEY, "乡村振兴专题", "网络培训", "省干部网络学院", date(2026, 4, 1), date(2026, 4, 30), D(6), D(0), "confirmed", "已认定"),),
        "online": (OnlineClassLine("2026年网络培训第一班", 2026, date(2026, 1, 1), date(2026, 12, 31), D(50)),),
        "honours": (Honour(1, "学习型好干部", "中共云岭市委组织部", date(2025, 12, 1)),),
        "works": (Work(KEY, UUID(int=100), "2026年春季学期中青年干部培训班", "调研报告", "关于镇村治理的调研", "报告.pdf", at),),
        "told": (Told("2026年春季学期中青年干部培训班", "云岭市自然资源和规划局青山分局", date(2026, 4, 10), "机关学习会", 36, "结合岗位讲了三点体会。", "confirmed", "已确认"),),
        "visits": (Visit("2026年春季学期中青年干部培训班", 3, date(2026, 6, 13), True, True, "学用结合好", None, "已在工作中运用", date(2026, 6, 20)),),
    }  # fmt: skip
    return Archive(**(facts | more))


def register(**more: Any) -> RegisterForm:
    """The form of the first class; `more` changes the class."""
    line = a_class(**more)
    return RegisterForm(TODAY, replace(PERSON, born="1985年6月"), line, archive().works)
