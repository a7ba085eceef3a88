"""What came of classes, and honours: works handed in, reports at the unit, follow-ups, awards."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from reports.gathering.archive.sight import Sight
from reports.papers.archive import Honour, Told, Visit, Work
from trainees.models import Award
from training.models import FollowUp, LearningWork, ReportBack

Owners = Mapping[UUID, UUID]
CLASS = "enrolment__training_class"


def works_of(owners: Owners, sight: Sight) -> dict[UUID, list[Work]]:
    """Works that were not withdrawn, the latest first."""
    rows = sight.rows(LearningWork).filter(enrolment__cadre__in=owners, withdrawn=None).select_related(CLASS)
    found: dict[UUID, list[Work]] = {}
    for row in rows.order_by("-at", "pk"):
        line = Work(
            row.pk, row.enrolment_id, row.enrolment.training_class.name, row.get_kind_display(), row.title,
            row.file_name, timezone.localtime(row.at),
        )  # fmt: skip
        found.setdefault(owners[row.enrolment.cadre_id], []).append(line)
    return found


def told_of(owners: Owners, sight: Sight) -> dict[UUID, list[Told]]:
    rows = sight.rows(ReportBack).filter(enrolment__cadre__in=owners).select_related(CLASS, "unit")
    found: dict[UUID, list[Told]] = {}
    for row in rows.order_by("-on", "pk"):
        line = Told(
            row.enrolment.training_class.name, row.unit.name, row.on, row.occasion, row.audience, row.text, row.state,
            row.get_state_display(), row.state_reason,
        )  # fmt: skip
        found.setdefault(owners[row.enrolment.cadre_id], []).append(line)
    return found


def visits_of(owners: Owners, sight: Sight) -> dict[UUID, list[Visit]]:
    """Answers stay in the questionnaire; outcome and remark are for the department and the person."""
    rows = sight.rows(FollowUp).filter(enrolment__cadre__in=owners).select_related(CLASS)
    found: dict[UUID, list[Visit]] = {}
    for row in rows.order_by("-due", "pk"):
        outcome = row.get_outcome_display() if row.outcome and sight.whole else ""
        line = Visit(
            row.enrolment.training_class.name, row.months, row.due, row.own_at is not None,
            row.superior_at is not None, outcome, row.promoted if sight.whole else None,
            row.remark if sight.whole else "", timezone.localdate(row.closed_at) if row.closed_at else None,
        )  # fmt: skip
        found.setdefault(owners[row.enrolment.cadre_id], []).append(line)
    return found


def honours_of(owners: Owners, sight: Sight) -> dict[UUID, list[Honour]]:
    found: dict[UUID, list[Honour]] = {}
    for row in sight.rows(Award).filter(cadre__in=owners).order_by("-on", "pk"):
        line = Honour(row.pk, row.name, row.giver, row.on, row.note)
        found.setdefault(owners[row.cadre_id], []).append(line)
    return found
