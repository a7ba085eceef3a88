"""The people that are there: everybody whom the area manages, and whoever has one of the file's numbers."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import FilteredRelation, Q

from organization.models import Unit
from trainees.models import Appointment, Cadre

WHY = "a roster's upload was fetched in scope; rows outside its area become errors"
COLUMNS = (
    "pk", "name", "sex", "ethnic_group", "political_status", "id_number_index", "id_number_sealed", "phone_sealed",
    "managing_authority", "managing_authority__path", "unit", "status", "status_since", "entered_on", "party_since",
    "work_since", "band", "unverified", "canonical", "held__pk", "held__unit", "held__post", "held__post_level", "held__rank",
    "held__since",
)  # fmt: skip


@dataclass(slots=True)
class Known:
    """A cadre as the database has it, with today's primary appointment (`held…`, None and "" where there is none)."""

    pk: UUID
    name: str
    sex: str
    ethnic_group: str
    political_status: str
    index: str
    id_number_sealed: str
    phone_sealed: str
    authority: UUID
    authority_path: str
    unit: UUID
    status: str
    status_since: date | None
    entered_on: date | None
    party_since: date | None
    work_since: date | None
    band: str
    unverified: bool
    canonical: UUID | None
    held: int | None
    held_unit: UUID | None
    post: str
    post_level: str
    rank: str
    since: date | None


def known_people(area: Unit, indexes: Collection[str]) -> dict[str, Known]:
    """By keyed index; one query however many they are."""
    now = FilteredRelation("appointments", condition=Q(appointments__primary=True, appointments__until=None))
    managed = Q(managing_authority__path__startswith=area.path, canonical=None)
    rows = Cadre.objects.unscoped(WHY).filter(managed | Q(id_number_index__in=list(indexes)))
    found = (
        rows.annotate(held=now).order_by().values_list(*COLUMNS)
    )  # no cursor: the plan for the first rows is a slow one
    people = (Known(*facts) for facts in found)
    return {one.index: one for one in people}


def units_outside(area: Unit) -> list[UUID]:
    """Where people whom the area manages work outside it."""
    rows = Cadre.objects.unscoped(WHY).filter(managing_authority__path__startswith=area.path, canonical=None)
    outside = rows.exclude(unit__path__startswith=area.path)
    return list(outside.order_by().values_list("unit", flat=True).distinct())


def ends_before(people: Sequence[Known]) -> dict[UUID, date]:
    """The last day of the latest primary appointment that is over, of these people; one query."""
    keys = [one.pk for one in people]
    rows = Appointment.objects.unscoped(WHY).filter(cadre__in=keys, primary=True, until__isnull=False)
    found = rows.order_by("cadre", "until").values_list("cadre", "until")
    return {who: until for who, until in found if until is not None}


STATE = """
SELECT count(*), coalesce(sum(hashtextextended(c::text, 0)::numeric), 0),
       (SELECT coalesce(sum(hashtextextended(a::text, 0)::numeric), 0) FROM trainees_appointment a
        JOIN trainees_cadre o ON o.id = a.cadre_id JOIN organization_unit m ON m.id = o.managing_authority_id
        WHERE m.path LIKE %s)
FROM trainees_cadre c JOIN organization_unit u ON u.id = c.managing_authority_id WHERE u.path LIKE %s
"""


def state_of(area: Unit) -> str:
    """A token that changes when anything of the people whom the area manages, or of their appointments, changes."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [f"{area.path}%", f"{area.path}%"])
        return hashlib.sha256(repr(cursor.fetchone()).encode()).hexdigest()
