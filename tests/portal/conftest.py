"""Clients of the cast; static files are not read anew for each of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from organization.models import Account


@pytest.fixture(autouse=True)
def no_static_scan(settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def client_of() -> Callable[[Account], Client]:
    """A client that is signed in as this account."""

    def make(who: Account) -> Client:
        client = Client()
        client.force_login(who)
        return client

    return make
