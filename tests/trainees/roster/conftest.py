"""A small city without classes: what a roster needs, and no more."""

from datetime import date

import pytest

from organization.roles import Role
from tests import factories as make
from tests.cast import City, build_units


@pytest.fixture
def city(db, files_in_memory) -> City:
    """云岭's units, its staff, and the staff of a county below it."""
    made = build_units("云岭")
    made.accounts["staff"] = make.account("yl_staff", "顾云舟", unit=made.root)
    make.grant(made.staff, Role.STAFF, made.root)
    return made


@pytest.fixture
def day() -> date:
    return date(2026, 6, 1)
