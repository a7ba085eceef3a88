"""Writing a roster: enrolments with their snapshots; unknown cadres are created, marked 待核."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from organization.models import Unit
from trainees.models import Cadre
from trainees.services import NewCadre, create_unverified
from training.models import Enrolment, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT
from training.services.changes import Changes, difference, unnamed
from training.sheets.rows import RosterRow

STRUCK_OFF = Enrolment.State.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the roster with the cadre it is about, if the cadre is known."""

    row: RosterRow
    index: str
    """Blind index of the ID number."""


def write_roster(
    training_class: TrainingClass, people: Sequence[Person], units: Mapping[str, Unit]
) -> tuple[dict[str, Enrolment], Changes]:
    """Bring the roster to `people`, in their order; returns enrolments by label, and what changed.

    Who is no longer listed is struck off (退出), not deleted: records hang on the enrolment. Who had left the roster
    before (未报到, 已替换) stays as they were.
    """
    changes = Changes("enrolment", "学员")
    cadres = _cadres(people, units, training_class)
    there = {row.cadre_id: row for row in Enrolment.objects.filter(training_class=training_class)}
    added: list[Enrolment] = []
    changed: list[Enrolment] = []
    by_label: dict[str, Enrolment] = {}
    for position, person in enumerate(people, 1):
        wanted = _fields(training_class, person.row, units, position)
        enrolment = there.pop(cadres[person.index], None)
        if enrolment is None:
            enrolment = Enrolment(training_class=training_class, cadre_id=cadres[person.index], **wanted)
            added.append(enrolment)
            changes.note("added", enrolment, after={"unit_id": str(enrolment.unit_id), "position": position})
        else:
            _change(enrolment, wanted, changed, changes)
        by_label[person.row.label] = enrolment
    _strike_off([row for row in there.values() if row.state in HOLDS_A_SEAT], changed, changes)
    Enrolment.objects.bulk_create(added, batch_size=500)
    Enrolment.objects.bulk_update(changed, [*_WRITTEN, "version"], batch_size=500)
    return by_label, changes


_WRITTEN = [
    "position", "serial", "roster_name", "unit", "post", "post_level", "rank", "group", "committee_post", "state",
    "since", "until",
]  # fmt: skip


def _fields(training_class: TrainingClass, row: RosterRow, units: Mapping[str, Unit], position: int) -> dict[str, Any]:
    return {
        "position": position,
        "serial": row.serial,
        "roster_name": row.label,
        "unit_id": units[row.unit.key].pk,
        "post": row.post,
        "post_level": row.post_level,
        "rank": row.rank,
        "group": row.group,
        "committee_post": row.committee_post,
        "state": Enrolment.State.REPORTED,
        "since": training_class.start,
        "until": training_class.end,
    }


def _change(enrolment: Enrolment, wanted: Mapping[str, Any], changed: list[Enrolment], changes: Changes) -> None:
    if enrolment.state == Enrolment.State.COMPLETED:
        wanted = {**wanted, "state": enrolment.state}
    before, after = difference(enrolment, wanted)
    if not after:
        return
    for name, value in wanted.items():
        setattr(enrolment, name, value)
    enrolment.version += 1
    changed.append(enrolment)
    changes.note("changed", enrolment, unnamed(before), unnamed(after))


def _strike_off(gone: Sequence[Enrolment], changed: list[Enrolment], changes: Changes) -> None:
    for enrolment in gone:
        changes.note("removed", enrolment, {"state": enrolment.state}, {"state": STRUCK_OFF.value})
        enrolment.state = STRUCK_OFF
        enrolment.version += 1
        changed.append(enrolment)


def _cadres(people: Sequence[Person], units: Mapping[str, Unit], training_class: TrainingClass) -> dict[str, UUID]:
    """Keys of the cadres by blind index; who is not known is created, marked 待核, with a post held by today at the latest."""
    today = timezone.localdate()
    indexes = [person.index for person in people]
    known = dict(Cadre.objects.filter(id_number_index__in=indexes).values_list("id_number_index", "id"))
    new = [
        NewCadre(
            name=person.row.name,
            id_number=person.row.id_number,
            unit=units[person.row.unit.key],
            sex=person.row.sex,
            ethnic_group=person.row.ethnic_group,
            political_status=person.row.political_status,
            phone=person.row.phone,
            post=person.row.post,
            post_level=person.row.post_level,
            rank=person.row.rank,
            since=min(training_class.start, today),
        )
        for person in people
        if person.index not in known
    ]
    return known | {cadre.id_number_index: cadre.pk for cadre in create_unverified(new)}
