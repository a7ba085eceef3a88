"""A catalogue sheet in: rehearsed, every fault by its row, then written whole or not at all."""

from collections.abc import Mapping
from typing import Any

from tablib import Dataset

from core.audit import record
from core.operations import Conflict, Refused, intention
from core.sheets import loading
from core.sheets.loading import Rehearsal, RowFault
from courses.resources import CourseResource, OfUnit, RoomResource, TeacherResource
from organization.models import Account, Unit

RESOURCES: Mapping[str, type[OfUnit]] = {"courses": CourseResource, "teachers": TeacherResource, "rooms": RoomResource}


def columns_of(kind: str) -> list[str]:
    """The headings of one kind's sheet."""
    return [one.column_name for one in RESOURCES[kind]().get_import_fields()]


def read_sheet(data: bytes, kind: str) -> tuple[Dataset, list[int]]:
    """The first sheet's rows below its heading, and their row numbers. Raises FileRefused for a faulty file."""
    return loading.read_sheet(data, columns_of(kind), RESOURCES[kind].required)


def rehearse_catalogue(data: bytes, kind: str, unit: Unit, *, actor: Account) -> Rehearsal:
    """Everything the import would do, and all its faults; nothing is written. Raises FileRefused."""
    table, numbers = read_sheet(data, kind)
    return _run(table, numbers, kind, unit, actor, dry=True)


@intention
def import_catalogue(data: bytes, kind: str, unit: Unit, *, actor: Account, seen: str | None = None) -> Rehearsal:
    """Write the sheet, all or nothing. Raises Refused with the first faults.

    `seen` is the digest of the rehearsal; Conflict where somebody has changed the catalogue since.
    """
    table, numbers = read_sheet(data, kind)
    found = _run(table, numbers, kind, unit, actor, dry=False)
    if found.faults:
        raise Refused(found.refusal())
    if seen is not None and found.digest != seen:
        raise Conflict("核对之后，课程库已被他人更改，本次没有写入任何内容；请重新上传，查看最新差异后再确认")
    after = {"kind": kind, "added": found.added, "changed": found.changed}
    record("catalogue.import", actor=actor.pk, obj=unit, unit_id=unit.pk, after=after)
    return found


def _run(table: Dataset, numbers: list[int], kind: str, unit: Unit, actor: Account, *, dry: bool) -> Rehearsal:
    resource = RESOURCES[kind](unit)
    found = loading.run(table, numbers, resource, actor, dry=dry)
    found.faults = sorted([*_doubles(table, numbers, resource), *found.faults], key=lambda fault: fault.row)
    return found


def _doubles(table: Dataset, numbers: list[int], resource: OfUnit) -> list[RowFault]:
    """The same entry twice in one sheet: the second is a fault."""
    keys = [one.column_name for one in resource.get_import_fields() if one.attribute in resource.get_import_id_fields()]
    seen: dict[tuple[Any, ...], int] = {}
    faults = []
    for number, row in zip(numbers, table.dict, strict=True):
        key = tuple(row.get(column) or "" for column in keys)
        if key in seen:
            faults.append(RowFault(number, f"与第{seen[key]}行重复"))
        seen.setdefault(key, number)
    return faults
