"""What every document of a class begins with: the class, and how the document goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet, Sum

from assessments.models import ClassAssessment, Result
from core.names import parse
from organization.models import Unit
from organization.preferences import preference
from reports.models import Document
from reports.papers.facts import ClassFacts, Issue
from training.models import Enrolment, Session, TrainingClass
from training.models.enrolment import HOLDS_A_SEAT

WHY = "documents of a class are made by the worker, for the rows that were submitted in scope"
CHECK_PATH = "/d/{token}/"  # the open page that says genuine and current


@dataclass(frozen=True, slots=True)
class Outset:
    """A document's row with what all its kinds need: the class, how it goes out, names of items not assessed."""

    document: Document
    facts: ClassFacts
    issue: Issue

    @property
    def training_class(self) -> TrainingClass:
        return self.document.training_class


def outset(document: Document, today: date) -> Outset:
    """`today` dates a draft; an issued document bears the day on which it was issued."""
    return Outset(document, class_facts(document.training_class), issue_of(document, document.issued_on or today))


def issue_of(document: Document, day: date) -> Issue:
    number = document.number_text or None
    replaces = document.replaces.number_text if document.replaces else ""
    return Issue(office_name(document, day), day, number, replaces or None, check_url(document))


def office_name(document: Document, day: date) -> str:
    """发文机关: what the authority set for its documents, else the organization department by its full name of the day.

    主办单位 as a workbook writes it may be a short form; it stands in where the class belongs to no such department.
    """
    if chosen := preference(document.office, "letter_office", day):
        return str(chosen)
    if document.office.kind == Unit.Kind.ORGANIZATION_DEPARTMENT:
        return document.office.name_on(day)
    return document.training_class.organizer


def check_url(document: Document) -> str:
    """What the QR code opens."""
    return settings.PUBLIC_URL + CHECK_PATH.format(token=document.token)


def class_facts(training_class: TrainingClass) -> ClassFacts:
    scheme = ClassAssessment.objects.unscoped(WHY).select_related("scheme").get(pk=training_class.pk).scheme
    sessions = Session.objects.unscoped(WHY).filter(training_class=training_class)
    counted = results_of(training_class)
    one = counted.only("points").first()
    return ClassFacts(
        name=training_class.name,
        begins=training_class.start,
        ends=training_class.end,
        host=training_class.organizer,
        trainees=counted.count(),
        hours=sessions.aggregate(hours=Sum("hours"))["hours"] or Decimal(0),
        scheme=f"“{scheme.name}”量化考核办法（第{scheme.edition}版）",
        code=training_class.code,
        organizer=training_class.host,
        place=training_class.place,
        unassessed=tuple(item for item, points in one.points.items() if points is None) if one else (),
    )


def results_of(training_class: TrainingClass) -> "QuerySet[Result]":
    """Results of those on the roster, in its order."""
    return Result.objects.unscoped(WHY).of_class(training_class).filter(enrolment__state__in=HOLDS_A_SEAT)


def plain_names(enrolments: Sequence[Enrolment]) -> list[str]:
    """Names as a document prints them: without the (002X) of the roster, unless two share a name."""
    bare = [parse(enrolment.roster_name).bare for enrolment in enrolments]
    return [name if bare.count(name) == 1 else row.roster_name for name, row in zip(bare, enrolments, strict=True)]
