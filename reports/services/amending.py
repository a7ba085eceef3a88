"""A corrected workbook after the results were confirmed is an amendment: records, results and documents in one go."""

from datetime import date

from assessments.models import WorkbookImport
from assessments.services import commit_workbook
from core.models import Batch
from core.operations import Refused, intention
from organization.models import Account
from reports.services.issuing import amend_and_replace


@intention
def amend_by_workbook(imported: WorkbookImport, *, actor: Account, reason: str, on: date) -> Batch:
    """Write a corrected workbook of a confirmed class, amend its results, and replace the documents they touch.

    Raises Refused without a reason (at least five characters) or when no result changes: then nothing is written.
    """
    if len(reason.strip()) < 5:
        raise Refused("更正已确认的成绩须写明理由（至少 5 个字），理由将记入审计记录")
    training_class = commit_workbook(imported, actor=actor, amending=True)
    return amend_and_replace(training_class, actor=actor, reason=reason.strip(), on=on)
