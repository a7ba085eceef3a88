"""Writes about units, accounts and grants: one function per intention."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from core.audit import record
from core.names import pinyin
from core.operations import Refused, intention
from organization.models import Account, Grant, Unit, UnitNamePeriod, UnitShortName
from organization.preferences import check
from organization.rules import may_be_granted


@intention
def add_unit(unit: Unit, parent: Unit | None, *, actor: Account | None) -> Unit:
    """Place a new unit under `parent` (at the end of its children), or as a root."""
    unit.pinyin = pinyin(unit.name)[0]
    if parent is None:
        Unit.add_root(instance=unit)
    else:
        Unit.objects.get(pk=parent.pk).add_child(instance=unit)
    record("unit.add", actor=_key(actor), obj=unit, unit_id=unit.pk, after={"name": unit.name, "code": unit.code})
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
        actor=_key(actor),
        obj=unit,
        unit_id=unit.pk,
        before={field: str(getattr(before, field)) for field in changed},
        after={field: str(getattr(unit, field)) for field in changed},
    )
    return unit


@intention
def set_short_names(unit: Unit, names: Iterable[str], *, actor: Account | None) -> None:
    """Replace a unit's short names; they hold inside its authority (the nearest organization department above it)."""
    authority = authority_of(unit)
    wanted = set(names) - {unit.name}
    unit.short_names.exclude(name__in=wanted).delete()
    there = set(unit.short_names.values_list("name", flat=True))
    UnitShortName.objects.bulk_create(
        UnitShortName(unit=unit, authority=authority, name=name) for name in sorted(wanted - there)
    )


def authority_of(unit: Unit) -> Unit:
    """The nearest organization department at or above a unit, else the root of its tree."""
    return authorities_of([unit])[unit.pk]


@intention
def grant(
    account: Account, role: str, unit: Unit, since: date, *, actor: Account | None, until: date | None = None
) -> Grant:
    """Give an account a role for a unit and all below it. Raises Refused where the rules say no."""
    if refusal := may_be_granted(account, role, actor):
        raise Refused(refusal)
    granted = Grant.objects.create(
        account=account, role=role, unit=unit, since=since, until=until, granted_by_id=_key(actor)
    )
    record(
        "grant.add", actor=_key(actor), obj=granted, unit_id=unit.pk, after={"account": str(account.pk), "role": role}
    )
    return granted


@intention
def set_preference(unit: Unit, key: str, value: object, since: date, *, actor: Account | None) -> None:
    """Set a declared setting of a unit from a day on; raises ValueError with a sentence for people."""
    check(key, value)
    row, _ = unit.settings.update_or_create(key=key, since=since, defaults={"value": value})
    record("setting.change", actor=_key(actor), obj=row, unit_id=unit.pk, after={"key": key, "value": value})


def _key(actor: Account | None) -> UUID | None:
    return actor.pk if actor else None


def authorities_of(units: Iterable[Unit]) -> dict[UUID, Unit]:
    """The authority of each unit by key, in one query however many units there are (see `authority_of`)."""
    wanted = list(units)
    paths = {unit.path[:end] for unit in wanted for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)}
    above = {node.path: node for node in Unit.objects.filter(path__in=paths)}
    return {unit.pk: _nearest_department(unit, above) for unit in wanted}


def _nearest_department(unit: Unit, above: Mapping[str, Unit]) -> Unit:
    line = [above[unit.path[:end]] for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)]
    departments = [node for node in line if node.kind == Unit.Kind.ORGANIZATION_DEPARTMENT]
    return departments[-1] if departments else line[0]


@intention
def add_account(account: Account, *, actor: Account | None) -> str:
    """Open an account with a random password of 96 bits; returns it, to be told once and changed at the first use."""
    password = secrets.token_urlsafe(12)
    account.username = Account.normalize_username(account.username)
    account.set_password(password)
    account.save(force_insert=True)
    record("account.add", actor=_key(actor), obj=account, unit_id=account.unit_id, after={"username": account.username})
    return password


@intention
def change_account(account: Account, *, actor: Account | None) -> Account:
    """Write name, unit and whether the account is enabled; a disabled one is out at its next request."""
    before = Account.objects.get(pk=account.pk)
    account.version = before.version + 1
    account.save(update_fields=["display_name", "unit", "is_active", "version"])
    changed = [name for name in ("unit_id", "is_active") if getattr(before, name) != getattr(account, name)]
    record(
        "account.change", actor=_key(actor), obj=account, unit_id=account.unit_id,
        before={name: str(getattr(before, name)) for name in changed},
        after={name: str(getattr(account, name)) for name in changed},
    )  # fmt: skip
    return account


@intention
def reset_password(account: Account, *, actor: Account) -> str:
    """A new random password; every session of the account ends, because its hash changes. Returns it, to be told once."""
    password = secrets.token_urlsafe(12)
    account.set_password(password)
    account.save(update_fields=["password"])
    record("account.password_reset", actor=actor.pk, obj=account, unit_id=account.unit_id)
    return password


@intention
def end_grant(granted: Grant, until: date, *, actor: Account | None) -> Grant:
    """Let a grant end with a day; it stays in the list of what was once held."""
    granted.until = until
    granted.save(update_fields=["until"])
    record("grant.end", actor=_key(actor), obj=granted, unit_id=granted.unit_id, after={"until": until.isoformat()})
    return granted
