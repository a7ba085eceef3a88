"""What the bulletin and the class page compare: exams, papers, units, totals, hours, curriculum (DOMAIN.md §3).

The comparisons are pure functions of plain rows; `compare` reads the rows of a class from its results as they stand
(a fixed number of queries), so that figures and results never disagree. Shares are percentages with two decimals.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from assessments.models import Answer, Exam, Result
from assessments.models import Question as QuestionRow
from assessments.scoring.compute import WHY
from assessments.scoring.standing import EXCELLENT, UNGRADED, WITHDRAWN
from assessments.scoring.statistics import (
    ZERO,
    ExamComparison,
    PaperAnalysis,
    Question,
    analyse,
    compare_exams,
    mean,
    rounded,
)
from courses.models import CourseCategory
from training.models import Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT

Kind = CourseCategory.Kind
# Categories that came as text and were not linked to the catalogue.
NAMED_KINDS = {"理论教育": Kind.THEORY, "党的理论教育": Kind.THEORY, "党性教育": Kind.PARTY_SPIRIT}
BINS = (
    ("90 分及以上", Decimal(90)),
    ("80—89.99 分", Decimal(80)),
    ("70—79.99 分", Decimal(70)),
    ("60—69.99 分", Decimal(60)),
)
LOWEST_BIN = "60 分以下"


@dataclass(frozen=True, slots=True)
class Person:
    """A trainee's result as the comparisons need it."""

    enrolment_id: UUID
    unit_id: UUID
    unit: str
    total: Decimal
    grade: str
    attended_hours: Decimal | None
    entry: Decimal | None
    final: Decimal | None

    @property
    def graded(self) -> bool:
        return self.grade not in (WITHDRAWN, UNGRADED)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A session's hours and the kind of its category: theory, party_spirit, other, or empty without a category."""

    hours: Decimal
    kind: str


@dataclass(frozen=True, slots=True)
class Curriculum:
    """Hours of the timetable and the shares of 理论教育 plus 党性教育, and of 党性教育 alone.

    The shares are None unless every session has its category.
    """

    hours: Decimal
    theory_share: Decimal | None
    party_share: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitMean:
    """A unit's trainees: how many, how many have a grade, their mean total, how many are 优秀, attendance rate."""

    unit_id: UUID
    unit: str
    trainees: int
    graded: int
    mean: Decimal | None
    excellent: int
    attendance: Decimal | None


@dataclass(frozen=True, slots=True)
class Bin:
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Papers:
    """Item analyses; None where there was no such paper, or only its scores came."""

    entry: PaperAnalysis | None
    final: PaperAnalysis | None


@dataclass(frozen=True, slots=True)
class ClassComparison:
    trainees: int
    exams: ExamComparison
    papers: Papers
    curriculum: Curriculum
    units: list[UnitMean]
    distribution: list[Bin]
    grades: dict[str, int]
    attendance: Decimal | None


def percentage(part: Decimal, whole: Decimal) -> Decimal | None:
    return rounded(part * 100 / whole) if whole else None


def curriculum(lessons: Sequence[Lesson]) -> Curriculum:
    hours: dict[str, Decimal] = defaultdict(Decimal)
    for lesson in lessons:
        hours[lesson.kind] += lesson.hours
    total = sum(hours.values(), ZERO)
    if hours.get(""):
        return Curriculum(total, None, None)
    party = hours[Kind.PARTY_SPIRIT]
    return Curriculum(total, percentage(hours[Kind.THEORY] + party, total), percentage(party, total))


def attendance_rate(people: Sequence[Person], hours: Decimal) -> Decimal | None:
    """出勤率: attended hours of all hours due, in per cent; None where hours are unknown."""
    attended = [person.attended_hours for person in people if person.attended_hours is not None]
    return percentage(sum(attended, ZERO), hours * len(attended)) if attended else None


def unit_means(people: Iterable[Person], hours: Decimal) -> list[UnitMean]:
    """Units in the order in which they first appear; means are of those with a grade."""
    units: dict[UUID, list[Person]] = defaultdict(list)
    for person in people:
        units[person.unit_id].append(person)
    return [_unit_mean(members, hours) for members in units.values()]


def _unit_mean(members: list[Person], hours: Decimal) -> UnitMean:
    totals = [person.total for person in members if person.graded]
    return UnitMean(
        unit_id=members[0].unit_id,
        unit=members[0].unit,
        trainees=len(members),
        graded=len(totals),
        mean=rounded(mean(totals)) if totals else None,
        excellent=sum(person.grade == EXCELLENT for person in members),
        attendance=attendance_rate(members, hours),
    )


def distribution(people: Iterable[Person]) -> list[Bin]:
    """How many of those with a grade lie in each ten of the total, from the top."""
    counts = Counter(_bin(person.total) for person in people if person.graded)
    return [Bin(label, counts[label]) for label in (*(label for label, _ in BINS), LOWEST_BIN)]


def _bin(total: Decimal) -> str:
    return next((label for label, bound in BINS if total >= bound), LOWEST_BIN)


def exam_comparison(people: Sequence[Person]) -> ExamComparison:
    return compare_exams(
        {person.enrolment_id: person.entry for person in people if person.entry is not None},
        {person.enrolment_id: person.final for person in people if person.final is not None},
    )


def compare(training_class: TrainingClass) -> ClassComparison:
    """Everything that is compared of one class, from its results as they stand (four queries)."""
    people, lessons = _people(training_class), _lessons(training_class)
    shares = curriculum(lessons)
    return ClassComparison(
        trainees=len(people),
        exams=exam_comparison(people),
        papers=_papers(training_class),
        curriculum=shares,
        units=unit_means(people, shares.hours),
        distribution=distribution(people),
        grades=dict(Counter(person.grade for person in people)),
        attendance=attendance_rate(people, shares.hours),
    )


def _people(training_class: TrainingClass) -> list[Person]:
    """Results by the order of the unit tree, then of the roster."""
    rows = Result.objects.unscoped(WHY).filter(training_class=training_class)
    ordered = rows.order_by("enrolment__unit__path", "enrolment__position")
    columns = (
        "enrolment_id", "enrolment__unit_id",
        "enrolment__unit__name", "total", "grade", "attended_hours", "entry_score", "final_score",
    )  # fmt: skip
    return [Person(*row) for row in ordered.values_list(*columns)]


def _lessons(training_class: TrainingClass) -> list[Lesson]:
    rows = Session.objects.unscoped(WHY).of_class(training_class)
    columns = rows.values_list("hours", "category__kind", "category_name")
    return [Lesson(hours, kind or _named_kind(name)) for hours, kind, name in columns]


def _named_kind(name: str) -> str:
    return NAMED_KINDS.get(name, Kind.OTHER) if name else ""


def _papers(training_class: TrainingClass) -> Papers:
    questions: dict[str, list[Question]] = defaultdict(list)
    rows = QuestionRow.objects.unscoped(WHY).filter(exam__training_class=training_class).order_by("number")
    for kind, number, points in rows.values_list("exam__kind", "number", "points"):
        questions[kind].append(Question(number, points))
    sheets = _sheets(training_class)
    entry, final = (analyse(questions[kind], sheets[kind]) for kind in (Exam.Kind.ENTRY, Exam.Kind.FINAL))
    return Papers(entry, final)


def _sheets(training_class: TrainingClass) -> dict[str, list[dict[int, Decimal]]]:
    """Papers with answers, by exam: points reached by question number, blank ones left out."""
    seated = {"sheet__enrolment__state__in": HOLDS_A_SEAT, "sheet__exam__training_class": training_class}
    rows = Answer.objects.unscoped(WHY).filter(**seated).order_by()
    found: dict[tuple[str, int], dict[int, Decimal]] = defaultdict(dict)
    columns = ("sheet__exam__kind", "sheet_id", "question__number", "question__points", "given", "question__key")
    for kind, sheet, number, points, given, key in rows.values_list(*columns):
        found[kind, sheet][number] = points if given == key else ZERO
    sheets: dict[str, list[dict[int, Decimal]]] = defaultdict(list)
    for (kind, _), paper in found.items():
        sheets[kind].append(paper)
    return sheets
