"""What the ledger has of classes, beside what their attendance gives now (REL-02). Nothing is written."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from core.amounts import plain
from trainees.models import CreditEntry
from trainees.services.people import array, rows_of
from training.models import Enrolment, TrainingClass
from training.services.learned import SOURCE, learned_in

AT_ONCE = 300
"""Classes: a year of a city."""
POSTED = """
SELECT n.id, e.part, (e.explanation -> 0 ->> 'hours')::numeric, (e.explanation -> 0 ->> 'days')::numeric
FROM training_enrolment n JOIN trainees_creditentry e ON e.source_kind = %(source)s AND e.source_id = n.id
WHERE n.training_class_id = ANY(%(classes)s::uuid[]) AND e.reverses_id IS NULL
  AND NOT EXISTS (SELECT FROM trainees_creditentry r WHERE r.reverses_id = e.id)
"""
Part = tuple[UUID, int]
Amounts = tuple[Decimal, Decimal]
"""Hours and days."""
NOTHING: Amounts = (Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs of one trainee in one class: which question, the two sides."""

    question: str
    enrolment_id: UUID
    words: str

    def __str__(self) -> str:
        return f"{self.enrolment_id}：{self.words}"


def hours_differ(since: date) -> Iterator[Difference]:
    """Classes that ended on that day or later and of which the ledger has anything.

    Of closed ones it has what their attendance gives, of others nothing.
    """
    posted = CreditEntry.objects.live().filter(source_kind=SOURCE).values("source_id")
    seats = Enrolment.objects.filter(pk__in=posted, training_class__end__gte=since).order_by("training_class")
    classes = list(seats.values_list("training_class", flat=True).distinct())
    for start in range(0, len(classes), AT_ONCE):
        yield from _of_classes(classes[start : start + AT_ONCE])


def _of_classes(classes: Collection[UUID]) -> Iterator[Difference]:
    closed = TrainingClass.objects.filter(pk__in=classes, state=TrainingClass.State.CLOSED)
    learned = learned_in(list(closed.values_list("pk", flat=True)))
    attended: dict[Part, Amounts] = {(one.source_id, one.part): (one.hours, one.days) for one in learned}
    rows = rows_of(POSTED, {"source": str(SOURCE), "classes": array(classes)})
    posted: dict[Part, Amounts] = {(seat, part): (hours, days) for seat, part, hours, days in rows}
    for key in sorted(attended.keys() | posted.keys()):
        there, now = posted.get(key, NOTHING), attended.get(key, NOTHING)
        if there != now:
            yield Difference("hours", key[0], f"台账记 {_told(there)}，考勤得 {_told(now)}")


def _told(amounts: Amounts) -> str:
    hours, days = amounts
    return f"{plain(hours)} 学时 {plain(days)} 天"
