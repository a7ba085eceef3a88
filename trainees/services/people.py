"""Persons behind rows: merged doubles are one person, and what somebody was on a day."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from organization.models import Unit
from organization.services import authorities_of

SAME_PERSON = """
SELECT id, canonical_id, unit_id, managing_authority_id FROM trainees_cadre
WHERE id = ANY(%(keys)s) OR canonical_id = ANY(%(keys)s)
"""
POSTS = """
SELECT cadre_id, unit_id, post_level, rank, since, until FROM trainees_appointment
WHERE cadre_id = ANY(%(keys)s) AND "primary" AND since <= %(last)s AND (until IS NULL OR until >= %(first)s)
"""


def rows_of(query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a query whose lists are arrays: an IN of 32,000 keys takes longer to write and read than to answer."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an entry remembers of the cadre's day."""

    unit_id: UUID
    authority_id: UUID
    post_level: str = ""
    rank: str = ""


@dataclass(slots=True)
class Persons:
    """Cadres by person: `root` of every row (itself, or what it was merged into), and today's places of the roots."""

    root: dict[UUID, UUID] = field(default_factory=dict)
    today: dict[UUID, Stamp] = field(default_factory=dict)

    @classmethod
    def of(cls, cadres: Collection[UUID]) -> "Persons":
        """All rows of the persons that these rows belong to. Raises KeyError for a key that is no cadre's."""
        found = cls()
        while missing := set(cadres) - found.root.keys():
            found._add(missing)
            cadres = set(found.root.values())
        return found

    def _add(self, keys: set[UUID]) -> None:
        for pk, canonical, unit, authority in rows_of(SAME_PERSON, {"keys": list(keys)}):
            self.root[pk] = canonical or pk
            if canonical is None:
                self.today[pk] = Stamp(unit, authority)
        if unknown := keys - self.root.keys():
            raise KeyError(f"no cadres: {sorted(map(str, unknown))[:3]}")


def stamps(persons: Persons, days: Iterable[tuple[UUID, date]]) -> dict[tuple[UUID, date], Stamp]:
    """What each person was on a day: the primary appointment then, today's place where none; (root, day) → stamp.

    The authority of today counts while it stands above the unit, else the nearest department above it did.
    """
    wanted = list(dict.fromkeys(days))
    posts = _posts(persons, wanted)
    moved = {post[0] for root, rows in posts.items() for post in rows if post[0] != persons.today[root].unit_id}
    authority = _Authorities(moved, {persons.today[root].authority_id for root in posts}) if moved else None
    found = {}
    for root, day in wanted:
        today = persons.today[root]
        post = next((row for row in posts.get(root, ()) if row[3] <= day and (row[4] is None or row[4] >= day)), None)
        if post is None:
            found[root, day] = today
            continue
        elsewhere = authority is not None and post[0] != today.unit_id
        managed_by = authority.then(post[0], today.authority_id) if elsewhere else today.authority_id  # type: ignore[union-attr]
        found[root, day] = Stamp(post[0], managed_by, post[1], post[2])
    return found


Post = tuple[UUID, str, str, date, date | None]


def _posts(persons: Persons, wanted: Collection[tuple[UUID, date]]) -> dict[UUID, list[Post]]:
    """Primary appointments of the roots that touch the days asked for."""
    if not wanted:
        return {}
    days = {"first": min(day for _, day in wanted), "last": max(day for _, day in wanted)}
    posts: dict[UUID, list[Post]] = {}
    for cadre, *post in rows_of(POSTS, {"keys": list({root for root, _ in wanted}), **days}):
        posts.setdefault(cadre, []).append(tuple(post))  # type: ignore[arg-type]
    return posts


class _Authorities:
    """Who managed somebody in a unit where they are no more."""

    def __init__(self, units: set[UUID], managing: set[UUID]) -> None:
        self.units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=units | managing)}
        self.nearest = authorities_of([self.units[key] for key in units])

    def then(self, unit: UUID, managing: UUID) -> UUID:
        covers = self.units[unit].path.startswith(self.units[managing].path)
        return managing if covers else self.nearest[unit].pk
