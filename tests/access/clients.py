"""Browsers of the columns; signed in once for all cells, because signing in takes longer than most pages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client

from tests.access import stage
from tests.standing import FRESH, Standing

HANDLER = Client().handler
HOLDS = 2 * FRESH
_there: list[Standing] = []


@contextmanager
def signed_in(standing: Standing) -> Iterator[None]:
    """While this holds, clients come with the sessions that stand in the database."""
    _there.append(standing)
    try:
        yield
    finally:
        _there.pop()


def client_of(cast: Any, column: str) -> Client:
    """A client of its own; the handler is shared, because its middleware reads all static files when it is made."""
    client, who = Client(), stage.account_of(cast, column)
    client.handler = HANDLER
    if who is not None:
        sign_in(client, who)
    return client


def sign_in(client: Client, who: Any) -> None:
    key = _there[-1].keys.get(str(who.pk)) if _there else None
    if key is None or time.monotonic() - _there[-1].since > HOLDS:
        client.force_login(who)
    else:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
