"""A corrected workbook after the results were confirmed is an amendment: records, results and documents in one go."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from assessments.models import WorkbookImport
from assessments.services import commit_workbook
from core.models import Batch
from core.operations import Refused, demand_reason, intention
from organization.models import Account
from reports.gathering.outset import class_facts
from reports.papers.facts import ClassFacts
from reports.services.issuing import amend_and_replace
from training.models import Enrolment, TrainingClass

Printed = dict[UUID, tuple[str, ...]]


@intention
def amend_by_workbook(imported: WorkbookImport, *, actor: Account, reason: str, on: date) -> Batch:
    """Write a corrected workbook of a confirmed class, amend its results, and replace the documents they touch.

    A document is touched as well by what it prints beside results: a trainee's post and group, the class's own facts.
    Raises Refused without a reason (at least five characters) or when no document changes: then nothing is written.
    """
    why = demand_reason(reason, "更正已确认的成绩须写明理由，理由将记入审计记录")
    known = imported.training_class
    if known is None:
        raise Refused("本班尚未建立，请直接导入工作簿")
    about, people = _about(known), _printed(known)
    training_class = commit_workbook(imported, actor=actor, amending=True)
    now = _printed(training_class)
    moved = about != _about(training_class)
    touched = [key for key, words in now.items() if key in people and (moved or people[key] != words)]
    return amend_and_replace(training_class, actor=actor, reason=why, on=on, touched=touched)


def _about(training_class: TrainingClass) -> ClassFacts:
    """What every document of the class prints of it; who and what was counted follows from the results."""
    return replace(class_facts(TrainingClass.objects.get(pk=training_class.pk)), trainees=0, unassessed=())


def _printed(training_class: TrainingClass) -> Printed:
    """What documents print of each trainee beside the result; unit and name are looked at when documents are."""
    rows = Enrolment.objects.of_class(training_class).on_roster()
    return {key: tuple(words) for key, *words in rows.values_list("pk", "post", "group")}
