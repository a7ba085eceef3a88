"""One cast, one template database, and clones of it where a test needs real commits.

The template is migrated once per run by the owner role. Ordinary tests run as the app role in a transaction on a
clone; tests that commit (`own_database`) get a clone of their own, because append-only tables cannot be flushed.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.databases import clone, drop, owner_connection, point_at

pytest_plugins = ["tests.cast"]

TEMPLATE = "portal_test_template"


def pytest_configure(config: pytest.Config) -> None:
    """The controller makes the template before the workers clone it."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return


@pytest.fixture(scope="session")
def template_database(django_db_blocker: DjangoDbBlocker, worker_id: str) -> str:
    """Name of a migrated, granted and seeded database that nobody writes to; every worker makes its own."""
    name = f"{TEMPLATE}_{worker_id}_{os.getpid()}"
    with django_db_blocker.unblock():
        with owner_connection() as owner:
            create = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            owner.execute(sql.SQL(create).format(sql.Identifier(name)))
        with point_at(name):
            call_command("prepare_database", verbosity=0)
    return name


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Ordinary tests share one clone per worker and roll back."""
    name = f"{template_database}_shared"
    with django_db_blocker.unblock():
        clone(template_database, name)
        with point_at(name):
            yield
        drop(name)
        drop(template_database)


@pytest.fixture
def own_database(django_db_setup: None, template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of this test's own, with real commits; its name. Processes reach it by `environment_for(name)`."""
    name = f"{template_database}_{os.urandom(4).hex()}"
    with django_db_blocker.unblock():
        clone(template_database, name)
        with point_at(name):
            yield name
        drop(name)


@pytest.fixture
def fast_passwords(settings: settings.__class__) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """`gw0` under xdist, `main` without."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture
def query_count() -> Callable[..., int]:
    """Number of queries that a call makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(act: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            act()
        return len(queries)

    return count


def pytest_unconfigure(config: pytest.Config) -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
