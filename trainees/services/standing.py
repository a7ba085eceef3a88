"""What stands in the ledger, and what is held while somebody writes.

Locks, always in this order: years of the ledger (shared; closing a year holds them alone), cadres by key. Who posts for
a cadre waits for whoever posts for the same cadre, and then sees what was written.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.operations import Conflict
from trainees.models import LedgerYear
from trainees.rules.credits import Counted, Learning
from trainees.services.people import Persons, Stamp, array, rows_of

Source = tuple[str, UUID]
YearKey = tuple[UUID, int]
PersonYear = tuple[UUID, int]
SourcePart = tuple[str, UUID, int]
NONE = (None, 0, False)
AWARDS_OF = """
SELECT e.source_id, e.part, e.cadre_id, e.year, e.attempt, e.stands
FROM unnest(%(ids)s::uuid[]) s (id) CROSS JOIN LATERAL (
    SELECT e.*, NOT EXISTS (SELECT FROM trainees_creditentry r WHERE r.reverses_id = e.id) AS stands
    FROM trainees_creditentry e WHERE e.source_kind = %(kind)s AND e.source_id = s.id AND e.reverses_id IS NULL OFFSET 0
) e
"""
STANDING = """
SELECT e.id, e.cadre_id, e."on", e.year, e.kind, e.channel, e.days, e.hours, e.sessions, e.credits, e.title, e.explanation -> 0,
       e.source_kind, e.source_id, e.part, e.attempt, e.rule_set_id, e.unit_id, e.authority_id, e.post_level, e.rank
FROM trainees_creditentry e
WHERE e.cadre_id = ANY(%(cadres)s::uuid[]) AND e.year = ANY(%(years)s) AND coalesce(e.reverses_id, 0) = 0
  AND NOT EXISTS (SELECT FROM trainees_creditentry r WHERE r.reverses_id = e.id)
"""
"""Both questions keep to the index of what is asked: in a young ledger the planner takes “reverses nothing” for rare."""
HOLD_YEARS = """
SELECT y.authority_id, y.year, y.closed_at IS NOT NULL FROM trainees_ledgeryear y
WHERE (y.authority_id, y.year) IN (
    SELECT * FROM unnest(%(authorities)s::uuid[], %(of)s::smallint[])
    UNION SELECT authority_id, year FROM trainees_creditentry WHERE cadre_id = ANY(%(cadres)s::uuid[]) AND year = ANY(%(years)s)
) ORDER BY y.id FOR SHARE
"""
HOLD_CADRES = """
WITH held AS (
    SELECT id, canonical_id FROM trainees_cadre WHERE id = ANY(%(cadres)s::uuid[]) ORDER BY id FOR NO KEY UPDATE
)
SELECT id, canonical_id FROM held WHERE canonical_id IS NOT NULL
"""
HOLD_YEARS_OF = """
SELECT y.id FROM trainees_ledgeryear y WHERE (y.authority_id, y.year) IN (
    SELECT e.authority_id, e.year FROM trainees_creditentry e JOIN trainees_cadre c ON c.id = e.cadre_id
    WHERE c.id = ANY(%(cadres)s::uuid[]) OR c.canonical_id = ANY(%(cadres)s::uuid[])
) ORDER BY y.id FOR SHARE
"""
ONCE_HELD = """
SELECT id, NULL::uuid, NULL FROM trainees_cadre WHERE canonical_id = ANY(%(cadres)s::uuid[])
UNION ALL
SELECT NULL, cadre_id, year FROM trainees_frozenyear
WHERE released_at IS NULL AND cadre_id = ANY(%(cadres)s::uuid[]) AND year = ANY(%(years)s)
"""
"""What only a look after the rows are held can say: who was merged into them, which of their years are frozen."""


@dataclass(frozen=True, slots=True)
class Award:
    """A live entry: what was learned, what it earned, and what it remembers."""

    id: int
    cadre_id: UUID
    year: int
    kind: str
    days: Decimal
    hours: Decimal
    credits: Decimal
    attempt: int
    rule_set_id: UUID
    stamp: Stamp
    learning: Learning
    given: dict[str, Any]

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Award":
        pk, cadre, on, year, kind, channel, days, hours, sessions, earned, title, told, *rest = row
        source_kind, source_id, part, attempt, rule_set, unit, authority, level, rank = rest
        given = json.loads(told)
        learning = Learning(
            cadre, on, channel, Decimal(given["hours"]), Decimal(given["days"]), title, source_kind, source_id, part,
            sessions, int(given.get("minutes", 0)), Decimal(given["share"]) if "share" in given else None,
        )  # fmt: skip
        stamp = Stamp(unit, authority, level, rank)
        return cls(pk, cadre, year, kind, days, hours, earned, attempt, rule_set, stamp, learning, given)

    def is_corrected_by(self, learning: Learning) -> bool:
        """Of the same day and kind of learning: other amounts of it do not bring other rules."""
        return (self.learning.on, self.learning.channel) == (learning.on, learning.channel)

    def says(self, learning: Learning, counted: Counted, rule_set: UUID) -> bool:
        """Whether the entry already says this of the same person."""
        mine, theirs = self.learning, learning
        return (
            (mine.on, mine.channel, mine.title, mine.sessions)
            == (theirs.on, theirs.channel, theirs.title[:200], theirs.sessions)
            and self.rule_set_id == rule_set
            and (self.kind, self.hours, self.days, self.credits)
            == (counted.kind, counted.hours, counted.days, counted.credits)
            and self.given == counted.steps[0]
        )


def awards_of(sources: Collection[Source]) -> dict[SourcePart, tuple[PersonYear, int, bool]]:
    """The last award of each part of some sources: whose and of which year, its number, whether it stands.

    Looked up before anything is held: where somebody posts the same source for another person meanwhile, the database
    refuses the number.
    """
    found: dict[SourcePart, tuple[PersonYear, int, bool]] = {}
    for kind, ids in by_kind(sources).items():
        for source, part, cadre, year, attempt, stands in rows_of(AWARDS_OF, {"kind": kind, "ids": array(ids)}):
            if attempt > found.get((kind, source, part), NONE)[1]:
                found[kind, source, part] = ((cadre, year), attempt, stands)
    return found


def by_kind(sources: Collection[Source]) -> dict[str, list[UUID]]:
    kinds: dict[str, list[UUID]] = defaultdict(list)
    for kind, pk in sources:
        kinds[kind].append(pk)
    return kinds


def standing_of(places: Mapping[str, Any]) -> list[Award]:
    """Live entries of `cadres` in `years`."""
    return [Award.of(row) for row in rows_of(STANDING, places)]


def hold_years(wanted: set[YearKey], places: Mapping[str, Any]) -> set[YearKey]:
    """Hold the years that are wanted, made where missing, and those of all that stands; tell which are closed."""
    found = held_years(wanted, places)
    if missing := wanted - found.keys():
        rows = [LedgerYear(authority_id=authority, year=year) for authority, year in sorted(missing)]
        LedgerYear.objects.bulk_create(rows, ignore_conflicts=True)
        found |= held_years(missing, places)
    return {key for key, closed in found.items() if closed}


def held_years(keys: Collection[YearKey], places: Mapping[str, Any]) -> dict[YearKey, bool]:
    wanted = {"authorities": array(authority for authority, _ in keys), "of": [year for _, year in keys]}
    return {(authority, year): closed for authority, year, closed in rows_of(HOLD_YEARS, {**wanted, **places})}


def hold_years_of(cadres: Collection[UUID]) -> None:
    """Hold every year in which these persons have entries: for who is about to hold the cadres and then to post."""
    rows_of(HOLD_YEARS_OF, {"cadres": array(cadres)})


def hold_cadres(persons: Persons, places: Mapping[str, Any]) -> set[PersonYear]:
    """Hold the rows by key; which of these persons' years are frozen (docs/decisions/0032).

    Raises Conflict where one of the rows, or another into them, was merged meanwhile.
    """
    known = {pk: root for pk, root in persons.root.items() if pk != root}
    merged = dict(rows_of(HOLD_CADRES, places))
    once_held = rows_of(ONCE_HELD, places)
    if merged != known or any(pk not in known for pk, _, _ in once_held if pk):
        raise Conflict("干部信息刚刚有合并，本次没有写入，请重试")
    return {(persons.root[who], year) for pk, who, year in once_held if not pk}
