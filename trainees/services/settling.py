"""The core of the ledger: what stands is compared with what is wanted; the difference is reversals and new awards."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from trainees.rules.credits import Counted, Learning, credit_year
from trainees.rules.rule_book import RuleBook
from trainees.services.people import Persons, Stamp, array
from trainees.services.rule_sets import Shelf
from trainees.services.standing import (
    NONE,
    Award,
    PersonYear,
    Source,
    YearKey,
    awards_of,
    hold_cadres,
    hold_years,
    standing_of,
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
    frozen: set[PersonYear] = field(default_factory=set)

    @property
    def written(self) -> set[PersonYear]:
        """Whose years it writes in."""
        gone = {(self.persons.root[award.cadre_id], award.year) for award in self.gone}
        return gone | {(wish.cadre_id, wish.learning.on.year) for wish, _ in self.come}


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
    awards = awards_of(order.sources)
    live = [place for place, _, stands in awards.values() if stands]
    cadres = {*order.cadres, *(one.cadre_id for one in order.learnings), *(cadre for cadre, _ in live)}
    persons = Persons.of(cadres, {one.on for one in order.learnings})
    years = {*order.years, *(one.on.year for one in order.learnings), *(year for _, year in live)}
    places = {"cadres": array(persons.root), "years": list(years)}
    memory = persons.on((persons.root[one.cadre_id], one.on) for one in order.learnings)
    plan = Plan(persons)
    if hold:
        wanted = {(stamp.authority_id, on.year) for (_, on), stamp in memory.items()}
        plan.closed = hold_years(wanted, places)
        plan.frozen = hold_cadres(persons, places)
    standing = standing_of(places)
    _compare(plan, _wishes(plan, order, standing, memory, adopts=hold))
    for wish, _ in plan.come:
        wish.attempt = 1 + (wish.before.attempt if wish.before else awards.get(wish.learning.key, NONE)[1])
    return plan


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
    """What stands keeps its memory, and its rules, unless it is renewed and the new ones say something else of it."""
    rules, channel = award.rule_set_id, award.learning.channel
    if renewed:
        now = shelf.on(award.stamp.authority_id, award.learning.on)
        rules = rules if shelf.book(now).says_of(channel) == shelf.book(rules).says_of(channel) else now
    return Wish(award.learning, root[award.cadre_id], rules, shelf.book(rules), award.stamp, award)


def _asked(
    learning: Learning, person: UUID, stamp: Stamp, there: Award | None, shelf: Shelf, root: Mapping[UUID, UUID]
) -> Wish:
    """A correction of what stands keeps its rules: only a recomputation lets others in."""
    if there is not None and root[there.cadre_id] == person and there.is_corrected_by(learning):
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
