"""Closing on real connections: two at once post once; who is killed in the middle leaves nothing."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from core.models import AuditEntry
from core.operations import Refused
from tests.databases import environment_for
from tests.threads import at_once
from tests.training.closing_story import a_story, balances, hours
from trainees.models import CreditBalance, CreditEntry
from training.models import Enrolment, TrainingClass

MIDDLE = "posted"
CLOSE_AND_WAIT = f"""
import django, sys, time
django.setup()
from datetime import date
from organization.models import Account
from training.models import TrainingClass
from training.services import moves

def hold(*args, **more):
    post(*args, **more)
    print("{MIDDLE}", flush=True)
    time.sleep(120)

post, moves.post_classes = moves.post_classes, hold
moves.close_class(TrainingClass(pk=sys.argv[1]), actor=Account.objects.get(), on=date(2026, 3, 20))
"""


@pytest.fixture
def story(own_database):
    return a_story()


def test_closed_twice_at_once_posts_once(story):
    told = at_once(story.close, story.close)
    assert [one.message for one in told if isinstance(one, Refused)] == ["班次“春季班”已结班，不能结班"]
    assert CreditEntry.objects.count() == 3


def test_killed_in_the_middle_of_closing_leaves_nothing(story, own_database):
    """All is posted, nothing committed, and the process is gone: the class is as it was, and may be closed."""
    command = [sys.executable, "-c", CLOSE_AND_WAIT, str(story.training_class.pk)]
    environment = environment_for(own_database, DJANGO_SETTINGS_MODULE="config.settings")
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == MIDDLE
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not CreditEntry.objects.exists()
    assert not CreditBalance.objects.exists()
    assert not AuditEntry.objects.filter(event__in=["class.closed", "ledger.post"]).exists()
    assert TrainingClass.objects.get().state == TrainingClass.State.ENDED
    assert set(Enrolment.objects.values_list("state", flat=True)) == {Enrolment.State.REPORTED}
    story.close()
    assert len(hours(story)) == len(balances()) == 3
