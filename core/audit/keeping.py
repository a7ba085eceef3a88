"""What the log needs again and again, in a thread of the relay: it waits for no worker and no broker."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from core.audit.forwarding import forward
from core.audit.sealing import seal_waiting
from core.audit.verifying import export_head

logger = logging.getLogger("portal.audit")
EVERY = 30.0  # seconds; sealed per minute, forwarded within one (SEC-36, SEC-37)


def keep() -> None:
    """Seal what waits, leave the head outside the database, hand on what is new; each as far as it can."""
    for duty in (seal_waiting, leave_head, forward):
        try:
            duty()
        except Exception as error:  # one that fails must not keep the others from their work, nor end the thread
            logger.error("%s: %s", duty.__name__, error)
            connection.close()


def leave_head() -> None:
    export_head(Path(settings.AUDIT_SEALS_DIR))


@contextmanager
def kept() -> Iterator[None]:
    """Keep the log for as long as the block lasts, and once more at its end."""
    stopped = threading.Event()
    thread = threading.Thread(target=_until, args=[stopped], name="audit")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _until(stopped: threading.Event) -> None:
    try:
        while not stopped.wait(EVERY):
            keep()
        keep()
    finally:
        connection.close()
