"""Batches of work (ARCHITECTURE.md, "Work that takes time"): rows first, a doorbell later, drained one at a time.

A request calls `submit` and commits. The relay (core.relay) rings Celery; a worker drains the batch: it counts the
attempt in a transaction of its own, then holds the row while it makes the thing, so a killed worker frees it at once.
"""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from core.audit import record
from core.crypto import Unreadable
from core.models import Batch, BatchItem

logger = logging.getLogger("portal.jobs")

CHANNEL = "jobs"
TURN = 60.0  # seconds a bell's work may last, then other batches get theirs; the tick rings again
CLAIM = timedelta(seconds=1)  # between counting an attempt and holding the row nobody else may take it
Handler = Callable[[UUID], None]


class Unmakeable(Exception):
    """The thing cannot be made, and trying again would not help: the item fails at once with this reason.

    The message is shown to people; of any other error they see only that it was an internal one.
    """


def submit(
    kind: str, title: str, subjects: Iterable[UUID], *, actor: UUID | None, subject_id: UUID | None = None
) -> Batch:
    """Write a batch and its items in the caller's transaction and wake the relay when it commits."""
    batch = Batch.objects.create(kind=kind, title=title, subject_id=subject_id, created_by_id=actor)
    BatchItem.objects.bulk_create(BatchItem(batch=batch, kind=kind, subject_id=subject) for subject in subjects)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(batch.id)])
    return batch


def drain(batch_id: UUID) -> int:
    """Make what waits in a batch until nothing is left that this worker could take; returns how many were tried."""
    tried, end = 0, time.monotonic() + TURN
    while time.monotonic() < end and (item_id := _take(batch_id)) is not None:
        _make(item_id)
        tried += 1
    return tried


def _take(batch_id: UUID) -> int | None:
    """Pick a waiting item that nobody holds and count the attempt, in a transaction of its own."""
    due = Q(not_before=None) | Q(not_before__lte=Now())  # the database's clock: workers' clocks may differ
    with transaction.atomic():
        waiting = BatchItem.objects.filter(due, batch=batch_id, state=BatchItem.State.WAITING)
        item = waiting.select_for_update(skip_locked=True).order_by("id").first()
        if item is None:
            return None
        if item.attempts >= BatchItem.MAX_ATTEMPTS:
            _finish(item, BatchItem.State.FAILED, item.error or "连续三次中断，未能完成")
            return item.id
        item.attempts += 1
        item.not_before = Now() + CLAIM
        item.save(update_fields=["attempts", "not_before"])
        return item.id


def _make(item_id: int) -> None:
    """Hold the row and run its handler; what it wrote is undone when it fails, the reason is kept."""
    with transaction.atomic():
        rows = BatchItem.objects.filter(id=item_id, state=BatchItem.State.WAITING)
        item = rows.select_for_update(skip_locked=True).first()
        if item is None:
            return
        try:
            with transaction.atomic():
                handler_of(item.kind)(item.subject_id)
        except Exception as error:  # the boundary: any failure of a handler becomes a state that somebody sees
            logger.exception("batch %s item %s attempt %s", item.batch_id, item.id, item.attempts)
            _fail(item, error)
        else:
            _finish(item, BatchItem.State.DONE, "")


def handler_of(kind: str) -> Handler:
    handler: Handler = import_string(settings.JOB_HANDLERS[kind])
    return handler


def _fail(item: BatchItem, error: Exception) -> None:
    reason = _reason(error)
    if isinstance(error, Unreadable):
        facts = {"place": error.place, "batch": str(item.batch_id)}
        record("sealed.unreadable", actor=None, result="failed", reason=str(error), after=facts)
    if isinstance(error, Unmakeable) or item.attempts >= BatchItem.MAX_ATTEMPTS:
        _finish(item, BatchItem.State.FAILED, reason)
        return
    item.error = reason
    item.not_before = Now() + timedelta(seconds=2**item.attempts)
    item.save(update_fields=["error", "not_before"])


def _reason(error: Exception) -> str:
    """What people are told; statements, paths and values of other errors stay in the log (SEC-38)."""
    return str(error)[:500] if isinstance(error, Unmakeable) else f"内部错误（{type(error).__name__}），详见运行日志"


def _finish(item: BatchItem, state: BatchItem.State, error: str) -> None:
    item.state, item.error, item.finished = state, error, Now()
    item.save(update_fields=["state", "error", "finished"])
    if state == BatchItem.State.FAILED:
        _give_up(item)


def _give_up(item: BatchItem) -> None:
    """Tell the kind's owner; should that fail too, the item has failed all the same and the batch goes on."""
    gave_up = settings.JOB_FAILURES.get(item.kind)
    if gave_up is None:
        return
    try:
        with transaction.atomic():
            import_string(gave_up)(item.subject_id, item.error)
    except Exception:  # the same boundary
        logger.exception("batch %s item %s could not be given up", item.batch_id, item.id)
