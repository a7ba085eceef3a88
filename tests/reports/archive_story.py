"""A cadre with something in every section of the learning archive, told on the cast's first trainee."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.files import keep
from core.keys import new_key
from tests import factories as make
from tests.cast import City
from trainees.models import (
    Appointment,
    Award,
    Cadre,
    Exemption,
    OnlineClass,
    OnlineLearner,
    Recognition,
)
from trainees.rules.credits import Learning
from trainees.services import ledger
from trainees.services.duties import assign_duties
from training.models import Activity, Enrolment, FollowUp, LearningWork, LeaveRequest, ReportBack

CANARIES = ("病休三个月的诊断", "家中老人住院需陪护", "论基层治理的若干思考", "主动发言", "承担接待任务")
"""What only the department and the person read: reasons of leave and reduction, works, entries."""


def learn(
    cadre: Cadre, on: date, hours: str, title: str, *, channel: str = "off_job", source: UUID | None = None
) -> UUID:
    """One award in the ledger; the key of its source."""
    key = source or new_key()
    one = Learning(
        cadre_id=cadre.pk, on=on, channel=channel, hours=Decimal(hours), days=Decimal(hours) / 8, title=title,
        source_kind="class" if channel == "off_job" else "recognition", source_id=key, part=on.year,
    )  # fmt: skip
    ledger.post([one], actor=None)
    return key


def fill(city: City, *, times: int = 1) -> Cadre:
    """`times` of everything that a cadre can have several of."""
    cadre, seat = city.cadres[0], city.enrolments[0]
    cadre.sex, cadre.ethnic_group, cadre.political_status, cadre.band = "1", "汉族", "中共党员", "township_down"
    cadre.party_since, cadre.work_since = date(2008, 7, 1), date(2006, 8, 1)
    cadre.save()
    Enrolment.objects.filter(pk=seat.pk).update(grade="优秀", committee_post="班长")
    for number in range(times):
        _once(city, cadre, seat, number)
    assign_duties([cadre.pk], date.today().year, actor=None)
    return cadre


def again(city: City, cadre: Cadre, number: int) -> None:
    """One more of everything."""
    _once(city, cadre, city.enrolments[0], number)


def learn_much(cadre: Cadre, count: int) -> None:
    """So many awards of this year in one posting."""
    first = date(date.today().year, 1, 5)
    rows = [
        Learning(
            cadre_id=cadre.pk, on=first + timedelta(number % 200), channel="off_job", hours=Decimal("0.5"), days=Decimal(0),
            title=f"第{number}次讲座", source_kind="class", source_id=new_key(), part=first.year,
        )
        for number in range(count)
    ]  # fmt: skip
    ledger.post(rows, actor=None)


def _once(city: City, cadre: Cadre, seat: Enrolment, number: int) -> None:
    year = date.today().year
    learn(cadre, date(2025, 10, 20), "16", f"{city.word}第{number + 1}次专题研讨")
    wrong = learn(cadre, date(year, 3, 13), "4", f"误记的一讲{number + 1}")
    ledger.withdraw("class", [wrong], actor=None, reason="该讲本人未到，重复登记")
    learn(cadre, date(year, 5, 8), "6", f"网络课程{number + 1}", channel="online")
    Recognition.objects.create(
        cadre=cadre, unit=cadre.unit, channel="online", title=f"乡村振兴专题{number + 1}", title_key=f"k{number}",
        provider="省干部网络学院", since=date(year, 4, 1), until=date(year, 4, 30), hours=Decimal(6), state="returned",
        state_reason="请补交结业证明",
    )  # fmt: skip
    Award.objects.create(
        cadre=cadre, name="学习型好干部", giver=city.root.name, on=date(2024, 1, 1) + timedelta(number)
    )
    Exemption.objects.create(
        cadre=cadre, year=2000 + number, kind="illness", share=50, reason="病休三个月的诊断", actor_id=new_key()
    )
    online = OnlineClass.objects.create(
        unit=city.root, name=f"{year}年网络培训第{number + 1}班", year=year, since=date(year, 1, 1), until=date(year, 12, 31)
    )  # fmt: skip
    OnlineLearner.objects.create(online_class=online, cadre=cadre)
    LearningWork.objects.create(
        enrolment=seat,
        kind="report",
        title=f"论基层治理的若干思考{number + 1}",
        file=keep(make.PDF),
        file_name="报告.pdf",
    )
    _of_seat(city, seat if number == 0 else another_seat(city, cadre, number))
    Appointment.objects.create(
        cadre=cadre, unit=city.sibling, post="副科长", post_level="乡科级副职", primary=False,
        since=date(2010, 1, 1) + timedelta(number), until=date(2019, 12, 31),
    )  # fmt: skip


def another_seat(city: City, cadre: Cadre, number: int) -> Enrolment:
    """A class of an earlier year with its sessions, a mark and a confirmed result."""
    days = {"start": date(2012 + number, 3, 2), "end": date(2012 + number, 3, 6), "state": "closed"}
    one = make.training_class(city.root, f"{city.word}往期第{number}班", f"{city.word}-W{number}", **days)
    seat = make.enrolment(one, cadre, 1, grade="良好")
    make.mark(seat, make.session(one, 0))
    first = city.training_class.results.order_by("pk")[0]
    one.results.create(
        enrolment=seat, scheme=first.scheme, state="confirmed", points=first.points, base=first.base, rank=1,
        total=Decimal(85), grade="良好", explanation=first.explanation, leave_hours=0, attended_hours=4,
    )  # fmt: skip
    return seat


def _of_seat(city: City, seat: Enrolment) -> None:
    one: Any = seat.training_class
    LeaveRequest.objects.create(
        training_class=one, enrolment=seat, kind="personal", reason="家中老人住院需陪护", first=one.start, last=one.start,
        hours=Decimal(4), half_days=1, state="granted",
    )  # fmt: skip
    held = Activity.objects.create(training_class=one, kind="forum", title="学员论坛", date=one.start)
    held.parts.create(enrolment=seat, part="spoke")
    ReportBack.objects.create(
        enrolment=seat, unit=seat.unit, on=one.end + timedelta(20), occasion="机关学习会", audience=36,
        text="结合岗位讲了三点体会。", state="filed",
    )  # fmt: skip
    FollowUp.objects.create(
        enrolment=seat, months=3, due=one.end + timedelta(90), outcome="good", remark="已在工作中运用"
    )
