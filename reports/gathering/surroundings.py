"""What stood around the results: the timetable's shares, attendance, satisfaction."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Q, Sum

from assessments.models import SatisfactionCount, Suggestion
from assessments.scoring.comparisons import ClassComparison, Curriculum, percentage
from reports.gathering.outset import WHY
from reports.papers.figures import ActivityCount, Attendance, CurriculumShare, Satisfaction, SatisfactionRow
from training.models import Activity, AttendanceMark, Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT

Mark = AttendanceMark.Mark
NOTED = (Mark.LATE, Mark.EARLY, Mark.PERSONAL, Mark.SICK, Mark.OFFICIAL, Mark.ABSENT)
TENTH = Decimal("0.1")
FORMS = ("现场教学", "研讨")  # 教学形式 whose shares are shown (DOMAIN.md §3, "A class")


def curriculum_of(training_class: TrainingClass, shares: Curriculum) -> tuple[CurriculumShare, ...]:
    """The shares that the rules ask about, then those of forms of teaching; nothing while a session has no category."""
    if shares.theory_share is None or shares.party_share is None:
        return ()
    kinds = [("党的理论教育和党性教育", shares.theory_share), ("党性教育", shares.party_share)]
    asked = [CurriculumShare(name, _part(shares.hours, share), share) for name, share in kinds]
    return (*asked, *_forms(training_class, shares.hours))


def _part(hours: Decimal, percent: Decimal) -> Decimal:
    """Hours that a share stands for: hours come in halves, so a tenth is exact."""
    return (hours * percent / 100).quantize(TENTH)


def _forms(training_class: TrainingClass, hours: Decimal) -> list[CurriculumShare]:
    sessions = Session.objects.unscoped(WHY).filter(training_class=training_class).order_by()
    sums = {f"form_{place}": Sum("hours", filter=Q(form__contains=form)) for place, form in enumerate(FORMS)}
    found = sessions.aggregate(**sums)
    named = [(form, found[f"form_{place}"]) for place, form in enumerate(FORMS)]
    return [CurriculumShare(form, part, percentage(part, hours) or Decimal(0)) for form, part in named if part]


def activities_of(training_class: TrainingClass) -> tuple[ActivityCount, ...]:
    """Activities that took place, by kind in the order of the kinds (one query)."""
    rows = Activity.objects.unscoped(WHY).filter(training_class=training_class, cancelled="").order_by()
    counted = rows.values("kind").annotate(times=Count("pk", distinct=True), people=Count("parts"))
    found = {row["kind"]: row for row in counted}
    listed = [(kind, found[kind]) for kind in Activity.Kind if kind in found]
    return tuple(ActivityCount(kind.label, row["times"], row["people"]) for kind, row in listed)


def attendance_of(training_class: TrainingClass, compared: ClassComparison, trainees: int) -> Attendance | None:
    """None where hours are unknown."""
    if compared.attendance is None:
        return None
    marks = AttendanceMark.objects.unscoped(WHY).filter(
        training_class=training_class, enrolment__state__in=HOLDS_A_SEAT, mark__in=NOTED
    )
    counts = {f"count_{mark}": Count("pk", filter=Q(mark=mark)) for mark in NOTED}
    found = marks.aggregate(people=Count("enrolment", distinct=True), **counts)
    sessions = Session.objects.unscoped(WHY).filter(training_class=training_class, recorded=True)
    return Attendance(
        sessions=sessions.count(),
        rate=compared.attendance,
        marks=tuple((mark.label, found[f"count_{mark}"]) for mark in NOTED),
        full=trainees - found["people"],
        withdrawn=compared.grades.get("退学", 0),
    )


def satisfaction_of(training_class: TrainingClass) -> Satisfaction | None:
    """Counts by aspect, and the free texts; None where nobody was asked."""
    rows = SatisfactionCount.objects.unscoped(WHY).filter(training_class=training_class)
    counts = {(aspect, rating): count for aspect, rating, count in rows.values_list("aspect", "rating", "count")}
    if not counts:
        return None
    table = [
        SatisfactionRow(aspect, *(counts.get((aspect, rating), 0) for rating in SatisfactionCount.RATINGS))
        for aspect in SatisfactionCount.ASPECTS
    ]
    answers = max(row.very + row.satisfied + row.fair + row.dissatisfied for row in table)
    texts = Suggestion.objects.unscoped(WHY).filter(training_class=training_class).values_list("text", flat=True)
    return Satisfaction(answers, tuple(table), _grouped(texts))


def _grouped(texts: Iterable[str]) -> tuple[str, ...]:
    """Equal texts once, with their number; the frequent ones first, else in the order of the characters."""
    counted = sorted(Counter(texts).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(text if count == 1 else f"{text}（{count}人）" for text, count in counted)
