"""综合通报: the whole class for the organization department; figures by unit, names of candidates only."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from assessments.models import Result
from assessments.scoring.comparisons import ClassComparison, compare, percentage
from assessments.scoring.statistics import spread
from reports.gathering.examinations import exams_of, papers_of
from reports.gathering.outset import outset, plain_names, results_of
from reports.gathering.surroundings import activities_of, attendance_of, curriculum_of, satisfaction_of
from reports.models import Document
from reports.papers.bulletin import Bulletin
from reports.papers.facts import GRADES
from reports.papers.figures import BulletinCandidate, GradeCount, ScoreBand, ScoreSummary, UnitRow

Grade = Result.Grade
UNGRADED = (Grade.WITHDRAWN, Grade.NONE)


def bulletin_of(document: Document, today: date) -> Bulletin:
    begun = outset(document, today)
    one = begun.training_class
    results = list(results_of(one).defer("explanation").select_related("enrolment__unit"))
    compared = compare(one)
    return Bulletin(
        issue=begun.issue,
        facts=begun.facts,
        addressee=document.unit.name_on(begun.issue.day) if document.unit else "",
        curriculum=curriculum_of(one, compared.curriculum),
        attendance=attendance_of(one, compared, len(results)) if one.attendance_kept else None,
        scores=_scores(results),
        bands=tuple(ScoreBand(each.label, each.count) for each in compared.distribution),
        grades=_grades(compared),
        candidates=_candidates(results),
        units=_units(results, compared),
        exams=exams_of(compared.exams, results),
        papers=papers_of(compared.papers),
        satisfaction=satisfaction_of(one),
        activities=activities_of(one),
    )


def _scores(results: Sequence[Result]) -> ScoreSummary:
    totals = [result.total for result in results if result.grade not in UNGRADED and result.total is not None]
    found = spread(totals)
    if found is None:
        return ScoreSummary(0, None, None, None, None)
    return ScoreSummary(found.n, found.mean, found.highest, found.lowest, found.deviation)


def _grades(compared: ClassComparison) -> tuple[GradeCount, ...]:
    """All grades in their order; 退学 and 未评定 only where there are some, and without a share."""
    counts = compared.grades
    graded = sum(count for name, count in counts.items() if name not in UNGRADED)
    rows = [(name, counts.get(name, 0)) for name in GRADES if name not in UNGRADED or counts.get(name)]
    return tuple(
        GradeCount(name, count, None if name in UNGRADED else percentage(Decimal(count), Decimal(graded)))
        for name, count in rows
    )


def _candidates(results: Sequence[Result]) -> tuple[BulletinCandidate, ...]:
    named = zip(plain_names([result.enrolment for result in results]), results, strict=True)
    chosen = sorted((pair for pair in named if pair[1].candidate), key=lambda pair: pair[1].rank or 0)
    return tuple(
        BulletinCandidate(name, row.enrolment.unit.name, row.total or Decimal(0), row.base or Decimal(0), row.candidate)
        for name, row in chosen
    )


def _units(results: Sequence[Result], compared: ClassComparison) -> tuple[UnitRow, ...]:
    """Units in the order of the tree, with the grades of their trainees."""
    grades = Counter((result.enrolment.unit_id, result.grade) for result in results)
    return tuple(
        UnitRow(
            name=unit.unit,
            trainees=unit.trainees,
            mean=unit.mean,
            excellent=grades[unit.unit_id, Grade.EXCELLENT],
            good=grades[unit.unit_id, Grade.GOOD],
            passed=grades[unit.unit_id, Grade.PASS],
            failed=grades[unit.unit_id, Grade.FAIL],
            withdrawn=grades[unit.unit_id, Grade.WITHDRAWN],
        )
        for unit in compared.units
    )
