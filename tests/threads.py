"""Acts begun at one moment, each on a connection of its own: for databases that are a test's own (`own_database`)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from core.operations import Conflict, Refused


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the refusal that it raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except (Conflict, Refused) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
