"""Celery tasks of results: fixed names, called by the relay every hour."""

from celery import shared_task
from django.utils import timezone

from assessments.services.reconciling import EVENT, reconcile_results
from trainees.services.reconciling import is_due


@shared_task(name="assessments.reconcile")
def reconcile_at_night() -> None:
    if is_due(timezone.localtime(), EVENT):
        reconcile_results()
