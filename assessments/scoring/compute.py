"""One set-based computation for one class or for ten thousand: SQL aggregates in, the rules in decimals, scores out.

Classes are taken in packs of so many trainees that the memory stays flat however many classes there are. A pack costs
six queries, whatever the number of its trainees: no query a trainee, none a class.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from assessments.models import AnswerSheet, ClassAssessment, Exam, Item, ScoreEntry, ScoringScheme
from assessments.scoring.rules import HUNDRED, NOTHING, Basis, Entries, Facts, ItemRule, Paper, Scheme
from assessments.scoring.standing import ClassScores, score_class
from training.models import AttendanceMark, Enrolment, Session
from training.models.enrolment import HOLDS_A_SEAT

TRAINEES_AT_ONCE = 4000
WHY = "scores of classes that the caller fetched in scope"
COUNTED = [mark.value for mark in AttendanceMark.Mark if mark is not AttendanceMark.Mark.PRESENT]


@dataclass(frozen=True, slots=True)
class Head:
    """What is asked of a class before its trainees are read."""

    class_id: UUID
    scheme_id: UUID
    entries_kept: bool
    attendance_kept: bool
    trainees: int


@dataclass(slots=True)
class Held:
    """One exam of a class: which, and the points of its paper."""

    class_id: UUID
    kind: str
    full: Decimal


@dataclass(slots=True)
class Pack:
    """Classes that are read together, with what the queries found."""

    heads: list[Head] = field(default_factory=list)
    size: int = 0

    @property
    def ids(self) -> list[UUID]:
        return [head.class_id for head in self.heads]


def compute(class_ids: Collection[UUID]) -> Iterator[ClassScores]:
    """Scores of these classes, class by class, trainees in roster order.

    Only trainees on the roster are counted. A class without a scheme (no ClassAssessment) gives nothing.
    """
    heads = list(_heads(class_ids))
    schemes = load_schemes({head.scheme_id for head in heads})
    for pack in _packs(heads):
        yield from _score_pack(pack, schemes)


def _heads(class_ids: Collection[UUID]) -> Iterator[Head]:
    seated = Count("training_class__enrolments", filter=Q(training_class__enrolments__state__in=HOLDS_A_SEAT))
    rows = ClassAssessment.objects.unscoped(WHY).filter(pk__in=class_ids).annotate(seated=seated).order_by("pk")
    columns = ("pk", "scheme_id", "entries_kept", "training_class__attendance_kept", "seated")
    return (Head(*row) for row in rows.values_list(*columns))


def _packs(heads: Iterable[Head]) -> Iterator[Pack]:
    pack = Pack()
    for head in heads:
        if pack.heads and pack.size + head.trainees > TRAINEES_AT_ONCE:
            yield pack
            pack = Pack()
        pack.heads.append(head)
        pack.size += head.trainees
    if pack.heads:
        yield pack


def load_schemes(keys: Collection[UUID]) -> dict[UUID, Scheme]:
    """Schemes with their items as the rules want them (two queries)."""
    items: dict[UUID, list[ItemRule]] = defaultdict(list)
    rows = Item.objects.filter(block__scheme__in=keys).order_by("block__position", "position")
    for item in rows.select_related("block"):
        items[item.block.scheme_id].append(_item_rule(item))
    return {row.pk: _scheme(row, items[row.pk]) for row in ScoringScheme.objects.filter(pk__in=keys)}


def _item_rule(item: Item) -> ItemRule:
    rates = {word: Decimal(points) for word, points in item.rates.items()}
    return ItemRule(item.pk, item.name, item.block.name, item.rule, item.maximum, item.base, rates)


def _scheme(row: ScoringScheme, items: Iterable[ItemRule]) -> Scheme:
    return Scheme(
        row.pk, str(row), tuple(items), row.excellent_total, row.excellent_base, row.good_total, row.pass_total,
        row.absent_sessions, row.candidate_share, row.leave_numerator, row.leave_denominator,
    )  # fmt: skip


def _score_pack(pack: Pack, schemes: dict[UUID, Scheme]) -> Iterator[ClassScores]:
    rosters, people = _rosters(pack.ids)
    hours, exams = _hours(pack.ids), _exams(pack.ids)
    _add_marks(pack.ids, people)
    _add_entries(pack.ids, people)
    _add_papers(pack.ids, exams, people)
    finals = {exam.class_id for exam in exams.values() if exam.kind == Exam.Kind.FINAL}
    for head in pack.heads:
        basis = Basis(
            head.class_id, schemes[head.scheme_id], hours.get(head.class_id, NOTHING),
            head.attendance_kept, head.entries_kept, head.class_id in finals,
        )  # fmt: skip
        yield score_class(basis, rosters[head.class_id])


def _rosters(ids: list[UUID]) -> tuple[dict[UUID, list[Facts]], dict[UUID, Facts]]:
    """Everybody on the rosters, by class in roster order, and by enrolment."""
    rosters: dict[UUID, list[Facts]] = defaultdict(list)
    people: dict[UUID, Facts] = {}
    rows = Enrolment.objects.unscoped(WHY).on_roster().filter(training_class__in=ids)
    ordered = rows.order_by("training_class", "position", "pk")
    for key, class_id, reason in ordered.values_list("pk", "training_class_id", "override_reason"):
        people[key] = Facts(key, leave_override=reason)
        rosters[class_id].append(people[key])
    return rosters, people


def _hours(ids: list[UUID]) -> dict[UUID, Decimal]:
    """Hours of the whole timetable, by class."""
    rows = Session.objects.unscoped(WHY).filter(training_class__in=ids).order_by()
    return dict(rows.values_list("training_class_id").annotate(total=Sum("hours")))


def _exams(ids: list[UUID]) -> dict[UUID, Held]:
    """Exams of these classes by key; a paper of scores is out of 100."""
    rows = Exam.objects.unscoped(WHY).filter(training_class__in=ids).order_by()
    columns = rows.values_list("pk", "training_class_id", "kind").annotate(full=Sum("questions__points"))
    return {key: Held(class_id, kind, full or NOTHING) for key, class_id, kind, full in columns}


def _add_marks(ids: list[UUID], people: dict[UUID, Facts]) -> None:
    """How many sessions have which mark, and the hours of leave and of absence, one row a trainee."""
    rows = AttendanceMark.objects.unscoped(WHY).filter(training_class__in=ids, mark__in=COUNTED).order_by()
    counts = {f"n_{mark}": Count("pk", filter=Q(mark=mark)) for mark in COUNTED}
    hours = {
        "leave": Sum("session__hours", filter=Q(mark__in=AttendanceMark.LEAVE), default=NOTHING),
        "away": Sum("session__hours", filter=Q(mark__in=AttendanceMark.AWAY), default=NOTHING),
    }
    for key, *found in rows.values_list("enrolment_id").annotate(**counts, **hours):
        if facts := people.get(key):
            facts.marks = {mark: count for mark, count in zip(COUNTED, found, strict=False) if count}
            facts.leave_hours, facts.away_hours = found[-2], found[-1]


def _add_entries(ids: list[UUID], people: dict[UUID, Facts]) -> None:
    """Sum and number of the standing entries, one row a trainee and item.

    Standing as `ScoreEntry.standing` says it; but reversals, which are few and lie in the class of what they reverse,
    are looked up by class: a join would read the reversals of all classes and years for every pack.
    """
    rows = ScoreEntry.objects.unscoped(WHY).filter(training_class__in=ids).order_by()
    reversed_ones = rows.filter(reverses__isnull=False).values("reverses")
    standing = rows.filter(reverses=None).exclude(pk__in=reversed_ones)
    columns = standing.values_list("enrolment_id", "item_id").annotate(sum=Sum("points"), number=Count("points"))
    for key, item, total, count in columns:
        if facts := people.get(key):
            facts.entries[item] = Entries(total or NOTHING, count)


def _add_papers(ids: list[UUID], exams: dict[UUID, Held], people: dict[UUID, Facts]) -> None:
    """Points of every paper; an answer scores only if exactly the key's letters are chosen."""
    rows = AnswerSheet.objects.unscoped(WHY).filter(exam__training_class__in=ids).order_by()
    right = Sum("answers__question__points", filter=Q(answers__given=F("answers__question__key")), default=NOTHING)
    columns = rows.values_list("enrolment_id", "exam_id", "score").annotate(right=right, answered=Count("answers"))
    for key, exam_id, score, points, answered in columns:
        paper = Paper(score, HUNDRED) if score is not None else Paper(points, exams[exam_id].full)
        if (facts := people.get(key)) and (score is not None or answered):
            _file(paper, exams[exam_id].kind, facts)


def _file(paper: Paper, kind: str, facts: Facts) -> None:
    if kind == Exam.Kind.FINAL:
        facts.final_paper = paper
    else:
        facts.entry_paper = paper
