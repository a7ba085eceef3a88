"""Writes to the credit-hour ledger: what is there becomes what is wanted, by reversals and new awards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from core.audit import record
from core.operations import intention
from organization.models import Account
from trainees.models import CreditEntry
from trainees.rules.credits import Learning
from trainees.services.settling import Order, Plan, plan_of
from trainees.services.writing import write

__all__ = ["Learning", "Posting", "post", "settle_anew", "withdraw"]


@dataclass(frozen=True, slots=True)
class Posting:
    """What a posting did: how many awards were written, how many taken back, how many stood as they were."""

    awarded: int = 0
    reversed: int = 0
    unchanged: int = 0

    @classmethod
    def of(cls, plan: Plan) -> "Posting":
        return cls(len(plan.come), len(plan.gone), plan.stay)

    def told(self) -> dict[str, int]:
        return {"awarded": self.awarded, "reversed": self.reversed, "unchanged": self.unchanged}


@intention
def post(learnings: Sequence[Learning], *, actor: Account | None, reason: str = "") -> Posting:
    """Make the ledger say exactly this of the sources named: new awards, differences reversed and awarded anew.

    Parts of a named source that are not given any more are reversed. The same call twice writes nothing the second
    time. Caps of the cadre's year are computed anew, so that other entries of that year may change with it. A closed
    year takes it as an adjustment; a merged double's learning goes to who it was merged into. Raises ValueError for one
    part of a source given twice or a negative amount, Conflict or Refused where somebody else was quicker.
    """
    given = list(learnings)
    if not given:
        return Posting()
    if len({one.key for one in given}) < len(given):
        raise ValueError("a part of a source is given twice")
    if any(one.hours < 0 or one.days < 0 or one.sessions < 0 or one.minutes < 0 for one in given):
        raise ValueError("what was learned cannot be negative")
    order = Order(given, frozenset(one.source for one in given))
    return _carry_out("ledger.post", order, actor=actor, reason=reason, sources=len(order.sources))


@intention
def withdraw(source_kind: str, source_ids: Collection[UUID], *, actor: Account | None, reason: str) -> Posting:
    """Take back every live award of these sources; what their caps held back of others is awarded."""
    order = Order(sources=frozenset((source_kind, key) for key in source_ids))
    if not order.sources:
        return Posting()
    return _carry_out("ledger.withdraw", order, actor=actor, reason=reason, sources=len(order.sources))


@intention
def settle_anew(cadre_ids: Collection[UUID], *, actor: Account | None, reason: str) -> Posting:
    """Compute the caps of these cadres' years anew, after rows of one person were merged; nothing else changes."""
    rows = CreditEntry.objects.filter(Q(cadre__in=cadre_ids) | Q(cadre__canonical__in=cadre_ids))
    years = frozenset(rows.values_list("year", flat=True).distinct())
    order = Order(cadres=frozenset(cadre_ids), years=years)
    return _carry_out("ledger.settle", order, actor=actor, reason=reason, sources=0)


def _carry_out(event: str, order: Order, *, actor: Account | None, reason: str, sources: int) -> Posting:
    plan = plan_of(order)
    actor_id = actor.pk if actor else None
    write(plan, actor_id=actor_id, reason=reason)
    done = Posting.of(plan)
    after = {"sources": sources, **done.told()}
    record(event, actor=actor_id, unit_id=_authority(plan), reason=reason, after=after)
    return done


def _authority(plan: Plan) -> UUID | None:
    """The managing authority of all that was written, where it is one."""
    found = {award.stamp.authority_id for award in plan.gone} | {wish.stamp.authority_id for wish, _ in plan.come}
    return found.pop() if len(found) == 1 else None
