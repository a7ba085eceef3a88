"""SEC-03: guesses at the same time, on real connections."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.test import Client

from organization.models import Account, Unit
from organization.services import unlock
from tests import factories as make
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD, WRONG, attempt

IN, OUT = 302, 200


def test_sec_03_parallel_guesses_get_no_more_than_five_and_those_on_their_way(
    own_database, fast_passwords, monkeypatch
):
    """Fifty guesses, eight at a time, on real connections: at most 5 + 8 passwords are looked at."""
    town = make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    person = account_of("fangliyan", "方立言", town)
    looked_at, check = [], Account.check_password

    def counting(self, password):
        looked_at.append(password)
        return check(self, password)

    monkeypatch.setattr(Account, "check_password", counting)

    def one(number):
        try:
            return attempt(person.username, f"{WRONG}{number}", Client()).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(50))) == {OUT}
    assert 5 <= len(looked_at) <= 5 + 8
    assert attempt(person.username, PASSWORD).status_code == OUT
    assert unlock([person], actor=person) > 0
    assert attempt(person.username, PASSWORD).status_code == IN
