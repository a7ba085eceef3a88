"""Year-end closing with its statements: the ledger's year is closed, and everybody is told what it came to."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from core.audit import record
from core.jobs import submit
from core.operations import intention
from organization.models import Account, Unit
from reports.gathering.year_people import PersonYear, people_years
from reports.gathering.year_units import Area, Facts, tallies, unit_facts
from reports.models import ArchivePaper
from reports.services.archive_papers import BATCH
from trainees.models import LedgerYear
from trainees.services.years import Preview, close_year, preview_year
from training.services.years import class_checks

Kind = ArchivePaper.Kind
UNITS, CADRES = "单位学习情况通报", "个人学习情况"
PORTION = 500  # statements written at a time


def preview_year_end(authority: Unit, year: int, on: date) -> Preview:
    """The whole checklist and the figures as they stand now."""
    return preview_year(authority, year, on, more=class_checks(authority, year))


@intention
def close_with_statements(
    authority: Unit, year: int, *, actor: Account, on: date, accepted: bool = False
) -> LedgerYear:
    """Close the year and write a statement for each cadre and each unit; a worker prints them. All of it or nothing."""
    closed = close_year(authority, year, actor=actor, on=on, more=class_checks(authority, year), accepted=accepted)
    written = write_statements(authority, year, actor=actor, on=on)
    record("statements.write", actor=actor.pk, obj=closed, unit_id=authority.pk, after=written)
    return closed


def write_statements(authority: Unit, year: int, *, actor: Account, on: date) -> dict[str, int]:
    """Rows with frozen facts, and the batches that print them: units first, they are waited for."""
    area, common = Area(authority), {"authority": authority.name, "closed_on": str(on)}
    cadres: list[UUID] = []
    found = tallies(area, _written(people_years(authority, year), year, common, cadres, actor))
    units = [
        ArchivePaper(kind=Kind.UNIT_STATEMENT, unit=unit, year=year, facts=facts | common, asked_by_id=actor.pk)
        for unit, facts in unit_facts(area, found)
    ]
    ArchivePaper.objects.bulk_create(units, batch_size=PORTION)
    for title, keys in ((UNITS, [paper.pk for paper in units]), (CADRES, cadres)):
        submit(BATCH, f"{year}年度{title}", keys, actor=actor.pk, subject_id=authority.pk)
    return {"units": len(units), "cadres": len(cadres)}


def _written(
    people: Iterable[PersonYear], year: int, common: Facts, keys: list[UUID], actor: Account
) -> Iterator[PersonYear]:
    """The same people, their statements written in portions as they pass; only keys are kept."""
    held: list[ArchivePaper] = []
    for one in people:
        held.append(
            ArchivePaper(
                kind=Kind.CADRE_STATEMENT, cadre_id=one.cadre_id, year=year, facts=one.facts | common,
                asked_by_id=actor.pk,
            )
        )  # fmt: skip
        keys.append(held[-1].pk)
        if len(held) == PORTION:
            ArchivePaper.objects.bulk_create(held)
            held.clear()
        yield one
    ArchivePaper.objects.bulk_create(held)
