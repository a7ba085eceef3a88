"""The same course twice: on two platforms, filed twice, or taught in a class of that name; somebody has to decide."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from core.audit import record
from core.operations import Refused, demand_reason, intention
from organization.models import Account
from organization.roles import Role
from trainees.models import CreditEntry, Recognition
from trainees.rules.recognition import meets, title_key
from trainees.services.recognition.holding import COUNTING, State, hold_one, is_department, is_own

OPEN = (State.FILED, State.VETTED)
CLASS = CreditEntry.Source.CLASS
COMPARED = (
    "pk", "cadre_id", "title", "title_key", "since", "until", "state", "filed_at", "twin_id", "twin_reason"
)  # fmt: skip
UNDECIDED = Q(state__in=OPEN, twin_reason="") & (Q(twin__state__in=COUNTING) | Q(twin_entry__isnull=False))
"""Rows of which nobody has said yet whether they are doubles."""


@dataclass(frozen=True, slots=True)
class Double:
    """What a filing may repeat: another filing, or what a class brought."""

    filing: Recognition | None = None
    entry: CreditEntry | None = None


def doubles_of(rows: Sequence[Recognition]) -> dict[UUID, Double]:
    """Of each row, saved or not, the filing or class it may repeat; three queries for any number of rows.

    Of two filings the later one is the double, unless the earlier was not confirmed yet and the later was.
    """
    cadres = {row.cadre_id for row in rows}
    filings = _filings(cadres, {row.title_key for row in rows})
    classes = _classes(cadres, {day.year for row in rows for day in (row.since, row.until)})
    found = {}
    for row in rows:
        place = row.cadre_id, row.title_key
        if double := _among(row, filings.get(place, ()), classes.get(place, ())):
            found[row.pk] = double
    return found


def _filings(cadres: set[Any], keys: set[str]) -> Mapping[Any, list[Recognition]]:
    rows = Recognition.objects.filter(cadre__in=cadres, title_key__in=keys, state__in=COUNTING).only(*COMPARED)
    found = defaultdict(list)
    for row in rows.order_by("filed_at", "pk"):
        found[row.cadre_id, row.title_key].append(row)
    return found


def _classes(cadres: set[Any], years: set[int]) -> Mapping[Any, list[CreditEntry]]:
    rows = CreditEntry.objects.live().filter(cadre__in=cadres, source_kind=CLASS, on__year__in=years)
    found = defaultdict(list)
    for entry in rows.only("pk", "cadre_id", "title", "on").order_by("pk"):
        found[entry.cadre_id, title_key(entry.title)].append(entry)
    return found


def _among(row: Recognition, filings: Iterable[Recognition], classes: Iterable[CreditEntry]) -> Double | None:
    for other in filings:
        if _precedes(other, row) and meets(row.since, row.until, other.since, other.until):
            return Double(filing=other)
    for entry in classes:
        if meets(row.since, row.until, entry.on, entry.on):
            return Double(entry=entry)
    return None


def _precedes(other: Recognition, row: Recognition) -> bool:
    """Whether `other` came first, or was confirmed before; a pair that was told apart is none."""
    if other.pk == row.pk or (other.twin_id == row.pk and other.twin_reason):
        return False
    if row._state.adding or other.state == State.CONFIRMED:
        return True
    return (other.filed_at, other.pk) < (row.filed_at, row.pk)


def mark_doubles(rows: Sequence[Recognition]) -> None:
    """Set on the rows, unsaved, what they may repeat now; what was said of another double says nothing of a new one."""
    found = doubles_of(rows)
    for row in rows:
        double, before = found.get(row.pk, Double()), (row.twin_id, row.twin_entry_id)
        row.twin, row.twin_entry = double.filing, double.entry
        row.twin_reason = row.twin_reason if before == (row.twin_id, row.twin_entry_id) else ""


def mark_again(rows: Sequence[Recognition]) -> None:
    """Look anew, since classes and filings have come and gone since these held rows were filed; changes are saved."""
    before = {row.pk: _marked(row) for row in rows}
    mark_doubles(rows)
    moved = [row for row in rows if _marked(row) != before[row.pk]]
    if moved:
        Recognition.objects.bulk_update(moved, ["twin", "twin_entry", "twin_reason"], batch_size=500)


def _marked(row: Recognition) -> tuple[Any, Any, str]:
    return row.twin_id, row.twin_entry_id, row.twin_reason


def is_undecided(row: Recognition) -> bool:
    """Whether a row was marked and nobody has said that it is no double."""
    return bool(row.twin_id or row.twin_entry_id) and not row.twin_reason


@intention
def tell_apart(recognition: Recognition, *, actor: Account, reason: str, seen: int | None = None) -> Recognition:
    """不是重复: the marked filing is another course than the one it resembles; the reason stays with it."""
    held = hold_one(recognition, OPEN, "再判断是否重复", seen)
    _demand_judge(held, actor)
    if not is_undecided(held):
        raise Refused("这条申报没有待判断的疑似重复")
    held.twin_reason = demand_reason(reason, "请写明不是重复的理由")[:200]
    held.version += 1
    held.save(update_fields=["twin_reason", "version"])
    record("recognition.tell_apart", actor=actor.pk, obj=held, unit_id=held.unit_id, reason=held.twin_reason)
    return held


def _demand_judge(held: Recognition, actor: Account) -> None:
    if is_own(held, actor):
        raise Refused("不能判断本人的申报是否重复，请由单位联络员或组织部办理")
    if not (is_department(held, actor) or actor.access.covers(held.cadre.unit.path, Role.LIAISON)):
        raise Refused("是否重复由该单位联络员或组织部干部教育科判断")
