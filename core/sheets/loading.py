"""A sheet into a resource (django-import-export): rehearsed, every fault by its row, then written whole or not at all.

A resource says what it reads by `get_import_fields`, and writes through services in `save_instance`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tablib import Dataset

from core.amounts import plain
from core.sheets.cells import Cell, DateCell
from core.sheets.limits import OTHER
from core.sheets.reading import read_workbook
from core.sheets.refusal import FileRefused
from core.sheets.table import is_blank, shown


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
class Rehearsal:
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

    def refusal(self) -> str:
        """The first faults in one sentence, for an import that is refused."""
        told = "；".join(f"第{fault.row}行：{fault.message}" for fault in self.faults[:5])
        return f"表格有 {len(self.faults)} 处错误，没有导入：{told}"


def read_sheet(data: bytes, known: Sequence[str], required: Sequence[str]) -> tuple[Dataset, list[int]]:
    """The first sheet's rows below its heading, and their row numbers. Raises FileRefused for a faulty file."""
    book = read_workbook(data, OTHER)
    if not book.sheets or not book.sheets[0].rows:
        raise FileRefused("empty", "表格是空的")
    rows = book.sheets[0].rows
    head = next((row for row in rows[:5] if any(shown(cell) in known for cell in row.cells)), None)
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
    return plain(cell) if isinstance(cell, Decimal) else shown(cell)


def run(table: Dataset, numbers: Sequence[int], resource: Any, actor: Any, *, dry: bool) -> Rehearsal:
    """Every row through the resource in one transaction; with a fault, or `dry`, nothing stays written."""
    result = resource.import_data(
        table, dry_run=dry, raise_errors=False, rollback_on_validation_errors=True, actor=actor
    )
    for failed in result.base_errors:
        raise failed.error
    found = Rehearsal()
    for number, row in zip(numbers, result.rows, strict=True):
        if row.errors:
            found.faults.append(RowFault(number, _sentence(str(row.errors[0].error))))
        elif row.is_invalid():
            found.faults.append(RowFault(number, _sentence("；".join(row.validation_error.messages))))
        elif row.is_skip():
            found.unchanged += 1
        else:
            found.differences.append(_difference(number, row, resource))
    return found


def demand_filled(row: Mapping[str, Any], required: Sequence[str], lengths: Mapping[str, int]) -> None:
    """Raises ValueError where a required column is empty, or a text too long."""
    for column in required:
        if not row.get(column):
            raise ValueError(f"没有填写“{column}”")
    for column, most in lengths.items():
        if len(str(row.get(column) or "")) > most:
            raise ValueError(f"“{column}”超过 {most} 个字")


def _sentence(text: str) -> str:
    """The sentence of ours; anything else is said without its English."""
    return text if any("一" <= sign <= "鿿" for sign in text) else "这一行无法写入，请核对各列"


def _difference(number: int, row: Any, resource: Any) -> RowDifference:
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
    named = getattr(resource, "named", str)
    return RowDifference(number, named(after), new, columns)
