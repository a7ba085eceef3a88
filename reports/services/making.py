"""Make the file of a document: called by the worker, item by item; made twice it changes nothing the second time."""

import logging
import re
import zlib
from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.files import keep
from core.jobs import Unmakeable
from core.pdf.rendering import PaperFault
from reports.gathering import bulletin_of, letter_of, sheet_of
from reports.models import Document
from reports.papers.bulletin import render_bulletin
from reports.papers.letter import render_letter
from reports.papers.sheet import render_trainee_sheet
from reports.services.issuing import make_void

logger = logging.getLogger("portal.reports")

State, Kind = Document.State, Document.Kind
WHY = "the worker makes documents of batches that were submitted in scope"
NEEDED = ("training_class", "office", "unit", "series", "replaces__series")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
PAGE = re.compile(rb"/Type\s*/Page\b")

PAPERS: dict[str, Callable[[Document, date], bytes]] = {
    Kind.LETTER: lambda document, today: render_letter(letter_of(document, today)),
    Kind.SHEET: lambda document, today: render_trainee_sheet(sheet_of(document, today)),
    Kind.BULLETIN: lambda document, today: render_bulletin(bulletin_of(document, today)),
}


@transaction.atomic
def make_document(document_id: UUID) -> None:
    """Render and keep the file, while the row is held; a document that has one, or is void, is left alone."""
    document = _held(document_id)
    if document is None:
        logger.warning("document %s is gone: a draft that nobody wanted any more", document_id)
        return
    if document.file_id or document.state not in (State.DRAFT, State.ISSUED):
        return
    try:
        pdf = PAPERS[document.kind](document, timezone.localdate())
    except PaperFault as fault:
        raise Unmakeable(str(fault)) from fault
    document.file, document.pages = keep(pdf), count_pages(pdf)
    document.save(update_fields=["file", "pages"])


@transaction.atomic
def give_up_document(document_id: UUID, reason: str) -> None:
    """After the last failed attempt: an issued document without a file is void, its number kept; a draft stays."""
    document = _held(document_id)
    if document and document.state == State.ISSUED and not document.file_id:
        make_void([document], f"文件未能生成：{reason}", actor=None)


def _held(document_id: UUID) -> Document | None:
    rows = Document.objects.unscoped(WHY).select_for_update(of=("self",)).filter(pk=document_id)
    return rows.select_related(*NEEDED).first()


def count_pages(pdf: bytes) -> int:
    """Page objects of a PDF as WeasyPrint writes it: in compressed object streams."""
    return sum(len(PAGE.findall(_inflated(stream[1]))) for stream in STREAM.finditer(pdf))


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:  # an image or a font that is stored in another way
        return b""
