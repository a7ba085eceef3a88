"""How far a worker has read, for the page that waits. It lies in the cache: while that is away the page shows no bar."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.core.cache import cache

logger = logging.getLogger("portal.jobs")
Tell = Callable[[int, int], None]
STEP = 1_000
KEPT = 600  # seconds


def teller(upload: UUID) -> Tell:
    """What a reader calls with (rows read, rows in all); every thousandth is kept."""

    def tell(done: int, total: int) -> None:
        if done % STEP == 0:
            _keep(upload, done, total)

    return tell


def told(upload: UUID) -> tuple[int, int] | None:
    """(rows read, rows in all), None where nothing is known."""
    try:
        found: tuple[int, int] | None = cache.get(f"roster:{upload}")
    except Exception as error:  # the cache's client raises many kinds; all mean that nothing is known
        logger.warning("no progress is known: %s", error)
        return None
    return found


def _keep(upload: UUID, done: int, total: int) -> None:
    try:
        cache.set(f"roster:{upload}", (done, total), KEPT)
    except Exception as error:  # the same
        logger.warning("progress is not kept: %s", error)
