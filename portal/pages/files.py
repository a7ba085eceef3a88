"""文件: a class's documents in groups, and the batch that makes them."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assessments.models import Result
from core.models import Batch, BatchItem
from organization.models import Account
from portal import rules
from portal.acts import ask
from portal.pages import words
from portal.rules import Door
from reports.models import Document, DocumentQuerySet
from training.models import TrainingClass

WHY = "names of documents of a class that was fetched in scope"
ERRORS_SHOWN = 20
STILL_FAST = timedelta(days=1)
RESULTS = {"slips": ("class_slips", "去下载"), "archive": ("archive_papers", "去下载")}
OWN_PAGES = ("archive_papers",)
"""Pages of the account itself: they name no class."""
GROUPS = (
    (Document.Kind.BULLETIN, "综合通报"),
    (Document.Kind.LETTER, "反馈函"),
    (Document.Kind.SHEET, "学员考核结果单"),
)


def files(one: TrainingClass, door: Door, user: Account) -> dict[str, Any]:
    """The fragment's own context: four queries and those of the batch."""
    rows = list(documents_of(one, user))
    made = [row for row in rows if row.file_id]
    shown = latest_job(one) if door.roster else None
    ready = made and door.roster and not unmade(rows) and (shown is None or shown["finished"])
    return {
        "job": shown,
        "notes": notes(rows),
        "groups": groups(rows),
        "zip_url": reverse("portal:class_zip", args=[one.pk]) if ready else "",
        "files_words": f"共 {len(rows)} 份，已生成 {len(made)} 份",
        "asks": asks(one, door, rows),
        "nothing_words": "" if door.roster else "成绩确认后，综合通报会出现在这里。",
    }


def documents_of(one: TrainingClass, user: Account) -> DocumentQuerySet:
    rows = Document.objects.visible_to(user).filter(training_class=one)
    return rows.select_related("series", "unit", "enrolment", "replaces__series").order_by("kind", "position", "pk")


def unmade(rows: Iterable[Document]) -> int:
    """How many issued documents have no file yet: without them a package would not be all."""
    return sum(row.state == Document.State.ISSUED and row.file_id is None for row in rows)


def in_the_making(one: TrainingClass) -> bool:
    """Whether a batch of the class's documents still runs."""
    waiting = BatchItem.objects.filter(state=BatchItem.State.WAITING)
    return waiting.filter(batch__subject_id=one.pk, batch__kind="document").exists()


def groups(rows: list[Document]) -> list[dict[str, Any]]:
    """By kind, current ones first; what was replaced stays in the list."""
    by_kind = {kind: list(found) for kind, found in groupby(rows, key=lambda row: row.kind)}
    return [
        {"label": label, "documents": [document(row) for row in by_kind[kind]]}
        for kind, label in GROUPS
        if kind in by_kind
    ]


def document(row: Document, title: str = "") -> dict[str, Any]:
    """One document as components/_document.html shows it."""
    return {
        "id": str(row.pk),
        "number": row.number_text,
        "title": title or (row.title if row.kind == Document.Kind.BULLETIN else ""),
        "kind_label": row.get_kind_display(),
        "recipient": recipient(row),
        "state": row.state,
        "issued_on": row.issued_on,
        "url": reverse("portal:document_download", args=[row.pk]) if row.file_id else "",
        "pages": row.pages,
        "replaces": row.replaces.number_text if row.replaces else "",
    }


def recipient(row: Document) -> str:
    if row.kind == Document.Kind.SHEET and row.enrolment:
        return row.enrolment.roster_name
    return row.unit.name if row.unit else row.training_class.organizer


def notes(rows: list[Document]) -> list[dict[str, str]]:
    drafts = sum(row.state == Document.State.DRAFT for row in rows)
    if drafts:
        return [words.note("info", f"{drafts} 份草稿带“草稿”水印、没有文号，只供核对；确认成绩后编号印发。")]
    return []


def asks(one: TrainingClass, door: Door, rows: list[Document]) -> list[dict[str, Any]]:
    """Making drafts is offered while nothing is issued and results are there."""
    issued = any(row.state != Document.State.DRAFT for row in rows)
    if issued or rules.may_make_drafts(door) is not None:
        return []
    if not Result.objects.unscoped(WHY).filter(training_class=one).exists():
        return []
    url = reverse("portal:class_drafts", args=[one.pk])
    text = "为每个单位、每名学员各生成一份草稿，另有综合通报一份；草稿带水印、没有文号。"
    return [ask("drafts", url, "生成草稿", "生成文件草稿", text, hidden={"seen": one.revision})]


def latest_job(one: TrainingClass) -> dict[str, Any] | None:
    """The class's last batch, while it is worth seeing."""
    batch = Batch.objects.filter(subject_id=one.pk, kind="document").with_counts().order_by("-created", "-pk").first()
    if batch is None or (_finished(batch) and not _failed(batch) and timezone.now() - batch.created > STILL_FAST):
        return None
    return job(batch)


def job(batch: Batch) -> dict[str, Any]:
    """A batch as components/_job.html shows it; `batch` comes from `with_counts`."""
    counts = {name: getattr(batch, name) for name in ("total", "done", "failed", "waiting")}
    finished = _finished(batch)
    page, label = RESULTS.get(batch.kind, ("class_files", "查看文件"))
    result_url = reverse(f"portal:{page}", args=[] if page in OWN_PAGES else [batch.subject_id])
    return {
        "id": str(batch.pk),
        "url": reverse("portal:batch_progress", args=[batch.pk]),
        "title": batch.title,
        "state": _state(counts, finished),
        "done": counts["done"],
        "total": counts["total"],
        "unit": "份",
        "failed": counts["failed"],
        "time_left": "" if finished else time_left(batch, counts),
        "finished": finished,
        "result_url": result_url if finished else "",
        "result_label": label,
        "page_url": result_url,
        "errors": errors(batch) if counts["failed"] else [],
    }


def _finished(batch: Any) -> bool:
    return bool(batch.waiting == 0)


def _failed(batch: Any) -> bool:
    return bool(batch.failed)


def _state(counts: dict[str, int], finished: bool) -> str:
    if finished:
        return "failed" if counts["failed"] else "done"
    return "running" if counts["done"] or counts["failed"] else "waiting"


def time_left(batch: Batch, counts: dict[str, int]) -> str:
    """By the pace until now; empty before the first is made."""
    ready = counts["total"] - counts["waiting"]
    if not ready:
        return ""
    seconds = int((timezone.now() - batch.created).total_seconds() / ready * counts["waiting"]) + 1
    return f"{seconds} 秒" if seconds < 90 else f"{round(seconds / 60)} 分钟"


def errors(batch: Batch) -> list[dict[str, Any]]:
    """What failed and why, by the documents' recipients."""
    failed = list(batch.items.filter(state=BatchItem.State.FAILED).order_by("id")[:ERRORS_SHOWN])
    papers = Document.objects.unscoped(WHY).select_related("unit", "enrolment", "training_class")
    found = papers.in_bulk([row.subject_id for row in failed])
    return [
        {"subject": _subject(found.get(row.subject_id)), "reason": row.error, "attempts": row.attempts}
        for row in failed
    ]


def _subject(row: Document | None) -> str:
    return f"{row.get_kind_display()} · {recipient(row)}" if row else "文件"
