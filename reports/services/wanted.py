"""Which documents a class owes: a letter a home unit, a sheet a trainee, one bulletin (CLASS_WORKBOOK.md §4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from organization.models import Unit
from organization.services import authority_of
from reports.models import Document
from training.models import Enrolment, TrainingClass
from training.models.enrolment import EnrolmentQuerySet

Key = tuple[str, UUID | None, UUID | None]  # kind, unit, enrolment
Kind = Document.Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that the class owes; `position` counts from 1 inside its kind and is the NN of its file."""

    kind: str
    position: int
    title: str
    unit: Unit | None = None
    enrolment: Enrolment | None = None

    @property
    def key(self) -> Key:
        return _key(self.kind, self.unit.pk if self.unit else None, self.enrolment.pk if self.enrolment else None)


def key_of(document: Document) -> Key:
    """What makes a document the same as one that is owed."""
    return _key(document.kind, document.unit_id, document.enrolment_id)


def _key(kind: str, unit: UUID | None, enrolment: UUID | None) -> Key:
    """A sheet is a trainee's, whatever the unit; the bulletin is the class's."""
    return kind, unit if kind == Kind.LETTER else None, enrolment


def wanted_of(training_class: TrainingClass) -> list[Wanted]:
    """Letters in the order of the unit tree, sheets in that of the roster, the bulletin; nothing without results."""
    people = list(scored_people(training_class))
    if not people:
        return []
    units = sorted({person.unit for person in people}, key=lambda unit: unit.path)
    return [
        *_letters(training_class, units),
        *(_sheet(place, person) for place, person in enumerate(people, start=1)),
        Wanted(Kind.BULLETIN, 1, f"关于“{training_class.name}”培训考核情况的通报", authority_of(training_class.unit)),
    ]


def scored_people(training_class: TrainingClass) -> EnrolmentQuerySet:
    """Everybody on the roster who has a result, in its order."""
    every = Enrolment.objects.unscoped("documents of a class that the caller fetched in scope")
    return every.of_class(training_class).on_roster().filter(result__isnull=False).select_related("unit")


def _letters(training_class: TrainingClass, units: Iterable[Unit]) -> Iterator[Wanted]:
    title = f"关于反馈“{training_class.name}”学员培训考核情况的函"
    for place, unit in enumerate(units, start=1):
        yield Wanted(Kind.LETTER, place, title, unit)


def _sheet(place: int, person: Enrolment) -> Wanted:
    return Wanted(Kind.SHEET, place, sheet_title(person), person.unit, person)


def sheet_title(person: Enrolment) -> str:
    return f"{person.roster_name}考核结果单"
