"""Small drills on real processes (QUALITY.md §6): what is killed, flushed or restarted in the middle of a batch.

Each ends the same way: every document exists exactly once, every number is issued or void with its reason.
"""

from itertools import count

import pytest
from django.db import connection, transaction

from core.files import load
from core.jobs import submit
from core.keys import new_key
from core.models import Batch, BatchItem, StoredFile
from reports.models import Document, NumberSeries
from reports.services import confirm_and_issue
from tests.drills.installation import QUEUE, installed, kill, wait_until
from tests.reports.story import ISSUED, a_scored_class, an_actor

pytestmark = [pytest.mark.worker, pytest.mark.timeout(240)]

POISON = "poison"  # tests.drills.worker ends itself over it
UNITS = ("YL01", "QX03")
PEOPLE = [(f"学员{number}", UNITS[number % 2]) for number in range(5)]
DOCUMENTS = len(UNITS) + len(PEOPLE) + 1
_years = count(2026)


@pytest.fixture(scope="module")
def installation(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), installed(tmp_path_factory.mktemp("drill") / "var") as running:
        yield running


@pytest.fixture
def portal(installation):
    """The installation with its relay; whatever a drill left running ends with it."""
    installation.start_relay()
    yield installation
    installation.end_processes()


def issue() -> Batch:
    """A class of its own, in a year of its own, with all its documents waiting."""
    year = next(_years)
    start = ISSUED.replace(year=year, month=1, day=5)
    one = a_scored_class(PEOPLE, code=f"{year}-01", start=start, end=start.replace(day=16))
    return confirm_and_issue(one, actor=an_actor(), on=ISSUED.replace(year=year))


def finished(batch: Batch) -> int:
    return batch.items.exclude(state=BatchItem.State.WAITING).count()


def wait_for_the_middle(batch: Batch) -> None:
    wait_until(lambda: finished(batch) >= 1, pause=0.02)
    assert finished(batch) < DOCUMENTS


def assert_exactly_once(batch: Batch) -> None:
    """One file for each document, all different and whole; numbers in a row; nothing done twice."""
    documents = Document.objects.filter(training_class=batch.subject_id, file__isnull=False)
    assert len(documents) == DOCUMENTS
    assert set(documents.values_list("state", flat=True)) == {Document.State.ISSUED}
    files = StoredFile.objects.filter(pk__in=documents.values("file"))
    assert len(files) == DOCUMENTS
    assert all(load(file).startswith(b"%PDF") for file in files)
    for series in NumberSeries.objects.filter(document__in=documents).distinct():
        taken = documents.filter(series=series).order_by("number").values_list("number", flat=True)
        assert list(taken) == list(range(1, series.last + 1))
    owned = set(Document.objects.exclude(file=None).values_list("file", flat=True))
    assert set(StoredFile.objects.values_list("pk", flat=True)) == owned
    assert set(batch.items.values_list("state", flat=True)) == {BatchItem.State.DONE}


def test_f1_the_whole_worker_is_killed_in_the_middle_of_a_batch(portal):
    worker = portal.start_worker()
    batch = issue()
    wait_for_the_middle(batch)
    kill(worker)
    portal.start_worker()
    wait_until(lambda: finished(batch) == DOCUMENTS)
    assert_exactly_once(batch)
    assert set(batch.items.values_list("attempts", flat=True)) <= {1, 2}


def test_f2_a_thing_that_kills_its_worker_fails_after_three_attempts_and_the_others_go_on(portal):
    portal.start_worker()
    batch = issue()
    with transaction.atomic():
        poison = submit(POISON, "毒丸", [new_key()], actor=None)
    wait_until(lambda: finished(batch) == DOCUMENTS and finished(poison) == 1)
    assert_exactly_once(batch)
    item = poison.items.get()
    assert (item.state, item.attempts, item.error) == (BatchItem.State.FAILED, 3, "连续三次中断，未能完成")


def test_f3_the_broker_is_flushed_with_a_batch_waiting_and_again_in_the_middle(portal):
    batch = issue()
    broker = portal.broker()
    wait_until(lambda: broker.llen(QUEUE) > 0)
    broker.flushall()
    portal.start_worker()
    wait_for_the_middle(batch)
    broker.flushall()
    wait_until(lambda: finished(batch) == DOCUMENTS)
    assert_exactly_once(batch)


def test_the_database_is_restarted_in_the_middle_of_a_batch(portal):
    portal.start_worker()
    batch = issue()
    wait_for_the_middle(batch)
    portal.restart_postgres()
    connection.close()
    wait_until(lambda: finished(batch) == DOCUMENTS)
    assert_exactly_once(batch)
