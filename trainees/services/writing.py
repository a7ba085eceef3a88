"""How entries come into the ledger: reversals in one statement, awards by COPY, both of one moment."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from core.operations import last_word
from trainees.models import Recomputation
from trainees.rules.credits import Counted
from trainees.services.settling import Plan, Wish

TWICE = {
    "credit_source_once": "同一来源刚刚由他人入账，本次没有写入，请刷新后核对",
    "credit_year_open": "该年度刚刚结账，本次没有写入，请重试，将记入调整期",
}
COLUMNS = (
    'cadre_id, "on", year, adjustment, kind, channel, days, hours, sessions, credits, title, explanation, source_kind,'
    " source_id, part, attempt, rule_set_id, unit_id, authority_id, post_level, rank, recomputation_id, reason,"
    " actor_id, posted_at"
)
REVERSE = f"""
INSERT INTO trainees_creditentry ({COLUMNS}, reverses_id)
SELECT o.cadre_id, o."on", o.year, y.closed_at IS NOT NULL, o.kind, o.channel, -o.days, -o.hours, -o.sessions, -o.credits,
       o.title, '[]', o.source_kind, o.source_id, o.part, o.attempt, o.rule_set_id, o.unit_id, o.authority_id, o.post_level,
       o.rank, %s, %s, %s, %s, o.id
FROM trainees_creditentry o JOIN trainees_ledgeryear y ON (y.authority_id, y.year) = (o.authority_id, o.year)
WHERE o.id = ANY(%s) ORDER BY o.id
"""  # noqa: S608 - the columns' names stand above
AWARD = f"COPY trainees_creditentry ({COLUMNS}) FROM STDIN"


def write(plan: Plan, *, actor_id: UUID | None, reason: str, recomputation: Recomputation | None = None) -> None:
    """Carry a held plan out. Raises Refused where the database will not have it."""
    batch = recomputation.pk if recomputation else None
    behind = (batch, reason[:200], actor_id, plan.at)
    with last_word(TWICE), connection.cursor() as cursor:
        if plan.gone:
            cursor.execute(REVERSE, [*behind, [award.id for award in plan.gone]])
        if plan.come:
            with cursor.copy(AWARD) as copy:
                for row in _rows(plan, behind):
                    copy.write_row(row)


def _rows(plan: Plan, behind: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for wish, counted in plan.come:
        late = (wish.stamp.authority_id, wish.learning.on.year) in plan.closed
        yield (*_row(wish, counted, late), *behind)


def _row(wish: Wish, counted: Counted, late: bool) -> tuple[Any, ...]:
    one, stamp = wish.learning, wish.stamp
    told = json.dumps(counted.steps, ensure_ascii=False)
    return (
        wish.cadre_id, one.on, one.on.year, late, counted.kind, one.channel, counted.days, counted.hours, one.sessions,
        counted.credits, one.title[:200], told, one.source_kind, one.source_id, one.part, wish.attempt,
        wish.rule_set_id, stamp.unit_id, stamp.authority_id, stamp.post_level, stamp.rank,
    )  # fmt: skip
