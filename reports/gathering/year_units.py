"""What a unit is told of a closed year: its people added up, its sub-units with it, and its rank among its siblings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.amounts import plain, ratio
from organization.models import Unit
from reports.gathering.year_people import NONE, PersonYear

Facts = dict[str, Any]
ITSELF = "本级"
"""The row of a unit's own people beside its sub-units, without a rank: the table adds up to the whole."""


@dataclass
class Tally:
    """A unit while its people are added up."""

    people: int = 0
    met: int = 0
    off_job: Decimal = NONE
    online: Decimal = NONE
    requirements: dict[str, Facts] = field(default_factory=dict)
    missing: list[Facts] = field(default_factory=list)
    exempted: list[Facts] = field(default_factory=list)
    failed: list[Facts] = field(default_factory=list)

    def add(self, one: PersonYear) -> None:
        """People stand here by key: whoever reads the statement is told names of the day it is made."""
        asked, who = one.facts["requirements"], {"cadre": str(one.cadre_id), "post": one.facts["post"]}
        self.people += 1
        self.met += not one.missing
        self.off_job += one.off_job
        self.online += one.online
        for told in asked:
            line = self.requirements.setdefault(
                told["code"], {"name": told["name"], "met": 0, "missing": 0, "running": 0, "exempt": 0, "paced": 0}
            )
            line[told["state"]] += 1
            line["paced"] += told["paced"]
        self.missing += [who | {"why": "；".join(one.missing)}] if one.missing else []
        self.exempted += [who | {"why": one.less}] if one.less else []
        self.failed += [who | {"why": "、".join(one.facts["failed"])}] if one.facts["failed"] else []

    def without(self, others: Iterable["Tally"]) -> "Tally":
        """The sums of whom none of the others counts: the unit's own people beside those of its sub-units."""
        rest = Tally(self.people, self.met, self.off_job, self.online)
        for one in others:
            rest.people, rest.met = rest.people - one.people, rest.met - one.met
            rest.off_job, rest.online = rest.off_job - one.off_job, rest.online - one.online
        return rest

    @property
    def rate(self) -> Decimal:
        """Who met everything that was asked of them, in per cent, to a tenth."""
        rate = ratio(100 * self.met, self.people)
        return NONE if rate is None else rate


def tallies(area: "Area", people: Iterable[PersonYear]) -> dict[str, Tally]:
    """By the unit's place in the tree; everybody counts for their unit and those above it, up to the authority."""
    found: dict[str, Tally] = defaultdict(Tally)
    for one in people:
        for path in area.places_of(one.unit):
            found[path].add(one)
    return dict(found)


class Area:
    """The units whose statements an authority makes: those below it that no department of their own stands above."""

    def __init__(self, authority: Unit) -> None:
        self.authority = authority
        self.units = {unit.path: unit for unit in Unit.objects.below(authority)}
        department = Unit.Kind.ORGANIZATION_DEPARTMENT
        below = [one.path for one in self.units.values() if one.kind == department and one.pk != authority.pk]
        self.others = tuple(sorted(below))

    def places_of(self, unit: Unit) -> list[str]:
        """Paths of the unit and those above it, the authority's first; where another department begins, none further."""
        if unit.path not in self.units:
            return [self.authority.path]
        return [
            path
            for path in Unit.upward(unit.path)
            if path in self.units and not (self.others and path.startswith(self.others))
        ]

    def siblings(self, tally: dict[str, Tally]) -> dict[str, list[str]]:
        """Places by that of their parent."""
        found = defaultdict(list)
        for path in sorted(tally):
            found[path[: -Unit.steplen]].append(path)
        return found


def unit_facts(area: Area, tally: dict[str, Tally]) -> Iterable[tuple[Unit, Facts]]:
    """Each unit that has people, with what its statement says."""
    siblings = area.siblings(tally)
    for path in sorted(tally):
        unit, own = area.units[path], tally[path]
        places = siblings.get(path, [])
        below = [_row(area.units[one].name, tally[one], rank_of(one, places, tally)) for one in places]
        rest = own.without(tally[one] for one in places)
        whole = path == area.authority.path
        yield (
            unit,
            {
                "unit": unit.name,
                "people": own.people,
                "met": own.met,
                "rate": str(own.rate),
                "off_job": _mean(own.off_job, own.people),
                "online": _mean(own.online, own.people),
                "requirements": list(own.requirements.values()),
                "rank": None if whole else rank_of(path, siblings[path[: -Unit.steplen]], tally),
                "siblings": 0 if whole else len(siblings[path[: -Unit.steplen]]),
                "units": sorted(below, key=lambda row: row["rank"])
                + ([_row(ITSELF, rest, None)] if below and rest.people else []),
                "missing": [] if whole else own.missing,
                "not_met": len(own.missing),
                "exempted": [] if whole else own.exempted,
                "exempt": len(own.exempted),
                "failed": own.failed,
            },
        )


def nobody(unit: Unit) -> Facts:
    """The statement of an authority that manages nobody."""
    lists: Facts = {name: [] for name in ("requirements", "units", "missing", "exempted", "failed")}
    counts = dict.fromkeys(("people", "met", "siblings", "not_met", "exempt"), 0)
    return {"unit": unit.name, "rate": "0", "off_job": "0", "online": "0", "rank": None, **counts, **lists}


def rank_of(path: str, among: list[str], tally: dict[str, Tally]) -> int:
    """By the share of people who met everything; equal shares share the better rank."""
    return 1 + sum(tally[other].rate > tally[path].rate for other in among)


def _row(unit: str, tally: Tally, rank: int | None) -> Facts:
    return {
        "unit": unit,
        "people": tally.people,
        "met": tally.met,
        "rate": str(tally.rate),
        "off_job": _mean(tally.off_job, tally.people),
        "online": _mean(tally.online, tally.people),
        "rank": rank,
    }


def _mean(total: Decimal, people: int) -> str:
    return plain(ratio(total, people) or NONE)


def keys_in(facts: Facts) -> set[UUID]:
    """Everybody whom a unit's facts name."""
    return {UUID(row["cadre"]) for name in ("missing", "exempted", "failed") for row in facts[name]}
