"""Celery tasks: fixed names, ids only."""

from uuid import UUID

from celery import shared_task

from core.jobs import drain


@shared_task(name="core.drain")
def drain_batch(batch_id: str) -> None:
    drain(UUID(batch_id))
