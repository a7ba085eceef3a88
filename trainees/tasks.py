"""Celery tasks of the ledger and of duties: fixed names, called by the relay every hour."""

from celery import shared_task
from django.utils import timezone

from trainees.services.duties import keep_duties
from trainees.services.reconciling import is_due, reconcile

NIGHT = 2  # the hour in which nobody works


@shared_task(name="trainees.keep_duties")
def follow_people() -> None:
    now = timezone.localtime()
    keep_duties(now.date(), night=now.hour == NIGHT)


@shared_task(name="trainees.reconcile")
def reconcile_at_night() -> None:
    if is_due(timezone.localtime()):
        reconcile()
