"""A worker and a relay of one's own, for a command that works in a database of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex

from django.conf import settings

from core.database import environment_of
from core.models import Batch

GIVE_UP_AFTER = 600.0


class WorkerGone(RuntimeError):
    """The worker or the relay ended by itself, or nothing moved for too long."""


@contextmanager
def own_worker(database: str, processes: int = 2) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run a real Celery worker and a relay on `database` and a queue of their own; both end with the block."""
    queue = f"report-{token_hex(4)}"
    environment = {**os.environ, **environment_of(database), "JOB_QUEUE": queue, "LOG_LEVEL": "ERROR"}
    worker = [
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "-Q",
        queue,
        "-c",
        str(processes),
        "-l",
        "ERROR",
        "-n",
        f"{queue}@%h",
    ]
    commands = [[*worker, "--without-gossip", "--without-mingle"], ["manage.py", "relay"]]
    children = [
        subprocess.Popen(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        for command in commands
    ]
    try:
        yield children
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                child.kill()


def wait_for(batch: Batch, children: list[subprocess.Popen[bytes]], tell: Callable[[int, int], None]) -> int:
    """Wait until nothing of the batch waits any more, telling (finished, total); returns how many failed.

    Raises WorkerGone when a process ended or nothing moved for ten minutes.
    """
    moved, before = time.monotonic(), -1
    while True:
        counted = Batch.objects.with_counts().get(pk=batch.pk)
        finished = counted.total - counted.waiting
        tell(finished, counted.total)
        if not counted.waiting:
            return int(counted.failed)
        if finished != before:
            moved, before = time.monotonic(), finished
        if time.monotonic() - moved > GIVE_UP_AFTER or any(child.poll() is not None for child in children):
            raise WorkerGone("工作进程意外结束，公文没有全部生成")
        time.sleep(0.2)
