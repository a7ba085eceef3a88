"""What adopting requirements would do to this year's duties: done, counted, and taken back in one transaction."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from core.scope import unscoped
from organization.models import Account, Unit
from trainees.models import Cadre, Duty
from trainees.models.duties import DutyQuerySet
from trainees.services.duties import COLUMNS
from trainees.services.rule_changes import AT_ONCE, change_requirements
from training.services.attainment import Tally, View, tallies

WHY = "counts over the people of an authority that the caller found in scope"
Asked = dict[UUID, set[tuple[Any, ...]]]


@dataclass(frozen=True)
class Effect:
    """How many `people` the authority has, whose duties `changed`, and how they stand before and after.

    `later` is what takes effect on another day than this one, `night` what is too much for a page: nothing is counted.
    """

    people: int
    later: bool = False
    night: bool = False
    changed: int = 0
    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)


def effect_of(unit: Unit, rules: dict[str, Any], since: date, note: str, *, actor: Account, today: date) -> Effect:
    """Nothing stays written. Raises Refused as adopting would."""
    with unscoped(WHY), transaction.atomic():
        people = Cadre.objects.filter(managing_authority__path__startswith=unit.path).count()
        if since > today or people > AT_ONCE:
            return Effect(people, later=since > today, night=people > AT_ONCE)
        duties = Duty.objects.filter(year=today.year, cadre__managing_authority__path__startswith=unit.path)
        asked, before = _asked(duties), _tally(duties, today)
        change_requirements(unit, rules, since, note, actor=actor, today=today)
        then, after = _asked(duties), _tally(duties, today)
        transaction.set_rollback(True)
    changed = sum(asked.get(who) != then.get(who) for who in asked.keys() | then.keys())
    return Effect(people, changed=changed, before=before, after=after)


def _asked(duties: DutyQuerySet) -> Asked:
    found: Asked = defaultdict(set)
    for who, *facts in duties.values_list("cadre", *COLUMNS):
        found[who].add(tuple(facts))
    return found


def _tally(duties: DutyQuerySet, today: date) -> Tally:
    """All requirements together."""
    parts = tallies(duties, View(today.year, today))
    return sum((part.tally for part in parts if not part.code), Tally())
