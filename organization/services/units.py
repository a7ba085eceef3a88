"""Writes about units: place, name, short names, settings."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from core.audit import record
from core.names import pinyin
from core.operations import intention
from organization.models import Account, Unit, UnitNamePeriod, UnitShortName
from organization.preferences import check, preference


@intention
def add_unit(unit: Unit, parent: Unit | None, *, actor: Account | None) -> Unit:
    """Place a new unit under `parent` (at the end of its children), or as a root."""
    unit.pinyin = pinyin(unit.name)[0]
    if parent is None:
        Unit.add_root(instance=unit)
    else:
        Unit.objects.get(pk=parent.pk).add_child(instance=unit)
    record("unit.add", actor=key_of(actor), obj=unit, unit_id=unit.pk, after={"name": unit.name, "code": unit.code})
    return unit


@intention
def change_unit(unit: Unit, *, actor: Account | None, renamed_on: date | None = None) -> Unit:
    """Write the changed fields of a unit; a new name from `renamed_on` keeps the old one as 曾用名."""
    before = Unit.objects.get(pk=unit.pk)
    if unit.name != before.name and renamed_on is not None:
        last = before.former_names.order_by("-until").first()
        since = last.until if last else date(1949, 10, 1)
        UnitNamePeriod.objects.create(unit=unit, name=before.name, since=since, until=renamed_on)
    unit.pinyin = pinyin(unit.name)[0]
    unit.version = before.version + 1
    unit.save(update_fields=["name", "pinyin", "kind", "level", "credit_code", "closed_on", "merged_into", "version"])
    changed = [
        field for field in ("name", "kind", "level", "closed_on") if getattr(before, field) != getattr(unit, field)
    ]
    record(
        "unit.change",
        actor=key_of(actor),
        obj=unit,
        unit_id=unit.pk,
        before={field: str(getattr(before, field)) for field in changed},
        after={field: str(getattr(unit, field)) for field in changed},
    )
    return unit


@intention
def set_short_names(unit: Unit, names: Iterable[str], *, actor: Account | None) -> None:
    """Replace a unit's short names; they hold inside its authority (the nearest organization department above it)."""
    wanted, there = set(names) - {unit.name}, set(unit.short_names.values_list("name", flat=True))
    if wanted == there:
        return
    unit.short_names.exclude(name__in=wanted).delete()
    authority = authority_of(unit)
    UnitShortName.objects.bulk_create(
        UnitShortName(unit=unit, authority=authority, name=name) for name in sorted(wanted - there)
    )
    before, after = {"short_names": sorted(there)}, {"short_names": sorted(wanted)}
    record("unit.short_names", actor=key_of(actor), obj=unit, unit_id=unit.pk, before=before, after=after)


def authority_of(unit: Unit) -> Unit:
    """The nearest organization department at or above a unit, else the root of its tree."""
    return authorities_of([unit])[unit.pk]


def authorities_of(units: Iterable[Unit]) -> dict[UUID, Unit]:
    """The authority of each unit by key, in one query however many units there are (see `authority_of`)."""
    wanted = list(units)
    paths = {path for unit in wanted for path in Unit.upward(unit.path)}
    above = {node.path: node for node in Unit.objects.filter(path__in=paths)}
    return {unit.pk: _nearest_department(unit, above) for unit in wanted}


def _nearest_department(unit: Unit, above: Mapping[str, Unit]) -> Unit:
    line = [above[path] for path in Unit.upward(unit.path)]
    departments = [node for node in line if node.kind == Unit.Kind.ORGANIZATION_DEPARTMENT]
    return departments[-1] if departments else line[0]


@intention
def set_preference(unit: Unit, key: str, value: object, since: date, *, actor: Account | None) -> None:
    """Set a declared setting of a unit from a day on; raises ValueError with a sentence for people."""
    check(key, value)
    before = {"key": key, "value": preference(unit, key, since)}
    row, _ = unit.settings.update_or_create(key=key, since=since, defaults={"value": value})
    after = {"key": key, "value": value, "since": since.isoformat()}
    record("setting.change", actor=key_of(actor), obj=row, unit_id=unit.pk, before=before, after=after)


def key_of(actor: Account | None) -> UUID | None:
    return actor.pk if actor else None
