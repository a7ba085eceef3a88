"""Units from a CSV file: the shipped tree of the demo city, or an office's own."""

from pathlib import Path

from tablib import Dataset

from core.sheets.decoding import rows_of
from core.sheets.refusal import FileRefused
from organization.directory import UnitDirectory, split_short_names
from organization.models import Account
from organization.resources import UnitResource

SHIPPED_UNITS = Path(__file__).parent / "data" / "units.csv"


class UnitsRefused(ValueError):
    """The file cannot be imported; the message names rows and reasons."""


def read_units(path: Path) -> Dataset:
    """The rows of a units file: a CSV in UTF-8, GB18030 or UTF-16. Raises UnitsRefused."""
    try:
        lines = rows_of(path.read_bytes())
    except OSError as error:
        raise UnitsRefused(f"单位文件 {path.name} 无法读取") from error
    except FileRefused as refused:
        raise UnitsRefused(f"单位文件 {path.name}：{refused.message}") from refused
    header, *body = lines or [[]]
    rows = Dataset(*body, headers=[name.strip() for name in header])
    missing = {"编码", "单位名称", "上级编码", "单位性质", "层级"} - set(rows.headers or [])
    if missing:
        raise UnitsRefused(f"单位文件缺少列：{'、'.join(sorted(missing))}")
    return rows


def import_units(path: Path, *, actor: Account | None = None) -> int:
    """Write a units file, all or nothing; returns how many rows were new or changed.

    Raises UnitsRefused, naming the row, when any row has a fault.
    """
    result = UnitResource().import_data(
        read_units(path), raise_errors=False, rollback_on_validation_errors=True, actor=actor
    )
    faults = [f"第{row + 1}行：{error.error}" for row, errors in result.row_errors() for error in errors]
    faults += [f"第{row.number + 1}行：{row.error}" for row in result.invalid_rows]
    if faults or result.base_errors:
        raise UnitsRefused(
            "单位文件有错误，没有导入：\n" + "\n".join(faults or [str(e.error) for e in result.base_errors])
        )
    return int(result.totals["new"] + result.totals["update"])


def directory_from_file(path: Path) -> UnitDirectory:
    """Units of a file as a rehearsal looks them up, without writing them."""
    rows = read_units(path).dict
    return UnitDirectory.from_rows(
        (row["编码"], row["单位名称"], split_short_names(row.get("简称") or "")) for row in rows if row["单位名称"]
    )
