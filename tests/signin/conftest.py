"""People who sign in with a password that is known to the test."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organization.models import Account, Unit
from organization.roles import Role
from organization.services import set_password
from tests import factories as make
from tests.signin.people import PASSWORD


@pytest.fixture
def town(db, fast_passwords) -> Unit:
    return make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)


@pytest.fixture
def person(town) -> Account:
    """A trainee or liaison: nobody with a role of management."""
    return account_of("fangliyan", "方立言", town)


@pytest.fixture
def staff(town) -> Account:
    return account_of("guyunzhou", "顾云舟", town, Role.STAFF)


@pytest.fixture
def security_admin(town) -> Account:
    return account_of("anshouzheng", "安守正", town, Role.SECURITY_ADMIN)


@pytest.fixture
def system_admin(town) -> Account:
    return account_of("shajingbo", "沙静波", town, Role.SYSTEM_ADMIN)


def account_of(username: str, name: str, unit: Unit, role: str = "") -> Account:
    who = make.account(username, name, unit=unit)
    set_password(who, PASSWORD, now=timezone.now())
    if role:
        make.grant(who, role, unit)
    return who


@pytest.fixture
def browser():
    """A new browser that signed in as somebody: `browser(person)`."""

    def signed_in(who: Account, password: str = PASSWORD) -> Client:
        client = Client()
        answer = client.post(reverse("portal:sign_in"), {"username": who.username, "password": password})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return signed_in
