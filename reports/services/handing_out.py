"""Documents leave the house: one file, all as a ZIP, into a folder; each time the audit log says who took what."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import RawIOBase
from pathlib import Path

from core.audit import record
from core.files import FileGone, load
from core.operations import Refused
from organization.models import Account
from reports.models import Document
from reports.services.drafts import documents_of
from reports.summary import summary_csv, summary_xlsx
from training.models import TrainingClass

Kind, State = Document.Kind, Document.State
FOLDERS = {Kind.LETTER: "反馈函", Kind.SHEET: "学员"}
ASIDE = {State.REPLACED: "已被替换", State.VOID: "作废"}
UNNAMEABLE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
LONGEST_NAME = 240  # bytes of UTF-8; file systems hold 255
SUMMARIES = {"csv": summary_csv, "xlsx": summary_xlsx}


def read_document(document: Document, *, actor: Account) -> bytes:
    """The PDF of a document that the caller fetched in scope; the download is in the audit log."""
    data = document_bytes(document)
    record("document.read", actor=actor.pk, obj=document, unit_id=document.office_id)
    return data


def read_summary(training_class: TrainingClass, kind: str, *, actor: Account) -> bytes:
    """成绩汇总 as `csv` or `xlsx` of a class that the caller fetched in scope; the export is in the audit log."""
    data = SUMMARIES[kind](training_class)
    record("results.export", actor=actor.pk, obj=training_class, unit_id=training_class.unit_id, after={"kind": kind})
    return data


def zip_documents(documents: Iterable[Document], *, actor: Account) -> Iterator[bytes]:
    """A ZIP of the documents that have a file, in pieces: never more than one document is in memory.

    The audit entry is written at once, the pieces come as they are asked for.
    """
    named = file_names(documents)
    if not named:
        raise Refused("没有已生成的文件可供下载")
    keys = [str(document.pk) for document, _ in named]
    record("documents.zip", actor=actor.pk, after={"count": len(keys), "documents": keys})
    return _zipped(named)


def write_files(training_class: TrainingClass, folder: Path) -> int:
    """What CLASS_WORKBOOK.md §4 names, under `folder`: the issued documents, 成绩汇总 twice; how many files."""
    documents = file_names(documents_of(training_class).filter(state=State.ISSUED))
    for kind, make in SUMMARIES.items():
        _put(folder / f"成绩汇总.{kind}", make(training_class))
    for document, name in documents:
        _put(folder / name, document_bytes(document))
    return len(SUMMARIES) + len(documents)


def file_names(documents: Iterable[Document]) -> list[tuple[Document, str]]:
    """Documents that have a file, each with its path in the folder of a class: `反馈函/01_云岭市财政局.pdf`.

    NN is as wide as the last number needs. What is replaced or void lies in a folder of its own.
    """
    ready = sorted(_with_facts(documents), key=lambda document: (document.kind, document.position, document.pk))
    widths = {kind: max(2, *(len(str(one.position)) for one in ready if one.kind == kind), 0) for kind in Kind}
    return [(document, _path(document, widths[Kind(document.kind)])) for document in ready]


def _with_facts(documents: Iterable[Document]) -> Sequence[Document]:
    keys = [document.pk for document in documents if document.file_id]
    rows = Document.objects.unscoped("documents that the caller fetched in scope").filter(pk__in=keys)
    return list(rows.select_related("file", "unit", "enrolment", "series"))


def _path(document: Document, width: int) -> str:
    aside = ASIDE.get(State(document.state), "")
    if document.kind == Kind.BULLETIN:
        name = "综合通报.pdf"
    else:
        addressee = (
            document.enrolment.roster_name if document.enrolment else document.unit.name if document.unit else ""
        )
        name = f"{FOLDERS[Kind(document.kind)]}/{document.position:0{width}d}_{nameable(addressee)}.pdf"
    return f"{aside}/{document.number}_{name.replace('/', '_')}" if aside else name


def nameable(text: str) -> str:
    """The text with `_` for what a file name cannot hold, not longer than file systems allow."""
    safe = UNNAMEABLE.sub("_", text).strip(" .") or "_"
    return safe.encode()[:LONGEST_NAME].decode(errors="ignore")


def document_bytes(document: Document) -> bytes:
    """The PDF. Raises Refused where it is not made yet, or not there any more."""
    if document.file is None:
        raise Refused("文件还没有生成，请稍后再试")
    try:
        return load(document.file)
    except FileGone as gone:
        raise Refused(f"文件不能读取：{gone}") from gone


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


class _Pieces(RawIOBase):
    """Where the ZIP is written: keeps what was written since it was last taken."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held.append(piece)
        return len(piece)

    def take(self) -> bytes:
        piece = b"".join(self._held)
        self._held.clear()
        return piece


def _zipped(named: Iterable[tuple[Document, str]]) -> Iterator[bytes]:
    return packed((name, document.issued_on, document_bytes(document)) for document, name in named)


def packed(files: Iterable[tuple[str, date | None, bytes]]) -> Iterator[bytes]:
    """A ZIP of (name, day, bytes), in pieces, as they come: one file at a time is in memory."""
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as archive:  # a PDF is compressed already
        for name, day, data in files:
            archive.writestr(_head(name, day), data)
            yield pieces.take()
    yield pieces.take()


def _head(name: str, day: date | None) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0)) if day else zipfile.ZipInfo(name)
