"""A catalogue sheet in: rehearsed, every fault by its row, then written whole or not at all."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tablib import Dataset

from core.audit import record
from core.operations import Conflict, Refused, intention
from core.sheets.cells import Cell, DateCell
from core.sheets.limits import OTHER
from core.sheets.reading import read_workbook
from core.sheets.refusal import FileRefused
from core.sheets.table import is_blank, shown
from courses.resources import CourseResource, OfUnit, RoomResource, TeacherResource
from organization.models import Account, Unit

RESOURCES: Mapping[str, type[OfUnit]] = {"courses": CourseResource, "teachers": TeacherResource, "rooms": RoomResource}
LABELS = {"courses": "课程", "teachers": "师资", "rooms": "教室与教学点"}


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row of the sheet; `row` counts as Excel does."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that is new (`before` is empty), or whose columns change: column → (before, after)."""

    row: int
    name: str
    new: bool
    columns: dict[str, tuple[str, str]]


@dataclass(slots=True)
class CatalogueRehearsal:
    """What an import would do: faults, differences, rows that stay as they are."""

    faults: list[RowFault] = field(default_factory=list)
    differences: list[RowDifference] = field(default_factory=list)
    unchanged: int = 0

    @property
    def added(self) -> int:
        return sum(one.new for one in self.differences)

    @property
    def changed(self) -> int:
        return len(self.differences) - self.added

    @property
    def digest(self) -> str:
        """What was shown, in short: an import that would do something else is not what somebody agreed to."""
        told = [[one.row, one.name, one.new, one.columns] for one in self.differences]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def columns_of(kind: str) -> list[str]:
    """The headings of one kind's sheet."""
    return [one.column_name for one in RESOURCES[kind]().get_import_fields()]


def read_sheet(data: bytes, kind: str) -> tuple[Dataset, list[int]]:
    """The first sheet's rows below its heading, and their row numbers. Raises FileRefused for a faulty file."""
    book = read_workbook(data, OTHER)
    if not book.sheets or not book.sheets[0].rows:
        raise FileRefused("empty", "表格是空的")
    known, rows = columns_of(kind), book.sheets[0].rows
    head = next((row for row in rows[:5] if any(shown(cell) in known for cell in row.cells)), None)
    required = RESOURCES[kind].required
    headings = [shown(cell) for cell in head.cells] if head else []
    missing = [column for column in required if column not in headings]
    if head is None or missing:
        raise FileRefused("missing_column", f"缺少列：{'、'.join(missing or required)}")
    double = {name for name in headings if name and headings.count(name) > 1}
    if double:
        raise FileRefused("duplicate_column", f"列名重复：{'、'.join(sorted(double))}")
    used = {name: at for at, name in enumerate(headings) if name in known}
    table, numbers = Dataset(headers=list(used)), []
    for row in rows:
        if row.number > head.number and any(not is_blank(row.at(at)) for at in used.values()):
            table.append([_plain(row.at(at)) for at in used.values()])
            numbers.append(row.number)
    return table, numbers


def _plain(cell: Cell) -> Any:
    if isinstance(cell, DateCell):
        return cell.date
    return f"{cell.normalize():f}" if isinstance(cell, Decimal) else shown(cell)


def rehearse_catalogue(data: bytes, kind: str, unit: Unit, *, actor: Account) -> CatalogueRehearsal:
    """Everything the import would do, and all its faults; nothing is written. Raises FileRefused."""
    table, numbers = read_sheet(data, kind)
    return _run(table, numbers, kind, unit, actor, dry=True)


@intention
def import_catalogue(
    data: bytes, kind: str, unit: Unit, *, actor: Account, seen: str | None = None
) -> CatalogueRehearsal:
    """Write the sheet, all or nothing. Raises Refused with the first faults.

    `seen` is the digest of the rehearsal; Conflict where somebody has changed the catalogue since.
    """
    table, numbers = read_sheet(data, kind)
    found = _run(table, numbers, kind, unit, actor, dry=False)
    if found.faults:
        told = "；".join(f"第{fault.row}行：{fault.message}" for fault in found.faults[:5])
        raise Refused(f"表格有 {len(found.faults)} 处错误，没有导入：{told}")
    if seen is not None and found.digest != seen:
        raise Conflict("核对之后，课程库已被他人更改，本次没有写入任何内容；请重新上传，查看最新差异后再确认")
    after = {"kind": kind, "added": found.added, "changed": found.changed}
    record("catalogue.import", actor=actor.pk, obj=unit, unit_id=unit.pk, after=after)
    return found


def _run(table: Dataset, numbers: list[int], kind: str, unit: Unit, actor: Account, *, dry: bool) -> CatalogueRehearsal:
    resource = RESOURCES[kind](unit)
    result = resource.import_data(
        table, dry_run=dry, raise_errors=False, rollback_on_validation_errors=True, actor=actor
    )
    found = CatalogueRehearsal(_doubles(table, numbers, resource))
    for number, row in zip(numbers, result.rows, strict=True):
        if row.errors:
            found.faults.append(RowFault(number, _sentence(str(row.errors[0].error))))
        elif row.is_invalid():
            found.faults.append(RowFault(number, _sentence("；".join(row.validation_error.messages))))
        elif row.is_skip():
            found.unchanged += 1
        else:
            found.differences.append(_difference(number, row, resource))
    found.faults.sort(key=lambda fault: fault.row)
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


def _sentence(text: str) -> str:
    """The sentence of ours; anything else is said without its English."""
    return text if any("一" <= sign <= "鿿" for sign in text) else "这一行无法写入，请核对各列"


def _difference(number: int, row: Any, resource: OfUnit) -> RowDifference:
    columns = {}
    before, after = row.original, row.instance
    new = bool(row.is_new())
    for one in resource.get_import_fields():
        if one.attribute is None:
            continue
        old = "" if new else one.widget.render(one.get_value(before))
        now = one.widget.render(one.get_value(after))
        if old != now:
            columns[one.column_name] = (old, now)
    return RowDifference(number, str(after), new, columns)
