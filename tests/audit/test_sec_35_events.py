"""SEC-35: each event code, done once by somebody in a request, leaves exactly one entry with everything it can say."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from core.audit.events import labels
from tests.audit.drivers import Driver, drivers, drivers_in, place_of
from tests.audit.drivers.checking import leaves_one_entry
from tests.audit.drivers.core import COMMITTED
from tests.audit.drivers.scene import Scene
from tests.cast import City, build_city

MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
PLAIN = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"], "RATE_LIMITS": False}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[City]:
    storages = {**settings.STORAGES, "default": MEMORY}
    with django_db_blocker.unblock(), override_settings(STORAGES=storages, **PLAIN), transaction.atomic():
        yield build_city("云岭")
        transaction.set_rollback(True)


@pytest.fixture
def scene(city: City, django_db_blocker: DjangoDbBlocker, tmp_path: Any) -> Iterator[Scene]:
    remembered = dict(city.__dict__)
    with django_db_blocker.unblock(), transaction.atomic():
        for account in city.accounts.values():
            account.refresh_from_db()
        yield Scene(city, tmp_path, Client().handler)
        transaction.set_rollback(True)
    city.__dict__.clear()
    city.__dict__.update(remembered)


def known_drivers() -> dict[str, Driver]:
    return drivers() | drivers_in(COMMITTED)


def test_sec_35_every_code_has_a_driver_and_every_driver_a_code():
    known = known_drivers()
    assert [f"{code}: give it a driver in {place_of(code)}" for code in labels() if code not in known] == []
    assert known.keys() - labels().keys() == set()


@pytest.mark.parametrize("code", sorted(drivers()))
def test_sec_35_one_act_one_entry_and_nothing_missing(scene, code):
    leaves_one_entry(scene, code, drivers()[code])
