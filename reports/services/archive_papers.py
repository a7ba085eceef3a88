"""Papers of the learning archive (档案材料): asked for in a request, made by the worker, gone some days later."""

import logging
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.files import keep
from core.jobs import Unmakeable, submit
from core.models import Batch
from core.pdf.rendering import PaperFault
from organization.models import Account
from reports.gathering.archive.asked import booklet_of, register_of
from reports.gathering.statements import cadre_year_of, unit_year_of
from reports.models import ArchivePaper
from reports.papers.booklet import render_booklet
from reports.papers.cadre_year import render_cadre_year
from reports.papers.register import render_register
from reports.papers.unit_year import render_unit_year
from reports.services.making import count_pages

logger = logging.getLogger("portal.reports")

Kind = ArchivePaper.Kind
WHY = "the worker makes papers of batches that were submitted in scope"
BATCH = "archive"

MAKERS: dict[str, Callable[[ArchivePaper, date], bytes]] = {
    Kind.BOOKLET: lambda paper, today: render_booklet(booklet_of(paper, today)),
    Kind.REGISTER: lambda paper, today: render_register(register_of(paper, today)),
    Kind.CADRE_STATEMENT: lambda paper, today: render_cadre_year(cadre_year_of(paper)),
    Kind.UNIT_STATEMENT: lambda paper, today: render_unit_year(unit_year_of(paper)),
}
"""How each kind is made: the row and the day to the PDF."""


def submit_papers(
    title: str, papers: Sequence[ArchivePaper], *, actor: Account | None, subject_id: UUID | None
) -> Batch:
    """A batch of rows that the caller has written; `subject_id` is the cadre or unit that it is about."""
    keys = [paper.pk for paper in papers]
    return submit(BATCH, title, keys, actor=actor.pk if actor else None, subject_id=subject_id)


@transaction.atomic
def make_archive_paper(paper_id: UUID) -> None:
    """Render and keep the file, while the row is held; a paper that has one is left alone."""
    rows = ArchivePaper.objects.unscoped(WHY).select_for_update(of=("self",)).filter(pk=paper_id)
    paper = rows.select_related("cadre", "unit").first()
    if paper is None:
        logger.warning("archive paper %s is gone: its person was forgotten", paper_id)
        return
    if paper.file_id:
        return
    today = timezone.localdate()
    try:
        pdf = MAKERS[paper.kind](paper, today)
    except PaperFault as fault:
        raise Unmakeable(str(fault)) from fault
    last = today + timedelta(days=settings.UPLOAD_KEEP_DAYS) if paper.kind in ArchivePaper.PASSING else None
    paper.file, paper.pages = keep(pdf, delete_after=last), count_pages(pdf)
    paper.save(update_fields=["file", "pages"])
