"""The relay rings Celery for batches that wait: woken by NOTIFY, and by a short tick in case a bell was lost.

It has a connection of its own, outside the pool, because it listens on it. The message carries a batch's id only; it
may ring twice or never without harm (core.jobs).
"""

import logging
import signal
import time
from collections.abc import Callable
from types import FrameType
from uuid import UUID

import psycopg
from celery import current_app
from django.db import connection
from django.utils import timezone

from core.jobs import CHANNEL
from core.models import Batch

logger = logging.getLogger("portal.relay")

TICK = 2.0
RING_AGAIN = 5.0
BELLS = 4  # processes that may work at one batch at once; a bell that finds nothing to take costs one query
TASK = "core.drain"
DUTIES = (
    "core.sweep",
    "training.follow_calendar",
    "training.settle_check_ins",
    "trainees.keep_duties",
    "trainees.reconcile",
    "assessments.reconcile",
    "training.keep_follow_ups",
)
"""Done twice, or an hour late, they do no harm."""
DUTIES_EVERY = 3600.0


def ring(batch_id: UUID) -> None:
    """Send the doorbells; a broker that does not answer is tried again by the next tick."""
    try:
        for _ in range(BELLS):
            current_app.send_task(TASK, args=[str(batch_id)], retry=False)
    except Exception as error:  # kombu and redis raise many kinds; all mean "the bell did not ring"
        logger.warning("the broker did not take the bell for %s: %s", batch_id, error)
        raise


def ring_for_duties() -> None:
    """Ask for what is due with the calendar; each task looks itself whether there is anything to do."""
    for task in DUTIES:
        current_app.send_task(task, retry=False)


class Relay:
    """Rings every waiting batch as soon as it is heard of, and again every RING_AGAIN seconds while it waits."""

    def __init__(self, ring: Callable[[UUID], None] = ring, duties: Callable[[], None] = ring_for_duties) -> None:
        self.ring, self.duties = ring, duties
        self.rung: dict[UUID, float] = {}
        self.duties_at: float | None = None
        self.stopped = False

    def stop(self, *_: int | FrameType | None) -> None:
        self.stopped = True

    def sweep(self) -> int:
        """Ring for the batches that wait; returns how many bells were sent."""
        now = time.monotonic()
        waiting = set(Batch.objects.ringing(timezone.now()).values_list("id", flat=True))
        self.rung = {batch: at for batch, at in self.rung.items() if batch in waiting}
        due = [batch for batch in waiting if now - self.rung.get(batch, -RING_AGAIN) >= RING_AGAIN]
        for batch in due:
            self.ring(batch)
            self.rung[batch] = now
        return len(due)

    def remember_duties(self) -> None:
        """Once at the start, then every hour."""
        now = time.monotonic()
        if self.duties_at is None or now - self.duties_at >= DUTIES_EVERY:
            self.duties()
            self.duties_at = now

    def run(self) -> None:
        """Listen until stopped; a lost database or broker is waited for."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopped:
            try:
                self._listen()
            except Exception as error:  # whatever broke, the relay's work is to come back
                logger.warning("relay: %s", error)
                connection.close()
                time.sleep(1)

    def _listen(self) -> None:
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as bell:
            bell.execute(f"LISTEN {CHANNEL}")
            while not self.stopped:
                self.sweep()
                self.remember_duties()
                for _ in bell.notifies(timeout=TICK, stop_after=1):
                    pass
