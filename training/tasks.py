"""Celery tasks of classes: fixed names, called by the relay."""

from celery import shared_task
from django.utils import timezone

from training.services.moves import follow_calendar


@shared_task(name="training.follow_calendar")
def move_classes() -> None:
    follow_calendar(timezone.localdate())
