"""A small table around people in: rehearsed, every fault by its row, then written whole or not at all."""

from collections.abc import Mapping

from tablib import Dataset

from core.audit import record
from core.operations import Conflict, Refused, intention
from core.sheets import loading
from core.sheets.loading import Rehearsal
from core.sheets.refusal import FileRefused
from organization.models import Account
from trainees.resources import AppointmentResource, AwardResource, ExemptionResource, OfPerson

RESOURCES: Mapping[str, type[OfPerson]] = {
    "awards": AwardResource, "appointments": AppointmentResource, "exemptions": ExemptionResource,
}  # fmt: skip
MOST = 1000
"""Rows of one file: each is written by its service within the request."""


def columns_of(kind: str, actor: Account) -> list[str]:
    """The headings of one kind's sheet."""
    return ["姓名", "身份证号", *(one.column_name for one in RESOURCES[kind](actor).get_import_fields())]


def required_of(kind: str) -> tuple[str, ...]:
    return ("姓名", "身份证号", *RESOURCES[kind].required)


def rehearse_table(data: bytes, kind: str, *, actor: Account) -> Rehearsal:
    """Everything the import would do, and all its faults; nothing is written. Raises FileRefused."""
    return _run(*_read(data, kind, actor), kind, actor, dry=True)


@intention
def import_table(data: bytes, kind: str, *, actor: Account, seen: str | None = None) -> Rehearsal:
    """Write the sheet, all or nothing. Raises Refused with the first faults.

    `seen` is the digest of the rehearsal; Conflict where somebody has changed the rows since.
    """
    found = _run(*_read(data, kind, actor), kind, actor, dry=False)
    if found.faults:
        raise Refused(found.refusal())
    if seen is not None and found.digest != seen:
        raise Conflict("核对之后，表中的内容已被他人更改，本次没有写入任何内容；请重新上传，查看最新差异后再确认")
    after = {"kind": kind, "added": found.added, "changed": found.changed}
    record("cadre_table.import", actor=actor.pk, after=after)
    return found


def _read(data: bytes, kind: str, actor: Account) -> tuple[Dataset, list[int]]:
    table, numbers = loading.read_sheet(data, columns_of(kind, actor), required_of(kind))
    if len(numbers) > MOST:
        raise FileRefused("too_many_rows", f"表格有 {len(numbers)} 行，一次最多导入 {MOST} 行，请分成几份")
    return table, numbers


def _run(table: Dataset, numbers: list[int], kind: str, actor: Account, *, dry: bool) -> Rehearsal:
    resource = RESOURCES[kind](actor)
    resource.numbers = numbers
    return loading.run(table, numbers, resource, actor, dry=dry)
