"""How entries come into the ledger: reversals in one statement, awards by COPY, both of one moment."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection

from core.operations import Refused
from trainees.models import Recomputation
from trainees.rules.credits import Counted
from trainees.services.freezing import demand_unfrozen
from trainees.services.settling import Plan, Wish

SENTENCES = {
    "credit_source_once": "同一来源刚刚由他人入账，本次没有写入，请刷新后核对",
    "credit_year_open": "该年度刚刚结账，本次没有写入，请重试，将记入调整期",
    "credit_year_frozen": "有人的台账核对有差异，刚刚冻结，本次没有写入，请组织部在“台账年度”页查明并解除冻结",
}
COLUMNS = (
    'cadre_id, "on", year, adjustment, kind, channel, days, hours, sessions, credits, title, explanation, source_kind,'
    " source_id, part, attempt, rule_set_id, unit_id, authority_id, post_level, rank, recomputation_id, reason, actor_id"
)
REVERSE = f"""
INSERT INTO trainees_creditentry ({COLUMNS}, reverses_id)
SELECT o.cadre_id, o."on", o.year, y.closed_at IS NOT NULL, o.kind, o.channel, -o.days, -o.hours, -o.sessions, -o.credits,
       o.title, '[]', o.source_kind, o.source_id, o.part, o.attempt, o.rule_set_id, o.unit_id, o.authority_id, o.post_level,
       o.rank, %s, %s, %s, o.id
FROM trainees_creditentry o JOIN trainees_ledgeryear y ON (y.authority_id, y.year) = (o.authority_id, o.year)
WHERE o.id = ANY(%s) ORDER BY o.id RETURNING posted_at
"""  # noqa: S608 - the columns' names stand above
encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def write(plan: Plan, *, actor_id: UUID | None, reason: str, recomputation: Recomputation | None = None) -> None:
    """Carry a held plan out. Raises Refused where it writes in a frozen year, or where the database will not have it.

    Of the second the transaction is lost.
    """
    if plan.frozen:
        demand_unfrozen(plan.frozen & plan.written)
    behind = (recomputation.pk if recomputation else None, reason[:200], actor_id)
    try:
        at = _reverse(plan, behind) if plan.gone else None
        if plan.come:
            _award(plan, behind, at)
    except IntegrityError as error:
        name = str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None))
        if name not in SENTENCES:
            raise
        raise Refused(SENTENCES[name]) from error


def _reverse(plan: Plan, behind: tuple[Any, ...]) -> datetime:
    """The moment of the reversals: what comes in their place is of the same."""
    with connection.cursor() as cursor:
        cursor.execute(REVERSE, [*behind, [award.id for award in plan.gone]])
        moment: datetime = cursor.fetchone()[0]
    return moment


def _award(plan: Plan, behind: tuple[Any, ...], at: datetime | None) -> None:
    columns, behind = (COLUMNS, behind) if at is None else (f"{COLUMNS}, posted_at", (*behind, at))
    statement = f"COPY trainees_creditentry ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write("".join(_lines(plan, behind)))


ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _lines(plan: Plan, behind: tuple[Any, ...]) -> Iterator[str]:
    """Awards in the text form of COPY. What many have in common is written once: explanations, and what stands behind."""
    told: dict[int, str] = {}
    end = "\t".join("\\N" if value is None else str(value).translate(ESCAPED) for value in behind)
    for wish, counted in plan.come:
        late = (wish.stamp.authority_id, wish.learning.on.year) in plan.closed
        key = id(counted.steps)
        if key not in told:
            told[key] = encoded(counted.steps).translate(ESCAPED)
        yield f"{_line(wish, counted, told[key], late)}\t{end}\n"


def _line(wish: Wish, counted: Counted, told: str, late: bool) -> str:
    """Keys, days, numbers and codes as they are; only words can hold what COPY reads otherwise."""
    one, stamp = wish.learning, wish.stamp
    title, level, rank = (words.translate(ESCAPED) for words in (one.title[:200], stamp.post_level, stamp.rank))
    return (
        f"{wish.cadre_id}\t{one.on}\t{one.on.year}\t{late}\t{counted.kind}\t{one.channel}\t{counted.days}\t{counted.hours}"
        f"\t{one.sessions}\t{counted.credits}\t{title}\t{told}\t{one.source_kind}\t{one.source_id}\t{one.part}"
        f"\t{wish.attempt}\t{wish.rule_set_id}\t{stamp.unit_id}\t{stamp.authority_id}\t{level}\t{rank}"
    )
