"""Why an account sees a row: the conditions of `visible_to`, asked one by one of that one row.

A queryset's `ways` are the only thing that decides who sees a row (core.scope); each of them is asked here again, once
for the account without any grant and once for each grant alone. So the answer cannot differ from the scope itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BooleanField, Case, Q, Value, When

from core.scope import ScopedQuerySet
from organization.access import Access, Held

WHY = "one row that the asker named, to say by which way an account comes to it; no column is read"


@dataclass(frozen=True, slots=True)
class Reason:
    """One way to a row (`organised`, `works`, `own`, …), and the grant it goes by; None for the account's own ways."""

    way: str
    held: Held | None = None


def reasons(row: ScopedQuerySet, access: Access, grants: Iterable[Held] | None = None) -> list[Reason]:
    """Every way by which this access comes to the row; `grants` in place of those in force. One query.

    `row` is a queryset of one row.
    """
    held = access.held if grants is None else tuple(grants)
    conditions = {Reason(way): condition for way, condition in row.ways(replace(access, held=())).items()}
    for one in dict.fromkeys(held):
        alone = row.ways(replace(access, held=(one,)))
        conditions |= {Reason(way, one): condition for way, condition in alone.items()}
    true = [reason for reason, holds in zip(conditions, _ask(row, list(conditions.values())), strict=True) if holds]
    without_grant = {reason.way for reason in true if reason.held is None}
    return [reason for reason in true if reason.held is None or reason.way not in without_grant]


def _ask(row: ScopedQuerySet, conditions: Sequence[Q]) -> Sequence[Any]:
    flags = {
        f"why_{place}": Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
        for place, condition in enumerate(conditions)
    }
    found = row.unscoped(WHY).order_by().annotate(**flags).values_list(*flags).first()
    return found or [False] * len(conditions)
