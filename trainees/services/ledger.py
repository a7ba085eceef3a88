"""Writes to the credit-hour ledger: what is there becomes what is wanted, by reversals and new awards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from core.operations import intention
from organization.models import Account


@dataclass(frozen=True, slots=True)
class Learning:
    """What a cadre learned, as its source knows it, before any rule made credit of it.

    `hours` and `days` are what was learned (0.5 steps), `sessions` counts study-group sessions. `part` tells the pieces of
    one source apart (a class over New Year is split: the part is the year). `on` is the last day of the piece.
    """

    cadre_id: UUID
    on: date
    channel: str
    hours: Decimal
    days: Decimal
    title: str
    source_kind: str
    source_id: UUID
    part: int = 0
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """What a posting did: how many awards were written, how many taken back, how many stood as they were."""

    awarded: int = 0
    reversed: int = 0
    unchanged: int = 0


@intention
def post(learnings: Sequence[Learning], *, actor: Account | None, reason: str = "") -> Posting:
    """Make the ledger say exactly this of the sources named: new awards, differences reversed and awarded anew.

    Parts of a named source that are not given any more are reversed. The same call twice writes nothing the second
    time. Caps of the cadre's year are computed anew, so that other entries of that year may change with it.
    """
    raise NotImplementedError


@intention
def withdraw(source_kind: str, source_ids: Collection[UUID], *, actor: Account | None, reason: str) -> Posting:
    """Take back every live award of these sources."""
    raise NotImplementedError
