"""A person's own papers go when they are forgotten (trainees.anonymising)."""

from reports.models import Document
from trainees.models import Cadre
from training.services.forgetting import delete_files


def forget_papers(cadre: Cadre) -> int:
    """Their result sheets: number and day stay, bytes and name go. Letters and bulletins are the archive's."""
    sheets = Document.objects.unscoped("papers of one person, whom the caller has fetched").filter(
        enrolment__cadre=cadre
    )
    delete_files(sheets.values("file"))
    return sheets.update(title=Document.Kind.SHEET.label)
