"""A person's own papers go when they are forgotten (trainees.anonymising)."""

from core.files import let_go
from reports.models import ArchivePaper, Document
from trainees.models import Cadre

WHY = "papers of one person, whom the caller has fetched"


def forget_papers(cadre: Cadre) -> int:
    """Result sheets: number and day stay, bytes and name go; what was made of the learning archive goes.

    Letters, bulletins and statements of units are the archive's.
    """
    made = ArchivePaper.objects.unscoped(WHY).filter(cadre=cadre)
    let_go(made.values("file"))
    made.update(facts=None)
    sheets = Document.objects.unscoped(WHY).filter(enrolment__cadre=cadre)
    let_go(sheets.values("file"))
    return sheets.update(title=Document.Kind.SHEET.label)
