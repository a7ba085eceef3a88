"""What the ledger would write for filings before anybody confirms them, and what it wrote afterwards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.scope import unscoped
from trainees.models import CreditEntry, Recognition
from trainees.services.recognition.deciding import SOURCE, learnings_of
from trainees.services.settling import Order, plan_of

WHY = "what the ledger makes of filings that were fetched in scope"


@dataclass(frozen=True, slots=True)
class Effect:
    """One entry of a filing: the year it counts in, what counts, and the sentences that say why."""

    year: int
    kind: str
    hours: Decimal
    days: Decimal
    credits: Decimal
    steps: tuple[str, ...]


def effects_before(rows: Sequence[Recognition]) -> Mapping[UUID, list[Effect]]:
    """By filing, what confirming all of these now would bring; nothing is written, nothing held."""
    learnings = [one for row in rows for one in learnings_of(row)]
    if not learnings:
        return {}
    with unscoped(WHY):
        plan = plan_of(Order(learnings, frozenset(one.source for one in learnings)), hold=False)
    found = defaultdict(list)
    ours = {row.pk for row in rows}
    for wish, one in plan.come:
        if wish.learning.source_id in ours:
            told = one.kind, one.hours, one.days, one.credits, _texts(one.steps)
            found[wish.learning.source_id].append(Effect(wish.learning.on.year, *told))
    return found


def effects_after(rows: Sequence[Recognition]) -> Mapping[UUID, list[Effect]]:
    """By filing, what stands in the ledger; one query."""
    entries = CreditEntry.objects.unscoped(WHY).live()
    entries = entries.filter(source_kind=SOURCE, source_id__in=[row.pk for row in rows]).order_by("year", "pk")
    found = defaultdict(list)
    for one in entries:
        effect = Effect(one.year, one.kind, one.hours, one.days, one.credits, _texts(one.explanation))
        found[one.source_id].append(effect)
    return found


def _texts(steps: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(step["text"]) for step in steps)
