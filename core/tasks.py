"""Celery tasks: fixed names, ids only; called by the relay."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from core.jobs import drain
from core.sweeping import sweep


@shared_task(name="core.drain")
def drain_batch(batch_id: str) -> None:
    drain(UUID(batch_id))


@shared_task(name="core.sweep")
def sweep_all() -> None:
    sweep(timezone.now())
