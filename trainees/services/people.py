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
SELECT c.id, c.canonical_id, c.unit_id, c.managing_authority_id, a.unit_id, a.post_level, a.rank, a.since, a.until
FROM trainees_cadre c LEFT JOIN trainees_appointment a
  ON a.cadre_id = c.id AND a."primary" AND a.since <= %(last)s AND (a.until IS NULL OR a.until >= %(first)s)
WHERE c.id = ANY(%(keys)s::uuid[]) OR c.canonical_id = ANY(%(keys)s::uuid[])
"""
Post = tuple[UUID, str, str, date, date | None]
"""Unit, level, rank, since, until."""


def rows_of(query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a query whose lists are arrays: an IN of 32,000 keys takes longer to write and read than to answer."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def array(keys: Iterable[UUID]) -> str:
    """Keys as PostgreSQL writes an array: five times as quick as to have the driver write it."""
    return "{" + ",".join(map(str, keys)) + "}"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an entry remembers of the cadre's day."""

    unit_id: UUID
    authority_id: UUID
    post_level: str = ""
    rank: str = ""


@dataclass(slots=True)
class Persons:
    """Cadres by person: `root` of every row (itself, or what it was merged into), of roots today's place and their posts."""

    root: dict[UUID, UUID] = field(default_factory=dict)
    today: dict[UUID, Stamp] = field(default_factory=dict)
    posts: dict[UUID, list[Post]] = field(default_factory=dict)

    @classmethod
    def of(cls, cadres: Collection[UUID], days: Collection[date] = ()) -> "Persons":
        """All rows of the persons that these rows belong to, with the primary posts that touch the span of `days`.

        Raises KeyError for a key that is no cadre's.
        """
        found = cls()
        while missing := set(cadres) - found.root.keys():
            found._add(missing, {"first": min(days, default=None), "last": max(days, default=None)})
            cadres = set(found.root.values())
        return found

    def _add(self, keys: set[UUID], span: Mapping[str, date | None]) -> None:
        for pk, canonical, unit, authority, *post in rows_of(SAME_PERSON, {"keys": array(keys), **span}):
            self.root[pk] = canonical or pk
            if canonical is None:
                self.today[pk] = Stamp(unit, authority)
                self.posts.setdefault(pk, []).extend([tuple(post)] if post[0] else [])
        if unknown := keys - self.root.keys():
            raise KeyError(f"no cadres: {sorted(map(str, unknown))[:3]}")

    def on(self, days: Iterable[tuple[UUID, date]]) -> dict[tuple[UUID, date], Stamp]:
        """What persons were on a day: the primary post then, today's place where none; (root, day) → stamp.

        The authority of today counts while it stands above the unit, else the nearest department above it did.
        """
        moved = {post[0] for root, rows in self.posts.items() for post in rows if post[0] != self.today[root].unit_id}
        authorities = _Authorities(moved, {self.today[root].authority_id for root in self.posts}) if moved else None
        return {key: self._stamp(*key, authorities) for key in dict.fromkeys(days)}

    def _stamp(self, root: UUID, day: date, authorities: "_Authorities | None") -> Stamp:
        today = self.today[root]
        for unit, level, rank, since, until in self.posts[root]:
            if since <= day and (until is None or until >= day):
                elsewhere = authorities is not None and unit != today.unit_id
                managing = authorities.then(unit, today.authority_id) if elsewhere else today.authority_id  # type: ignore[union-attr]
                return Stamp(unit, managing, level, rank)
        return today


class _Authorities:
    """Who managed somebody in a unit where they are no more."""

    def __init__(self, units: set[UUID], managing: set[UUID]) -> None:
        self.units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=units | managing)}
        self.nearest = authorities_of([self.units[key] for key in units])

    def then(self, unit: UUID, managing: UUID) -> UUID:
        covers = self.units[unit].path.startswith(self.units[managing].path)
        return managing if covers else self.nearest[unit].pk
