"""Celery tasks of results: fixed names, called by the relay every hour."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from assessments.services.reconciling import EVENT, reconcile_results
from trainees.services.reconciling import is_due


@shared_task(name="assessments.reconcile")
def reconcile_at_night() -> None:
    """This year's classes and last year's; the command looks at all."""
    now = timezone.localtime()
    if is_due(now, EVENT):
        reconcile_results(since=date(now.year - 1, 1, 1))
