"""What a year-end statement prints: the facts of the closing, and the names of today."""

from datetime import date

from reports.gathering.year_units import keys_in
from reports.models import ArchivePaper
from reports.papers.cadre_year import CadreYear
from reports.papers.facts import Issue
from reports.papers.unit_year import UnitYear
from trainees.models import Cadre

WHY = "the worker prints statements that were written when the year was closed"


def cadre_year_of(paper: ArchivePaper) -> CadreYear:
    name = paper.cadre.name if paper.cadre else ""
    return CadreYear(name, paper.year or 0, paper.facts or {})


def unit_year_of(paper: ArchivePaper) -> UnitYear:
    """A statement goes out without a number, and is final all the same."""
    facts = paper.facts or {}
    issue = Issue(office=facts["authority"], day=date.fromisoformat(facts["closed_on"]), number="")
    people = Cadre.objects.unscoped(WHY).filter(pk__in=keys_in(facts))
    return UnitYear(issue, facts["unit"], paper.year or 0, facts, dict(people.values_list("pk", "name")))
