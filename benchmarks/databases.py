"""Databases of a measurement's own, dropped at its end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from core.database import create_database, drop_database, template_database, using_database


@contextmanager
def a_clone(name: str, template: str | None = None) -> Iterator[str]:
    """A database of today's schema, or one like `template`; yields its name."""
    database = f"bench_{name}_{os.getpid()}"
    create_database(database, template or template_database())
    try:
        yield database
    finally:
        drop_database(database)


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """The same, used by every alias of this process meanwhile."""
    with a_clone(name) as database, using_database(database):
        yield database
