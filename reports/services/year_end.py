"""Year-end closing with its statements: the ledger's year is closed, and everybody is told what it came to."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.utils import timezone

from core.audit import record
from core.jobs import submit
from core.operations import intention
from organization.models import Account, Unit
from reports.gathering.year_people import PersonYear, people_years
from reports.gathering.year_units import Area, Facts, nobody, tallies, unit_facts
from reports.models import ArchivePaper
from reports.services.archive_papers import BATCH
from trainees.models import LedgerAct, LedgerYear
from trainees.services.acts import About, Outcome, ask_for, carry_out
from trainees.services.year_checks import demand_ready, year_checks
from trainees.services.years import Preview, close_year, demand_keeper, demand_open, preview_year
from training.services.years import class_checks

logger = logging.getLogger("portal.reports")

Kind = ArchivePaper.Kind
WRITING = "statements"
UNITS, CADRES = "单位学习情况通报", "个人学习情况"
PORTION = 500  # statements written at a time


def preview_year_end(authority: Unit, year: int, on: date) -> Preview:
    """The whole checklist and the figures as they stand now."""
    return preview_year(authority, year, on, more=class_checks(authority, year))


@intention
def ask_to_close(authority: Unit, year: int, *, actor: Account, on: date, accepted: bool = False) -> LedgerAct:
    """Have a worker close the year: a page does not wait for 32,000 people.

    Raises Refused for everything that can be said at once; the worker asks all of it again.
    """
    demand_keeper(authority, actor)
    for held in LedgerYear.objects.filter(authority=authority, year=year):
        demand_open(held)
    demand_ready([*year_checks(authority, year, on), *class_checks(authority, year)], year, accepted)
    return ask_for(LedgerAct.Kind.CLOSE, About(authority, year), actor=actor, asked={"accepted": accepted})


def close_as_asked(act_id: UUID) -> None:
    """The worker's part of `ask_to_close`, once."""
    carry_out(act_id, _close)


def _close(act: LedgerAct, actor: Account) -> Outcome:
    day, accepted = timezone.localdate(act.created), act.asked["accepted"]
    if act.year is None:
        raise ValueError("a year is closed")
    closed = close_with_statements(act.unit, act.year, actor=actor, on=day, accepted=accepted)
    return {name: closed.figures[name] for name in ("people", "carry")}


@intention
def close_with_statements(
    authority: Unit, year: int, *, actor: Account, on: date, accepted: bool = False
) -> LedgerYear:
    """Close the year; a worker writes a statement for each cadre and each unit, then prints them.

    The area's own statement is there at once, empty: it stands for all that have to be written.
    """
    closed = close_year(authority, year, actor=actor, on=on, more=class_checks(authority, year), accepted=accepted)
    paper = ArchivePaper.objects.create(kind=Kind.UNIT_STATEMENT, unit=authority, year=year, asked_by_id=actor.pk)
    submit(WRITING, f"{year}年度学习情况", [paper.pk], actor=actor.pk, subject_id=authority.pk)
    return closed


@intention
def write_statements(paper_id: UUID) -> None:
    """The worker's part: facts of everybody, frozen, and the batches that print them; all of it or nothing, once."""
    rows = ArchivePaper.objects.select_for_update(of=("self",)).select_related("unit")
    paper = rows.filter(pk=paper_id).first()
    if paper is None or paper.unit is None or paper.year is None or paper.facts is not None:
        logger.warning("statement %s has nothing to be written", paper_id)
        return
    closed = LedgerYear.objects.get(authority=paper.unit, year=paper.year)
    cadres: list[UUID] = []
    common = {
        "authority": paper.unit.name,
        "authority_id": str(paper.unit_id),
        "closed_on": closed.figures["closed_on"],
    }
    units = _units(paper, _written(people_years(paper.unit, paper.year), paper, common, cadres), common)
    for title, keys in ((UNITS, units), (CADRES, cadres)):
        submit(BATCH, f"{paper.year}年度{title}", keys, actor=paper.asked_by_id, subject_id=paper.unit_id)
    after = {"year": paper.year, "units": len(units), "cadres": len(cadres)}
    record("statements.write", actor=paper.asked_by_id, obj=closed, unit_id=paper.unit_id, after=after)


def _units(paper: ArchivePaper, people: Iterable[PersonYear], common: Facts) -> list[UUID]:
    """The units' statements, the area's first; keys of all."""
    unit = paper.unit
    if unit is None:
        raise ValueError("the statement of an authority has its unit")
    area = Area(unit)
    facts = {unit.pk: told | common for unit, told in unit_facts(area, tallies(area, people))}
    paper.facts = facts.pop(paper.unit_id, None) or nobody(unit) | common
    paper.save(update_fields=["facts"])
    made = [
        ArchivePaper(kind=Kind.UNIT_STATEMENT, unit_id=unit, year=paper.year, facts=told, asked_by_id=paper.asked_by_id)
        for unit, told in facts.items()
    ]
    ArchivePaper.objects.bulk_create(made, batch_size=PORTION)
    return [paper.pk, *(one.pk for one in made)]


def _written(
    people: Iterable[PersonYear], paper: ArchivePaper, common: Facts, keys: list[UUID]
) -> Iterator[PersonYear]:
    """The same people, their statements written in portions as they pass; only keys are kept."""
    held: list[ArchivePaper] = []
    for one in people:
        held.append(
            ArchivePaper(
                kind=Kind.CADRE_STATEMENT, cadre_id=one.cadre_id, year=paper.year, facts=one.facts | common,
                asked_by_id=paper.asked_by_id,
            )
        )  # fmt: skip
        keys.append(held[-1].pk)
        if len(held) == PORTION:
            ArchivePaper.objects.bulk_create(held)
            held.clear()
        yield one
    ArchivePaper.objects.bulk_create(held)
