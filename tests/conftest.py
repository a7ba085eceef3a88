"""One cast, one template database, and clones of it where a test needs real commits.

The template is migrated once per run by the owner role. Ordinary tests run as the app role in a transaction on a
clone; tests that commit (`own_database`) get a clone of their own, because append-only tables cannot be flushed.
"""

import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from core.database import create_database, drop_database, template_database, using_database

pytest_plugins = ["tests.cast", "tests.chromium", "tests.standing"]

hypothesis.settings.register_profile("default", max_examples=200, deadline=None)
hypothesis.settings.register_profile("drill", max_examples=5000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def template(django_db_blocker: DjangoDbBlocker) -> str:
    """Name of the prepared database of today's schema; workers share it."""
    with django_db_blocker.unblock():
        return template_database()


@pytest.fixture(scope="session")
def django_db_setup(template: str, worker_id: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Ordinary tests share one clone per worker and roll back."""
    name = f"portal_test_{worker_id}_{os.getpid()}"
    with django_db_blocker.unblock():
        create_database(name, template)
        with using_database(name):
            yield
        drop_database(name)


@pytest.fixture
def own_database(django_db_setup: None, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of this test's own, with real commits; its name. Processes reach it by `environment_for(name)`."""
    name = f"portal_test_{os.urandom(6).hex()}"
    with django_db_blocker.unblock():
        create_database(name, template)
        with using_database(name):
            yield name
        drop_database(name)


@pytest.fixture
def fast_passwords(settings: Any) -> None:
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


def pytest_collection_finish() -> None:
    """What collecting has made lives to the end: it is not looked through again at every collection of garbage."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
