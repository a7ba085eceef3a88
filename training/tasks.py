"""Celery tasks of classes: fixed names, called by the relay."""

from celery import shared_task
from django.utils import timezone

from training.services.check_in import settle_check_ins
from training.services.follow_ups import make_follow_ups
from training.services.moves import follow_calendar


@shared_task(name="training.follow_calendar")
def move_classes() -> None:
    follow_calendar(timezone.localdate())


@shared_task(name="training.settle_check_ins")
def close_check_ins() -> None:
    settle_check_ins()


@shared_task(name="training.keep_follow_ups")
def keep_follow_ups() -> None:
    make_follow_ups(timezone.localdate())
