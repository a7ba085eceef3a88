"""SEC-13: only JSON is taken from the broker, tasks are told ids and nothing else, nobody's number lies there."""

import base64
import inspect
import json
import pickle
import re
from uuid import UUID, uuid4

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.exceptions import ContentDisallowed
from kombu.messaging import Consumer

from core import relay
from core.jobs import submit
from tests import factories as make

OWN = ("core.", "training.", "trainees.", "courses.", "assessments.", "organization.", "reports.", "portal.")


class Canary:
    """Whoever unpickles it is found out."""

    woken = False

    def __reduce__(self):
        return (wake, ())


def wake():
    Canary.woken = True


@pytest.fixture
def queue():
    """A queue of this test's own at the real broker."""
    with Connection(settings.CELERY_BROKER_URL) as broker:
        made = Queue(f"tests-{uuid4().hex}", channel=broker)
        made.declare()
        yield broker, made
        made.purge()


def test_sec_13_a_pickled_message_is_not_opened(queue):
    broker, place = queue
    with broker.Producer() as producer:
        body = base64.b64encode(pickle.dumps(Canary())).decode()
        options = {"content_type": "application/x-python-serialize", "content_encoding": "binary"}
        producer.publish(pickle.dumps(Canary()), routing_key=place.name, exchange="", **options)
        producer.publish(body, routing_key=place.name, exchange="", content_type="application/x-python-serialize",
                         content_encoding="utf-8")  # fmt: skip
    refused, taken = [], []

    def decode_error(message, error):
        refused.append(error)
        message.reject()

    consumer = Consumer(broker, [place], accept=settings.CELERY_ACCEPT_CONTENT, on_decode_error=decode_error)
    consumer.register_callback(lambda body, message: taken.append(body))
    with consumer:
        for _ in range(2):
            broker.drain_events(timeout=5)
    assert [type(error) for error in refused] == [ContentDisallowed] * 2
    assert taken == [] and not Canary.woken


def test_sec_13_tasks_are_told_ids_only():
    current_app.loader.import_default_modules()
    own = {name: task for name, task in current_app.tasks.items() if name.startswith(OWN)}
    assert {"core.drain", "core.sweep", "training.follow_calendar"} <= own.keys()
    told = {
        (name, parameter.name): parameter.annotation
        for name, task in own.items()
        for parameter in inspect.signature(task.run).parameters.values()
    }
    assert {place: kind for place, kind in told.items() if kind not in (int, str, UUID)} == {}
    # A word that is told is the name of a row, never somebody's words.
    assert {
        parameter for (_, parameter), kind in told.items() if kind is str and not parameter.endswith("_id")
    } == set()


def test_sec_13_nobodys_number_lies_at_the_broker(own_database, monkeypatch):
    """Everything a batch leaves there, decoded as far as it goes."""
    queue = f"tests-{uuid4().hex}"
    unit = make.unit("YL", "中共云岭市委组织部")
    person = make.cadre("司马清扬", unit, unit)
    with transaction.atomic():
        batch = submit("document", f"{person.name}的结果单", [person.pk], actor=None)
    send = current_app.send_task
    monkeypatch.setattr(relay.current_app, "send_task", lambda *args, **options: send(*args, queue=queue, **options))
    relay.ring(batch.pk)
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    messages = [json.loads(raw) for raw in client.lrange(queue, 0, -1)]
    client.delete(queue)
    assert len(messages) == relay.BELLS
    text = json.dumps(messages) + "".join(base64.b64decode(one["body"]).decode() for one in messages)
    assert str(batch.pk) in text
    assert re.findall(r"(?<![0-9a-f-])[0-9]{17}[0-9X](?![0-9a-f-])", text) == []
    assert person.open_id_number() not in text and "司马" not in text and "\\u53f8" not in text
