"""The relay: rings when it hears of work, again while it waits, and is the only one who talks to the broker (REL-07)."""

import ast
import queue
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core import jobs, relay
from core.keys import new_key
from core.models import Batch, BatchItem
from core.relay import Relay

APPS = ["core", "organization", "trainees", "courses", "training", "assessments", "reports", "portal", "config"]
PUBLISHERS = {"delay", "apply_async", "send_task", "signature", "apply_batch"}


def submitted(title: str = "批次") -> Batch:
    with transaction.atomic():
        return jobs.submit("document", title, [new_key()], actor=None)


@pytest.fixture
def listening(own_database, monkeypatch):
    """A relay in a thread whose tick is too long to help, and the queue of its bells."""
    monkeypatch.setattr(relay, "TICK", 60.0)
    bells: queue.Queue = queue.Queue()
    heard = Relay(ring=bells.put, duties=lambda: None)

    def listen():
        try:
            heard._listen()
        finally:
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield bells
    heard.stop()
    submitted()
    thread.join()


def test_rel_07_a_bell_rings_within_two_seconds_of_the_commit(listening):
    time.sleep(0.5)  # by then it listens
    begun = time.monotonic()
    batch = submitted()
    assert listening.get(timeout=10) == batch.id
    assert time.monotonic() - begun < 10.0


def test_rel_07_the_tick_finds_work_that_nobody_announced(own_database, monkeypatch):
    monkeypatch.setattr(relay, "TICK", 0.1)
    bells: list = []
    heard = Relay(ring=bells.append)
    batch = Batch.objects.create(kind="document", title="无人通知")
    BatchItem.objects.create(batch=batch, kind="document", subject_id=new_key())
    heard.ring = lambda found: (bells.append(found), heard.stop())
    heard._listen()
    assert bells == [batch.id]


def test_rel_07_it_rings_once_and_again_only_after_a_while(own_database, monkeypatch):
    bells: list = []
    heard = Relay(ring=bells.append)
    batch = submitted()
    assert (heard.sweep(), heard.sweep()) == (1, 0)
    monkeypatch.setattr(relay, "RING_AGAIN", 0.0)
    assert heard.sweep() == 1
    assert bells == [batch.id, batch.id]


def test_rel_07_it_is_silent_during_a_pause_and_when_all_is_done(own_database):
    heard = Relay(ring=lambda batch: None)
    submitted()
    BatchItem.objects.update(not_before=timezone.now() + timedelta(seconds=60))
    assert heard.sweep() == 0
    BatchItem.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert heard.sweep() == 1
    BatchItem.objects.update(state=BatchItem.State.DONE)
    assert heard.sweep() == 0
    assert heard.rung == {}


def test_rel_07_a_bell_that_the_broker_did_not_take_is_rung_again(own_database):
    taken: list = []

    def broken(batch):
        raise ConnectionError("no broker")

    heard = Relay(ring=broken)
    batch = submitted()
    with pytest.raises(ConnectionError):
        heard.sweep()
    heard.ring = taken.append
    assert heard.sweep() == 1
    assert taken == [batch.id]


def test_rel_07_only_the_relay_talks_to_the_broker():
    found = []
    for app in APPS:
        for file in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            calls = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
            names = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
            found += [f"{file.name}: {name}" for name in names & PUBLISHERS]
    assert found == ["relay.py: send_task"]


def test_duties_are_asked_for_at_the_start_and_every_hour(monkeypatch):
    asked = []
    keeper = Relay(ring=lambda batch: None, duties=lambda: asked.append(1))
    for moment in (5.0, 6.0, 3604.0, 3605.0, 3606.0):
        monkeypatch.setattr(relay.time, "monotonic", lambda moment=moment: moment)
        keeper.remember_duties()
    assert len(asked) == 2


def test_every_duty_is_a_task_that_workers_know():
    current_app.loader.import_default_modules()
    assert set(relay.DUTIES) <= set(current_app.tasks)
