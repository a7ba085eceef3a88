"""One cast for all cells of the table: built once a module, every test in a savepoint of its own."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.cast import Cast, build_city

MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


@pytest.fixture(scope="module")
def whole_cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    storages = {**settings.STORAGES, "default": MEMORY}
    with django_db_blocker.unblock(), override_settings(STORAGES=storages, RATE_LIMITS=False), transaction.atomic():
        yield Cast(build_city("云岭"), build_city("望江"))
        transaction.set_rollback(True)


@pytest.fixture
def cast(whole_cast: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield whole_cast
        transaction.set_rollback(True)
