"""A city's department, one of its people, and who works there."""

import pytest

from organization.models import Account, Unit
from organization.roles import Role
from tests import factories as make
from trainees.models import Cadre


def make_town() -> Unit:
    return make.unit("YL", "中共云岭市委组织部", kind="organization_department")


def make_who(town: Unit) -> Cadre:
    return make.cadre("司马清扬", make.unit("YL01", "云岭市史志研究中心", town), town)


@pytest.fixture
def town(db) -> Unit:
    return make_town()


@pytest.fixture
def who(town: Unit) -> Cadre:
    return make_who(town)


@pytest.fixture
def staff(town: Unit) -> Account:
    account = make.account("zuzhibu", "顾云舟", unit=town)
    make.grant(account, Role.STAFF, town)
    return account
