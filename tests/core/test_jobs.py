"""Batches of work: attempts, pauses, failures, several workers, progress (REL-07 to REL-09)."""

import threading
import time
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import jobs
from core.audit import record
from core.keys import new_key
from core.models import AuditEntry, Batch, BatchItem

HERE = "tests.core.test_jobs"
KINDS = ("note", "break", "cannot", "die")
State = BatchItem.State


class Killed(BaseException):
    """Stands for a process that ends in the middle."""


def note(subject: UUID) -> None:
    record("made", actor=None, after={"subject": str(subject)})


def break_(subject: UUID) -> None:
    note(subject)
    raise RuntimeError("relation secret_table does not exist")


def cannot(subject: UUID) -> None:
    raise jobs.Unmakeable("模板缺少单位名称")


def die(subject: UUID) -> None:
    note(subject)
    raise Killed


def gave_up(subject: UUID, reason: str) -> None:
    record("gave up", actor=None, reason=reason)


def cannot_give_up(subject: UUID, reason: str) -> None:
    raise RuntimeError("not even that")


@pytest.fixture(autouse=True)
def kinds(settings):
    settings.JOB_HANDLERS = {kind: f"{HERE}.{'break_' if kind == 'break' else kind}" for kind in KINDS}
    settings.JOB_FAILURES = {"break": f"{HERE}.gave_up", "cannot": f"{HERE}.gave_up", "die": f"{HERE}.cannot_give_up"}


def batch_of(kind: str, count: int = 1) -> Batch:
    with transaction.atomic():
        return jobs.submit(kind, "测试批次", [new_key() for _ in range(count)], actor=None)


def end_pauses() -> None:
    BatchItem.objects.update(not_before=None)


def made() -> int:
    return AuditEntry.objects.filter(event="made").count()


def test_everything_is_made_once_and_counted(own_database):
    batch = batch_of("note", 5)
    assert jobs.drain(batch.id) == 5
    assert jobs.drain(batch.id) == 0
    counted = Batch.objects.with_counts().get()
    assert (counted.total, counted.done, counted.failed, counted.waiting) == (5, 5, 0, 0)
    assert made() == 5
    assert set(BatchItem.objects.values_list("attempts", flat=True)) == {1}


def test_rel_07_a_batch_of_a_transaction_that_failed_was_never_there(own_database):
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.submit("note", "撤回的批次", [new_key()], actor=None)
        raise RuntimeError
    assert not Batch.objects.exists()


def test_a_failure_undoes_what_was_written_and_pauses_longer_each_time(own_database):
    batch = batch_of("break")
    for attempt, seconds in ((1, 2), (2, 4)):
        end_pauses()
        jobs.drain(batch.id)
        item = BatchItem.objects.get()
        assert (item.state, item.attempts) == (State.WAITING, attempt)
        assert timedelta(seconds=seconds - 1) < item.not_before - timezone.now() <= timedelta(seconds=seconds)
    assert jobs.drain(batch.id) == 0
    assert made() == 0


def test_rel_08_three_failures_end_where_somebody_sees_it_and_others_go_on(own_database):
    batch = batch_of("break")
    BatchItem.objects.create(batch=batch, kind="note", subject_id=new_key())
    for _ in range(4):
        end_pauses()
        jobs.drain(batch.id)
    bad, good = BatchItem.objects.order_by("id")
    assert (bad.state, bad.attempts, good.state) == (State.FAILED, 3, State.DONE)
    assert AuditEntry.objects.get(event="gave up").reason == bad.error


def test_people_are_not_told_what_a_database_says(own_database):
    jobs.drain(batch_of("break").id)
    assert BatchItem.objects.get().error == "内部错误（RuntimeError），详见运行日志"


def test_what_cannot_be_made_fails_at_once_with_its_sentence(own_database):
    jobs.drain(batch_of("cannot").id)
    item = BatchItem.objects.get()
    assert (item.state, item.attempts, item.error) == (State.FAILED, 1, "模板缺少单位名称")
    assert AuditEntry.objects.get(event="gave up").reason == "模板缺少单位名称"


def test_rel_08_an_attempt_that_killed_its_worker_counts_and_frees_the_row(own_database):
    batch = batch_of("die")
    for attempt in (1, 2, 3):
        end_pauses()
        with pytest.raises(Killed):
            jobs.drain(batch.id)
        assert BatchItem.objects.get().attempts == attempt
    end_pauses()
    jobs.drain(batch.id)
    item = BatchItem.objects.get()
    assert (item.state, item.error) == (State.FAILED, "连续三次中断，未能完成")
    assert made() == 0


def test_between_the_count_and_the_hold_nobody_else_takes_it(own_database):
    batch = batch_of("note")
    assert jobs._take(batch.id) is not None
    assert jobs._take(batch.id) is None


def test_a_row_that_is_held_is_passed_over(own_database):
    batch = batch_of("note", 2)
    held = BatchItem.objects.order_by("id").first()
    worker = threading.Thread(target=drain_in_thread, args=[batch.id])
    with transaction.atomic():
        BatchItem.objects.select_for_update().get(pk=held.pk)
        worker.start()
        worker.join()
    assert list(BatchItem.objects.order_by("id").values_list("state", flat=True)) == [State.WAITING, State.DONE]


def test_rel_09_four_workers_share_a_batch_and_make_nothing_twice(own_database):
    batch = batch_of("note", 40)
    workers = [threading.Thread(target=drain_in_thread, args=[batch.id]) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while BatchItem.objects.filter(
        state=State.WAITING
    ).exists():  # a claim that lapsed on a busy machine: the next bell
        time.sleep(0.5)
        jobs.drain(batch.id)
    assert made() == 40
    assert set(BatchItem.objects.values_list("state", flat=True)) == {State.DONE}


def test_a_long_batch_gives_others_their_turn(own_database, monkeypatch):
    monkeypatch.setattr(jobs, "TURN", 0.0)
    assert jobs.drain(batch_of("note", 2).id) == 0
    assert Batch.objects.ringing(timezone.now()).count() == 1


def drain_in_thread(batch_id: UUID) -> None:
    try:
        jobs.drain(batch_id)
    finally:
        connection.close()
