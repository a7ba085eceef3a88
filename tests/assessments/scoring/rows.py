"""Rows of one class, made directly: a builder for the tests of scoring (everything valid, no surprises)."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from assessments.models import (
    Answer,
    AnswerSheet,
    ClassAssessment,
    Exam,
    Item,
    Question,
    ScoreEntry,
    ScoringScheme,
)
from core.keys import new_key
from organization.models import Account, Unit
from trainees.models import Cadre
from training.models import AttendanceMark, Enrolment, Session, TrainingClass

START = date(2026, 3, 2)
_numbers = count(1)


def make_unit(name: str = "云岭市财政局") -> Unit:
    return Unit.add_root(code=f"U{next(_numbers)}", name=name, pinyin="", kind=Unit.Kind.AGENCY, level=Unit.Level.CITY)


def make_account(name: str = "zuzhibu") -> Account:
    return Account.objects.create(username=f"{name}{next(_numbers)}", display_name="组织部干部", password="!")


def four_plus_one() -> ScoringScheme:
    return ScoringScheme.objects.get(name="4+1", unit=None, edition=1)


class ClassRows:
    """A class under “4+1” and its rows; `kept` says whether attendance and process record exist."""

    def __init__(self, unit: Unit, *, kept: bool = True, name: str = "中青年干部培训班") -> None:
        self.unit, self.kept = unit, kept
        self.training_class = TrainingClass.objects.create(
            unit=unit, origin="workbook", name=f"{name}{next(_numbers)}", class_type="主体班", organizer="市委组织部",
            start=START, end=START + timedelta(days=60), attendance_kept=kept,
        )  # fmt: skip
        ClassAssessment.objects.create(training_class=self.training_class, scheme=four_plus_one(), entries_kept=kept)
        self.sessions: list[Session] = []
        self.enrolments: list[Enrolment] = []
        self.items = {item.name: item for item in Item.objects.filter(block__scheme=four_plus_one())}

    def add_sessions(self, *hours: str) -> None:
        """One session a day, in the morning, with these hours."""
        for each in hours:
            day = START + timedelta(days=len(self.sessions))
            row = Session(
                training_class=self.training_class, date=day, period=1, title="宪法与依法行政",
                category_name="理论教育", hours=Decimal(each), recorded=self.kept,
            )  # fmt: skip
            row.save()
            self.sessions.append(row)

    def enrol(self, *names: str) -> list[Enrolment]:
        cadres = [self._cadre(name) for name in names]
        Cadre.objects.bulk_create(cadres)
        people = [self._enrolment(cadre, place) for place, cadre in enumerate(cadres, start=len(self.enrolments) + 1)]
        Enrolment.objects.bulk_create(people)
        self.enrolments += people
        return people

    def mark(self, person: Enrolment, *marks: str, first: int = 0) -> None:
        """Mark the sessions from the `first` on, one after the other."""
        sessions = self.sessions[first : first + len(marks)]
        AttendanceMark.objects.bulk_create(
            AttendanceMark(
                training_class=self.training_class, enrolment=person, session=session, mark=mark, source="workbook"
            )
            for session, mark in zip(sessions, marks, strict=True)
        )

    def enter(self, person: Enrolment, item: str, *points: str | None, **facts: object) -> list[ScoreEntry]:
        return [
            ScoreEntry.objects.create(
                training_class=self.training_class, enrolment=person, item=self.items[item], on=START,
                points=None if each is None else Decimal(each), source="workbook", **facts,
            )
            for each in points
        ]  # fmt: skip

    def reverse(self, entry: ScoreEntry) -> ScoreEntry:
        facts = {
            "enrolment": entry.enrolment,
            "item": entry.item,
            "on": entry.on,
            "points": entry.points and -entry.points,
        }
        return ScoreEntry.objects.create(training_class=self.training_class, reverses=entry, source="page", **facts)

    def exam(self, kind: str, keys: Iterable[str], points: Iterable[str]) -> Exam:
        exam = Exam.objects.create(training_class=self.training_class, kind=kind)
        for number, (key, worth) in enumerate(zip(keys, points, strict=True), start=1):
            Question.objects.create(exam=exam, number=number, key=key, points=Decimal(worth))
        return exam

    def answer(self, exam: Exam, person: Enrolment, *given: str) -> AnswerSheet:
        """Answers in the order of the questions; an empty one is left blank."""
        sheet = AnswerSheet.objects.create(exam=exam, enrolment=person)
        questions = exam.questions.order_by("number")
        Answer.objects.bulk_create(
            Answer(sheet=sheet, question=question, given=letters)
            for question, letters in zip(questions, given, strict=True)
            if letters
        )
        return sheet

    def score(self, kind: str, **scores: str) -> Exam:
        """A paper of scores out of 100, by roster name."""
        exam = Exam.objects.create(training_class=self.training_class, kind=kind, by_answers=False)
        by_name = {person.roster_name: person for person in self.enrolments}
        for name, score in scores.items():
            AnswerSheet.objects.create(exam=exam, enrolment=by_name[name], score=Decimal(score))
        return exam

    def _cadre(self, name: str) -> Cadre:
        key = new_key()
        return Cadre(
            id=key, name=name, pinyin="", initials="", id_number_sealed="", id_number_index=str(key),
            managing_authority=self.unit, unit=self.unit,
        )  # fmt: skip

    def _enrolment(self, cadre: Cadre, place: int) -> Enrolment:
        facts = {"since": self.training_class.start, "until": self.training_class.end}
        return Enrolment(
            training_class=self.training_class,
            cadre=cadre,
            position=place,
            roster_name=cadre.name,
            unit=self.unit,
            **facts,
        )
