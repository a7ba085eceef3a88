"""The core of the ledger: what stands is compared with what is wanted; the difference is reversals and new awards.

Locks, always in this order: years of the ledger (shared; closing a year holds them alone), cadres by key. Who posts for
a cadre waits for whoever posts for the same cadre, and then sees what was written.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.operations import Conflict
from trainees.models import LedgerYear
from trainees.rules.credits import Counted, Learning, credit_year
from trainees.rules.rule_book import RuleBook
from trainees.services.people import Persons, Stamp, rows_of, stamps
from trainees.services.rule_sets import Shelf

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
WHERE e.cadre_id = ANY(%(cadres)s) AND e.year = ANY(%(years)s) AND coalesce(e.reverses_id, 0) = 0
  AND NOT EXISTS (SELECT FROM trainees_creditentry r WHERE r.reverses_id = e.id)
"""
"""Both keep to the index of what is asked: in a young ledger the planner takes “reverses nothing” for rare."""
HOLD_YEARS = """
SELECT y.authority_id, y.year, y.closed_at IS NOT NULL FROM trainees_ledgeryear y
WHERE (y.authority_id, y.year) IN (
    SELECT * FROM unnest(%(authorities)s::uuid[], %(of)s::smallint[])
    UNION SELECT authority_id, year FROM trainees_creditentry WHERE cadre_id = ANY(%(cadres)s) AND year = ANY(%(years)s)
) ORDER BY y.id FOR SHARE
"""
HOLD_CADRES = "SELECT id, canonical_id FROM trainees_cadre WHERE id = ANY(%(cadres)s) ORDER BY id FOR NO KEY UPDATE"


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


@dataclass(slots=True)
class Wish:
    """An entry that should stand: a learning of a person with its rules and its memory; `before` stands in its place."""

    learning: Learning
    cadre_id: UUID
    rule_set_id: UUID
    book: RuleBook
    stamp: Stamp
    before: Award | None = None
    attempt: int = 1

    def stands(self, counted: Counted, root: Mapping[UUID, UUID]) -> bool:
        """Whether the entry that is there says it already, of the same person."""
        there = self.before
        return (
            there is not None
            and root[there.cadre_id] == self.cadre_id
            and there.says(self.learning, counted, self.rule_set_id)
        )


@dataclass(slots=True)
class Plan:
    """What has to be written: `gone` is reversed, `come` awarded; `stay` stands as it is."""

    persons: Persons
    gone: list[Award] = field(default_factory=list)
    come: list[tuple[Wish, Counted]] = field(default_factory=list)
    stay: int = 0
    closed: set[YearKey] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Order:
    """What a call asks: these sources say exactly these learnings; besides, these persons' years are looked at.

    `renewed` says which standing entries take the rules that are in force now; all others keep theirs.
    """

    learnings: Sequence[Learning] = ()
    sources: frozenset[Source] = frozenset()
    cadres: frozenset[UUID] = frozenset()
    years: frozenset[int] = frozenset()
    renewed: Callable[[Award], bool] = lambda award: False


def plan_of(order: Order, *, hold: bool = True) -> Plan:
    """Compare; with `hold`, everything that the plan rests on is locked until the transaction ends.

    Raises Conflict where a person was merged meanwhile.
    """
    awards = _awards_of(order.sources)
    live = [place for place, _, stands in awards.values() if stands]
    persons = Persons.of({*order.cadres, *(one.cadre_id for one in order.learnings), *(cadre for cadre, _ in live)})
    years = {*order.years, *(one.on.year for one in order.learnings), *(year for _, year in live)}
    memory = stamps(persons, ((persons.root[one.cadre_id], one.on) for one in order.learnings))
    plan = Plan(persons)
    if hold:
        wanted = {(stamp.authority_id, on.year) for (_, on), stamp in memory.items()}
        plan.closed = _hold_years(wanted, persons, years)
        _hold_cadres(persons)
    _compare(plan, _wishes(plan, order, _standing(persons, years), memory, adopts=hold))
    for wish, _ in plan.come:
        wish.attempt = 1 + (wish.before.attempt if wish.before else awards.get(wish.learning.key, NONE)[1])
    return plan


# ---- what stands ----


def _awards_of(sources: Collection[Source]) -> dict[SourcePart, tuple[PersonYear, int, bool]]:
    """The last award of each part of some sources: whose and of which year, its number, whether it stands.

    Looked up before anything is held: where somebody posts the same source for another person meanwhile, the database
    refuses the number.
    """
    found: dict[SourcePart, tuple[PersonYear, int, bool]] = {}
    for kind, ids in by_kind(sources).items():
        for source, part, cadre, year, attempt, stands in rows_of(AWARDS_OF, {"kind": kind, "ids": ids}):
            if attempt > found.get((kind, source, part), NONE)[1]:
                found[kind, source, part] = ((cadre, year), attempt, stands)
    return found


def by_kind(sources: Collection[Source]) -> dict[str, list[UUID]]:
    kinds: dict[str, list[UUID]] = defaultdict(list)
    for kind, pk in sources:
        kinds[kind].append(pk)
    return kinds


def _standing(persons: Persons, years: Collection[int]) -> list[Award]:
    return [Award.of(row) for row in rows_of(STANDING, {"cadres": list(persons.root), "years": list(years)})]


# ---- what is held ----


def _hold_years(wanted: set[YearKey], persons: Persons, years: Collection[int]) -> set[YearKey]:
    """Hold the years that are wanted, made where missing, and those of all that stands; tell which are closed."""
    places = {"cadres": list(persons.root), "years": list(years)}
    found = _held_years(wanted, places)
    if missing := wanted - found.keys():
        rows = [LedgerYear(authority_id=authority, year=year) for authority, year in sorted(missing)]
        LedgerYear.objects.bulk_create(rows, ignore_conflicts=True)
        found |= _held_years(missing, places)
    return {key for key, closed in found.items() if closed}


def _held_years(keys: Collection[YearKey], places: Mapping[str, Any]) -> dict[YearKey, bool]:
    wanted = {"authorities": [authority for authority, _ in keys], "of": [year for _, year in keys]}
    return {(authority, year): closed for authority, year, closed in rows_of(HOLD_YEARS, {**wanted, **places})}


def _hold_cadres(persons: Persons) -> None:
    """Hold the rows by key. Raises Conflict where one was merged meanwhile."""
    held = rows_of(HOLD_CADRES, {"cadres": list(persons.root)})
    if any(persons.root[pk] != (canonical or pk) for pk, canonical in held):
        raise Conflict("干部信息刚刚有合并，本次没有写入，请重试")


# ---- what is wanted ----


def _wishes(
    plan: Plan, order: Order, standing: Sequence[Award], memory: Mapping[tuple[UUID, date], Stamp], *, adopts: bool
) -> dict[PersonYear, list[Wish]]:
    """Each person's year as it should be: other sources as they stand, the named ones as they are given now."""
    root, wanted = plan.persons.root, defaultdict[PersonYear, list[Wish]](list)
    before = {award.learning.key: award for award in standing if award.learning.source in order.sources}
    shelf = _shelf(order, standing, memory, adopts=adopts)
    for award in standing:
        if award.learning.key not in before:
            key = root[award.cadre_id], award.year
            wanted[key].append(_kept(award, shelf, root, renewed=order.renewed(award)))
    for learning in order.learnings:
        person = root[learning.cadre_id]
        stamp = memory[person, learning.on]
        there = before.pop(learning.key, None)
        wanted[person, learning.on.year].append(_asked(learning, person, stamp, there, shelf, root))
    plan.gone += before.values()
    return wanted


def _shelf(
    order: Order, standing: Sequence[Award], memory: Mapping[tuple[UUID, date], Stamp], *, adopts: bool
) -> Shelf:
    authorities = {stamp.authority_id for stamp in memory.values()}
    authorities |= {award.stamp.authority_id for award in standing if order.renewed(award)}
    return Shelf(authorities, {award.rule_set_id for award in standing}, adopts=adopts)


def _kept(award: Award, shelf: Shelf, root: Mapping[UUID, UUID], *, renewed: bool) -> Wish:
    """What stands keeps its rules, unless it is renewed, and its memory."""
    rules = shelf.on(award.stamp.authority_id, award.learning.on) if renewed else award.rule_set_id
    return Wish(award.learning, root[award.cadre_id], rules, shelf.book(rules), award.stamp, award)


def _asked(
    learning: Learning, person: UUID, stamp: Stamp, there: Award | None, shelf: Shelf, root: Mapping[UUID, UUID]
) -> Wish:
    """A correction of what stands keeps its rules: only a recomputation lets others in."""
    corrected = there is not None and root[there.cadre_id] == person and there.learning.on == learning.on
    if there is not None and corrected:
        return Wish(learning, person, there.rule_set_id, shelf.book(there.rule_set_id), there.stamp, there)
    rules = shelf.on(stamp.authority_id, learning.on)
    return Wish(learning, person, rules, shelf.book(rules), stamp, there)


def _compare(plan: Plan, wanted: Mapping[PersonYear, list[Wish]]) -> None:
    for wishes in wanted.values():
        counted = credit_year([(wish.learning, wish.book) for wish in wishes])
        for wish, one in zip(wishes, counted, strict=True):
            if wish.stands(one, plan.persons.root):
                plan.stay += 1
                continue
            if wish.before is not None:
                plan.gone.append(wish.before)
            plan.come.append((wish, one))
