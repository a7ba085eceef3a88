"""Valid rows with no surprises: units, people, a class with everything a class leaves. All names are invented."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.utils import timezone

from assessments.models import (
    ClassAssessment,
    Exam,
    Item,
    SatisfactionCount,
    ScoreEntry,
    ScoringScheme,
    Suggestion,
)
from core.files import keep
from core.idnumber import check_character
from core.names import pinyin
from organization.models import Account, AccountSession, DeviceCredential, Grant, Unit
from organization.services import add_device
from organization.sessions import PROVED, SEEN, SINCE, SessionStore, hashed
from reports.models import Document, NumberSeries
from trainees.models import Appointment, Cadre
from training.models import AttendanceMark, CheckIn, ClassRole, Enrolment, LeaveApprover, Session, TrainingClass
from training.rules.check_in import Window
from training.services.check_in import open_check_in

LONG_AGO = date(2020, 1, 1)
PDF = b"%PDF-1.7\n%%EOF\n"

_numbers = count(1)


def id_number(sequence: int | None = None) -> str:
    """A number with a right check character in a region that no place in the country has (99xxxx)."""
    first = f"999{next(_numbers) % 1000:03d}19850612{(sequence or next(_numbers)) % 1000:03d}"
    return first + check_character(first)


def unit(code: str, name: str, parent: Unit | None = None, **fields: Any) -> Unit:
    facts = {"kind": Unit.Kind.AGENCY, "level": Unit.Level.CITY, "pinyin": pinyin(name)[0]} | fields
    if parent is None:
        return Unit.add_root(code=code, name=name, **facts)
    return Unit.objects.get(pk=parent.pk).add_child(code=code, name=name, **facts)


def account(username: str, name: str, **fields: Any) -> Account:
    """An account that has taken effect, without a password."""
    facts = {"approved_at": timezone.now()} | fields
    return Account.objects.create_user(username, None, display_name=name, **facts)


def signed_in(who: Account) -> AccountSession:
    """A session of the account on some other device."""
    store = SessionStore()
    now = int(time.time())
    store.update({SESSION_KEY: str(who.pk), SINCE: now, SEEN: now, PROVED: now})
    store.create()
    return AccountSession.objects.get(session_key=hashed(store.session_key or ""))


def grant(who: Account, role: str, where: Unit) -> Grant:
    return Grant.objects.create(account=who, role=role, unit=where, since=LONG_AGO)


def cadre(name: str, where: Unit, authority: Unit, **fields: Any) -> Cadre:
    whole, initials = pinyin(name)
    person = Cadre(name=name, pinyin=whole, initials=initials, unit=where, managing_authority=authority, **fields)
    person.set_id_number(id_number())
    person.save()
    Appointment.objects.create(cadre=person, unit=where, post="科长", post_level="乡科级正职", since=LONG_AGO)
    return person


def training_class(where: Unit, name: str, code: str, **fields: Any) -> TrainingClass:
    facts = {
        "origin": TrainingClass.Origin.WORKBOOK,
        "class_type": "主体班",
        "organizer": where.name,
        "start": date(2026, 3, 2),
        "end": date(2026, 3, 13),
        "state": TrainingClass.State.ENDED,
        "attendance_kept": True,
    }
    return TrainingClass.objects.create(unit=where, name=name, code=code, **(facts | fields))


def class_role(who: Account, where: TrainingClass, kind: str = ClassRole.Kind.MANAGER, **fields: Any) -> ClassRole:
    return ClassRole.objects.create(training_class=where, account=who, kind=kind, since=LONG_AGO, **fields)


def approver(where: Unit, level: str, who: Account, **fields: Any) -> LeaveApprover:
    return LeaveApprover.objects.create(unit=where, level=level, account=who, since=LONG_AGO, **fields)


def enrolment(where: TrainingClass, person: Cadre, position: int, **fields: Any) -> Enrolment:
    facts = {
        "roster_name": person.name,
        "unit": person.unit,
        "post": "科长",
        "post_level": "乡科级正职",
        "group": "第一组",
        "state": Enrolment.State.COMPLETED,
        "since": where.start,
        "until": where.end,
    }
    return Enrolment.objects.create(training_class=where, cadre=person, position=position, **(facts | fields))


def session(where: TrainingClass, number: int, **fields: Any) -> Session:
    """The `number`-th half-day of the class, four hours, attendance kept."""
    facts = {
        "date": where.start + timedelta(days=number // 2),
        "period": 1 + number % 2,
        "title": f"第{number + 1}讲",
        "category_name": "理论教育",
        "hours": Decimal("4"),
        "recorded": True,
    }
    return Session.objects.create(training_class=where, **(facts | fields))


def mark(who: Enrolment, when: Session, value: str = AttendanceMark.Mark.LATE) -> AttendanceMark:
    return AttendanceMark.objects.create(
        training_class=who.training_class, enrolment=who, session=when, mark=value, source=AttendanceMark.Source.PAGE
    )


def scheme() -> ScoringScheme:
    """The scheme that the project ships."""
    return ScoringScheme.objects.get(unit=None, name="4+1")


def item(name: str) -> Item:
    return Item.objects.get(block__scheme=scheme(), name=name)


def entry(who: Enrolment, name: str, points: str, reason: str) -> ScoreEntry:
    return ScoreEntry.objects.create(
        training_class=who.training_class,
        enrolment=who,
        item=item(name),
        on=who.training_class.start,
        points=Decimal(points),
        reason=reason,
        recorder="考评组",
        source=ScoreEntry.Source.PAGE,
    )


def exams(where: TrainingClass, people: Sequence[Enrolment], finals: Sequence[str]) -> None:
    """Both exams of a class, by scores; entry exams are all 60."""
    for kind, scores in ((Exam.Kind.ENTRY, ["60"] * len(people)), (Exam.Kind.FINAL, finals)):
        exam = Exam.objects.create(training_class=where, kind=kind, by_answers=False)
        for who, score in zip(people, scores, strict=True):
            exam.sheets.create(enrolment=who, score=Decimal(score))


def assessment(where: TrainingClass) -> ClassAssessment:
    return ClassAssessment.objects.create(
        training_class=where, scheme=scheme(), entries_kept=True, satisfaction_kept=True
    )


def satisfaction(where: TrainingClass, answers: int = 6) -> None:
    for aspect in SatisfactionCount.ASPECTS:
        SatisfactionCount.objects.create(training_class=where, aspect=aspect, rating="非常满意", count=answers)
    Suggestion.objects.create(training_class=where, text="希望增加现场教学。")


def series(office: Unit, word: str, year: int = 2026) -> NumberSeries:
    return NumberSeries.objects.get_or_create(office=office, word=word, year=year, defaults={"last": 100})[0]


def document(where: TrainingClass, kind: str, position: int, title: str, **fields: Any) -> Document:
    """An issued document with its file; numbers run by position."""
    facts = {
        "office": where.unit,
        "state": Document.State.ISSUED,
        "series": series(where.unit, "培"),
        "number": position,
        "issued_on": date(2026, 3, 20),
        "file": keep(PDF),
        "pages": 1,
    }
    return Document.objects.create(training_class=where, kind=kind, position=position, title=title, **(facts | fields))


def class_of_today(city: Any, name: str = "秋季中青年干部培训班") -> TrainingClass:
    """A class that runs today, with the city's three people on its roster, its manager and its assessor."""
    today = timezone.localdate()
    facts = {"start": today - timedelta(days=1), "end": today + timedelta(days=3), "state": "running"}
    one = training_class(city.root, name, f"TODAY-{next(_numbers)}", attendance_kept=False, **facts)
    class_role(city.manager, one)
    class_role(city.assessor, one, ClassRole.Kind.ASSESSOR)
    for place, person in enumerate(city.cadres, 1):
        enrolment(one, person, place, state=Enrolment.State.REPORTED, full_time=False)
    return one


def opened_check_in(
    where: TrainingClass, by: Account, *, minutes: Sequence[int] = (-10, 10, 30), number: int = 2
) -> CheckIn:
    """A check-in to a session of the class: opens, late from, closes in so many minutes from now."""
    now = timezone.now()
    window = Window(*(now + timedelta(minutes=one) for one in minutes))
    return open_check_in(session(where, number, recorded=False), window, actor=by)


def remembered_phone(who: Account) -> tuple[DeviceCredential, str]:
    """A phone that somebody's account is remembered on, and its key."""
    return add_device(who, DeviceCredential.Kind.PHONE, "安卓手机 · Chrome", now=timezone.now(), actor=who)
