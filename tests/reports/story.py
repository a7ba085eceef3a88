"""A class of the demo city for the stories about documents: people of several units, and their results."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.models import ClassAssessment, Exam, Result, ScoringScheme
from assessments.services.scoring import score_class
from core.idnumber import check_character
from core.names import pinyin
from organization.loading import SHIPPED_UNITS, import_units
from organization.models import Account, Unit
from tests import factories as make
from trainees.models import Cadre
from training.models import AttendanceMark, Enrolment, Session, TrainingClass

MAXIMA = {
    "出勤情况": 15, "纪律建设": 10, "学习作业": 5, "班务与支部活动": 8, "小组履职": 6, "内务与廉洁": 6, "课堂互动": 10, "研讨交流": 15,
    "结业测试": 15, "调研报告": 10,
}  # fmt: skip
# Units as the roster has them, not in the order of the tree.
PEOPLE = [("陈一", "YL06"), ("欧阳青山", "YL01"), ("龚䶮", "YL01"), ("阿依古丽·买买提", "QX03")]
IN_TREE = ["云岭市发展和改革局", "云岭市审计局", "清溪县石桥镇人民政府"]
ISSUED = date(2026, 3, 20)


def id_number(serial: int) -> str:
    """A number with a right check character and an address code that no place has."""
    first = f"99010119800101{serial:03d}"
    return first + check_character(first)


def a_class(people: Sequence[tuple[str, str]] = PEOPLE, **facts: Any) -> TrainingClass:
    """A class of 中共云岭市委组织部 with these (name, unit code), assessed by “4+1”."""
    if not Unit.objects.exists():
        import_units(SHIPPED_UNITS)
    chosen = {
        "unit": Unit.objects.get(code="YL"), "origin": "workbook", "name": "年轻干部培训班", "class_type": "主体班",
        "organizer": "中共云岭市委组织部", "start": date(2026, 3, 2), "end": date(2026, 3, 13), "code": "2026-01",
        "attendance_kept": True, **facts,
    }  # fmt: skip
    made = TrainingClass.objects.create(**chosen)
    scheme = ScoringScheme.objects.get(name="4+1", edition=1)
    ClassAssessment.objects.create(training_class=made, scheme=scheme, entries_kept=True)
    for place, (name, code) in enumerate(people, start=1):
        enrol(made, place, name, code)
    return made


def enrol(training_class: TrainingClass, place: int, name: str, code: str) -> Enrolment:
    unit = Unit.objects.get(code=code)
    sound = pinyin(name)
    cadre = Cadre(name=name, pinyin=sound[0], initials=sound[1], managing_authority=training_class.unit, unit=unit)
    cadre.set_id_number(id_number(Cadre.objects.count() + 1))
    cadre.save()
    return Enrolment.objects.create(
        training_class=training_class, cadre=cadre, position=place, roster_name=name, unit=unit, post="科长",
        since=training_class.start, until=training_class.end,
    )  # fmt: skip


def give_result(enrolment: Enrolment, **facts: Any) -> Result:
    """A draft result: full points less one in 课堂互动, unless told otherwise."""
    points = {name: f"{most}.00" for name, most in MAXIMA.items()} | {"课堂互动": "9.00", "加分项": "2.50"}
    chosen = {
        "training_class": enrolment.training_class, "scheme": ScoringScheme.objects.get(name="4+1", edition=1),
        "points": points, "base": Decimal("99.00"), "bonus": Decimal("2.50"), "total": Decimal("101.50"),
        "grade": "优秀", "rank": enrolment.position, "leave_hours": Decimal("4.0"), "attended_hours": Decimal("72.0"),
        "entry_score": Decimal("58.00"), "final_score": Decimal("86.67"), **facts,
    }  # fmt: skip
    return Result.objects.create(enrolment=enrolment, **chosen)


def an_actor(name: str = "office") -> Account:
    return Account.objects.filter(username=name).first() or make.account(name, "经办人")


def a_scored_class(people: Sequence[tuple[str, str]] = PEOPLE, **facts: Any) -> TrainingClass:
    """The same after its end: eight half-days, entries, both exams, a survey, draft results.

    The first was late once; the last took two half-days off, more than one seventh of 32 hours: 退学.
    """
    made = a_class(people, **facts)
    roster = list(Enrolment.objects.of_class(made))
    sessions = [make.session(made, number) for number in range(8)]
    for person in roster:
        make.entry(person, "研讨交流", "12", "小组评定")
        make.entry(person, "调研报告", "8.5", "阅卷人")
    make.mark(roster[0], sessions[0])
    take_leave(roster[-1], sessions[:2])
    hold_exams(made, roster)
    make.satisfaction(made)
    score_class(made, actor=an_actor())
    return made


def hold_exams(training_class: TrainingClass, roster: Sequence[Enrolment]) -> None:
    """60 of 100 before, 88 after, for everybody."""
    for kind, score in ((Exam.Kind.ENTRY, "60"), (Exam.Kind.FINAL, "88")):
        exam = Exam.objects.create(training_class=training_class, kind=kind, by_answers=False)
        for person in roster:
            exam.sheets.create(enrolment=person, score=Decimal(score))


def take_leave(person: Enrolment, sessions: Sequence[Session]) -> None:
    for session in sessions:
        make.mark(person, session, AttendanceMark.Mark.PERSONAL)
