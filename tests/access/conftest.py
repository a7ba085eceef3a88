"""One cast for all cells of the table: built once a worker, every test in a transaction of its own."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from core.database import using_database
from tests.access import clients
from tests.cast import Cast
from tests.standing import Standing, in_memory


@pytest.fixture(scope="module")
def whole_cast(django_db_setup: None, standing: Standing, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), using_database(standing.database), in_memory():
        standing.lay_out_files()
        standing.sign_in()
        with clients.signed_in(standing):
            yield standing.cast()


@pytest.fixture
def cast(whole_cast: Cast, standing: Standing, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield standing.cast()
        transaction.set_rollback(True)
