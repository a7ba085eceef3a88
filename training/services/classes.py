"""Finding a class again, and writing its facts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.keys import new_key
from core.sheets.text import key
from organization.models import Account, Unit
from training.models import ClassRole, TrainingClass
from training.services.changes import Changes, difference, unnamed
from training.sheets.rows import ClassFacts

FOLLOWS_ITS_DAYS = (TrainingClass.State.PLANNED, TrainingClass.State.RUNNING, TrainingClass.State.ENDED)


@dataclass(frozen=True, slots=True)
class ClassIdentity:
    """By what a class is known again: 班次编号, else organizer, name and start date (CLASS_WORKBOOK.md §2)."""

    unit: Unit
    code: str
    organizer: str
    name: str
    start: date

    @classmethod
    def of(cls, facts: ClassFacts, unit: Unit) -> "ClassIdentity":
        return cls(unit, facts.code, facts.organizer, facts.name, facts.start)

    @property
    def lookup(self) -> dict[str, Any]:
        if self.code:
            return {"unit": self.unit, "code": self.code}
        return {"unit": self.unit, "code": "", "start": self.start}

    def is_of(self, row: TrainingClass) -> bool:
        """Whether `row`, found by `lookup`, is meant; white space and the width of punctuation aside."""
        return bool(self.code) or (key(row.organizer), key(row.name)) == (key(self.organizer), key(self.name))

    def __str__(self) -> str:
        return self.code or f"{self.organizer} {self.name} {self.start}"


def find_class(identity: ClassIdentity) -> TrainingClass | None:
    """The class of that identity, whoever may see it: two offices must not make it twice."""
    rows = TrainingClass.objects.unscoped("identity of a class is asked before scope").filter(**identity.lookup)
    return next((row for row in rows if identity.is_of(row)), None)


def write_class(
    known: TrainingClass | None, facts: ClassFacts, unit: Unit, *, actor: Account, today: date
) -> tuple[TrainingClass, Changes]:
    """Make the class, managed by the actor from today on, or write what changed of its facts; counts a revision."""
    changes = Changes("class", "班次信息")
    wanted = _fields(facts)
    if known is None:
        state = state_on(facts.start, facts.end, today)
        made = TrainingClass(
            id=new_key(), unit=unit, origin=TrainingClass.Origin.WORKBOOK, state=state, revision=1, **wanted
        )
        made.save(force_insert=True)
        ClassRole.objects.create(training_class=made, account=actor, kind=ClassRole.Kind.MANAGER, since=today)
        changes.note("added", made, after={"code": made.code, "name": made.name})
        return made, changes
    if known.state in FOLLOWS_ITS_DAYS:
        wanted["state"] = state_on(facts.start, facts.end, today)
    before, after = difference(known, wanted)
    for name, value in wanted.items():
        setattr(known, name, value)
    known.revision += 1
    known.version += 1 if after else 0
    known.save(update_fields=[*wanted, "revision", "version"])
    if after:
        changes.note("changed", known, unnamed(before), unnamed(after))
    return known, changes


def state_on(start: date, end: date, today: date) -> str:
    """The state of a class that nobody has closed or cancelled."""
    if today < start:
        return TrainingClass.State.PLANNED
    return TrainingClass.State.RUNNING if today <= end else TrainingClass.State.ENDED


def _fields(facts: ClassFacts) -> dict[str, Any]:
    return {
        "code": facts.code,
        "name": facts.name,
        "class_type": facts.class_type,
        "organizer": facts.organizer,
        "host": facts.host,
        "place": facts.place,
        "manager_names": facts.manager,
        "planned_size": facts.planned,
        "start": facts.start,
        "end": facts.end,
    }
