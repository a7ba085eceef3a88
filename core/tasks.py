"""Celery tasks: fixed names, ids only; called by the relay."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from core.files import delete_overdue
from core.jobs import drain


@shared_task(name="core.drain")
def drain_batch(batch_id: str) -> None:
    drain(UUID(batch_id))


@shared_task(name="core.delete_overdue")
def delete_overdue_files() -> None:
    delete_overdue(timezone.localdate())
