"""What comes after a class in the demo city: report-backs and follow-ups; and what happens to people meanwhile."""

from collections.abc import Mapping
from datetime import date, timedelta

from organization.models import Account, Unit
from portal.demo.dice import dice
from trainees.models import Appointment, Cadre
from trainees.services.exemptions import ExemptionFacts, grant_exemption
from trainees.services.moves import move_cadre
from training.models import Enrolment, FollowUp
from training.rules.follow_up import questionnaire
from training.services.follow_ups import (
    answer_follow_up,
    answer_for_superior,
    close_follow_up,
    make_follow_ups,
)
from training.services.report_backs import Told, confirm_report, file_report, return_report

TEXT = (
    "围绕“{0}”的学习内容，向全科同志汇报了培训收获：一是理论学习更系统，二是对基层情况更清楚，三是明确了改进工作的具体措施，"
    "并就下一步结合本职工作抓好落实作了讨论。"
)
OTHERS = ("YL02", "YL04", "YL05", "YL07", "YL08")
"""Units that no account of the demo belongs to."""
NIGHTS = (300, 220, 140, 60, 0)
"""Days ago on which the nightly round is made up for: follow-ups are made when their day comes."""


def come_after(accounts: Mapping[str, Account], units: Mapping[str, Unit], today: date) -> None:
    liaison, learner, department = (accounts[name] for name in ("lianluoyuan", "xueyuan", "zuzhibu"))
    report_back(units["YL01"], liaison, today)
    tell_own(learner, today)
    for ago in NIGHTS:
        make_follow_ups(today - timedelta(days=ago))
    follow_up(units["YL01"], liaison, learner, department)


def report_back(unit: Unit, liaison: Account, today: date) -> None:
    """Of the liaison's unit: one confirmed, one sent back, others that wait."""
    seats = Enrolment.objects.filter(cadre__unit=unit, state=Enrolment.State.COMPLETED).select_related("training_class")
    for place, seat in enumerate(seats.order_by("-since", "pk")[:5]):
        made = file_report(seat, _told(seat, today), actor=liaison)
        if place == 1:
            return_report(made, actor=liaison, reason="请补充结合本职工作的打算")
        elif place > 2:
            confirm_report(made, actor=liaison)


def tell_own(learner: Account, today: date) -> None:
    """The demo's trainee has reported on the first of their classes; the next is due."""
    seats = Enrolment.objects.filter(cadre__account=learner, state=Enrolment.State.COMPLETED)
    for seat in seats.select_related("training_class").order_by("since", "pk")[:1]:
        file_report(seat, _told(seat, today), actor=learner)


def _told(seat: Enrolment, today: date) -> Told:
    on = min(today, seat.training_class.end + timedelta(days=16))
    return Told(on, TEXT.format(seat.training_class.name), "支部主题党日", 18)


def follow_up(unit: Unit, liaison: Account, learner: Account, department: Account) -> None:
    """Some are answered, some closed, the rest wait."""
    rows = FollowUp.objects.filter(closed_at=None).select_related("enrolment__cadre").order_by("due", "pk")
    for place, row in enumerate(rows.filter(enrolment__cadre__unit=unit)[:4]):
        answer_for_superior(row, _answers("superior", str(row.enrolment.roster_name)), actor=liaison)
        if place % 2:
            row.refresh_from_db()
            close_follow_up(row, "good", place == 1, "学用结合好，已承担重点任务", actor=department)
    for row in rows.filter(enrolment__cadre__account=learner)[:1]:
        answer_follow_up(row, _answers("own", "learner"), actor=learner)


def _answers(side: str, about: str) -> dict[str, str]:
    chance, asked = dice("follow-up", side, about), questionnaire()
    told = {one.key: str(chance.randint(3, 5)) for one in asked.questions}
    words = {"example": "牵头完成了一项基层治理专项工作", "wish": "希望增加数字化治理的实务课程"}
    return told | {one.key: words[one.key] for one in asked.texts}


def happen(units: Mapping[str, Unit], department: Account, today: date) -> None:
    """Somebody rises, somebody moves, somebody is seconded, somebody is ill: of units that no story needs."""
    long_known = Appointment.objects.filter(until=None, primary=True, since__lt=today - timedelta(days=30))
    people = Cadre.objects.filter(unit__code__in=OTHERS, canonical=None, band=Cadre.Band.TOWNSHIP_DOWN)
    risen, moved, away, ill = people.filter(appointments__in=long_known).order_by("pinyin", "pk")[:4]
    move_cadre(
        risen, unit=risen.unit, post="副局长", post_level="县处级副职", rank="", since=today - timedelta(days=20),
        actor=department,
    )  # fmt: skip
    move_cadre(
        moved, unit=units["YL06"], post="科长", post_level="乡科级正职", rank="", since=today - timedelta(days=25),
        actor=department,
    )  # fmt: skip
    for who, kind, share, reason in (
        (away, "secondment", 50, "选派驻村工作队，任期一年"),
        (ill, "illness", 100, "因病长期休养，附住院证明"),
    ):
        grant_exemption(who, ExemptionFacts(today.year, "", kind, share, reason), actor=department)
