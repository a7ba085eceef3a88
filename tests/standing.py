"""The cast, built once a worker and committed in a database of its own: what is asked of it a thousand times is not built anew.

Every test that takes `cast` works in that database by a second connection, gets objects of its own and rolls back; what
it makes by `db` alone before, it does not find there. Modules of tests.access keep the database for all their tests.
"""

import os
import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from core.database import create_database, drop_database, using_database
from core.models import StoredFile
from tests.cast import Cast, build_city

MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
CITIES = ("云岭", "望江")
FRESH = 240  # seconds: who signed in longer ago would be asked to prove themselves before the module is through


def in_memory() -> override_settings:
    """Stored files stay in memory; nobody is slowed down."""
    return override_settings(STORAGES={**settings.STORAGES, "default": MEMORY}, RATE_LIMITS=False)


@dataclass
class Standing:
    """The database's name, the cast as bytes, its stored files, and a session key of every account."""

    database: str
    pickled: bytes
    files: dict[str, bytes]
    keys: dict[str, str]
    since: float

    def cast(self) -> Cast:
        """Objects that nobody else holds."""
        found: Cast = pickle.loads(self.pickled)  # noqa: S301 - our own bytes
        return found

    def lay_out_files(self) -> None:
        for name, data in self.files.items():
            default_storage.save(name, ContentFile(data))

    def sign_in(self) -> None:
        """One session for every account, with real commits; whoever is signed in freshly stays so."""
        if time.monotonic() - self.since < FRESH:
            return
        cast = self.cast()
        for who in (*cast.yunling.accounts.values(), *cast.wangjiang.accounts.values()):
            client = Client()
            client.force_login(who)
            self.keys[str(who.pk)] = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.since = time.monotonic()


def built(database: str) -> Standing:
    with in_memory():
        cast = Cast(*(build_city(word) for word in CITIES))
        names = StoredFile.objects.values_list("location", flat=True)
        files = {name: default_storage.open(name).read() for name in names}
    return Standing(database, pickle.dumps(cast), files, {}, -FRESH)


@pytest.fixture(scope="session")
def standing(template: str, worker_id: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Standing]:
    name = f"portal_cast_{worker_id}_{os.getpid()}"
    with django_db_blocker.unblock():
        create_database(name, template)
        with using_database(name):
            found = built(name)
        yield found
        drop_database(name)


@pytest.fixture(scope="session")
def second_connection(standing: Standing) -> Iterator[BaseDatabaseWrapper]:
    """To the standing cast, as the app role."""
    made = connections.create_connection("default")
    made.settings_dict = {**made.settings_dict, "NAME": standing.database}
    yield made
    made.close()


@pytest.fixture
def cast(
    db: None,
    files_in_memory: None,
    standing: Standing,
    second_connection: BaseDatabaseWrapper,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cast]:
    """Both cities, with their classes; what was counted of their people in another test does not count."""
    monkeypatch.setattr(caches["default"], "key_prefix", os.urandom(6).hex())
    first = connections["default"]
    connections["default"] = second_connection
    try:
        with transaction.atomic():
            standing.lay_out_files()
            yield standing.cast()
            if not second_connection.needs_rollback:
                second_connection.check_constraints()  # as after every test by `db`: what is deferred is due here
            transaction.set_rollback(True)
    finally:
        connections["default"] = first
