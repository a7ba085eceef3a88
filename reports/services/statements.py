"""Statements of a closed year leave the house together."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from core.audit import record
from core.files import load
from core.models import StoredFile
from core.operations import Refused
from organization.models import Account, Unit
from reports.models import ArchivePaper
from reports.services.handing_out import nameable, packed
from trainees.models import LedgerYear

WHY = "statements of an authority that the caller found in scope"
Named = tuple[str, UUID]


def zip_statements(authority: Unit, year: int, *, actor: Account) -> Iterator[bytes]:
    """A ZIP of all that is made, in pieces: names are in memory, and one file at a time."""
    closed = LedgerYear.objects.closed(year).filter(authority=authority).first()
    named = [*_units(authority, year), *_cadres(authority, year)]
    if closed is None or closed.closed_at is None or not named:
        raise Refused("没有已生成的年度学习情况可供下载：年度结账后由系统制作")
    after = {"year": year, "count": len(named)}
    record("statements.zip", actor=actor.pk, obj=authority, unit_id=authority.pk, after=after)
    return _packed(named, timezone.localdate(closed.closed_at))


def _packed(named: list[Named], day: date) -> Iterator[bytes]:
    return packed((name, day, load(StoredFile.objects.get(pk=file))) for name, file in named)


def _units(authority: Unit, year: int) -> Iterator[Named]:
    rows = _made(year, ArchivePaper.Kind.UNIT_STATEMENT).filter(unit__path__startswith=authority.path)
    values = rows.filter(facts__authority_id=str(authority.pk)).order_by("unit__path").values_list("unit__name", "file")
    for place, (name, file) in enumerate(values, 1):
        yield f"单位/{place:03}_{nameable(name)}.pdf", file


def _cadres(authority: Unit, year: int) -> Iterator[Named]:
    rows = _made(year, ArchivePaper.Kind.CADRE_STATEMENT).filter(cadre__managing_authority=authority)
    values = rows.order_by("cadre__unit__path", "cadre__pinyin", "pk")
    for place, (unit, name, file) in enumerate(values.values_list("cadre__unit__name", "cadre__name", "file"), 1):
        yield f"干部/{nameable(unit)}/{place:05}_{nameable(name)}.pdf", file


def _made(year: int, kind: str) -> QuerySet[ArchivePaper]:
    return ArchivePaper.objects.unscoped(WHY).filter(year=year, kind=kind).exclude(file=None)
