"""SEC-20 in the database: whoever writes, by whatever way, no account is two of the three or one of them and something else."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from organization.models import Grant, Unit
from organization.roles import Role
from tests import factories as make
from training.models import ClassRole, LeaveApprover
from training.models.leave import LeaveLevel

NEW_YEAR, EVE = date(2026, 1, 1), date(2025, 12, 31)
INSERT_GRANT = """
INSERT INTO organization_grant (account_id, role, unit_id, since, until, reason) VALUES (%s, %s, %s, %s, %s, '')
"""
INSERT_ROLE = """
INSERT INTO training_classrole (account_id, kind, training_class_id, since, until, reason)
VALUES (%s, 'manager', %s, %s, %s, '')
"""


@pytest.fixture
def town(db) -> Unit:
    return make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)


def refused(statement: str, *values: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("held", "wanted", "no"),
    [
        (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, True),
        (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, True),
        (Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN, True),
        (Role.STAFF, Role.SYSTEM_ADMIN, True),
        (Role.AUDIT_ADMIN, Role.LIAISON, True),
        (Role.STAFF, Role.LEADER, False),
        (Role.SECURITY_ADMIN, Role.SECURITY_ADMIN, False),
    ],
)
def test_sec_20_by_sql(town, held, wanted, no):
    """The second grant is for the unit below: the same role twice for one unit is another constraint's business."""
    below = make.unit("YL01", "云岭市档案馆", town)
    who = make.account("shajingbo", "沙静波", unit=town)
    make.grant(who, held, town)
    assert refused(INSERT_GRANT, who.pk, wanted, below.pk, NEW_YEAR, None) is no


def test_sec_20_on_other_days_it_may_be_another_one(town):
    """Until the eve the one, from the new year on the other; one day shared is one too many."""
    who = make.account("shajingbo", "沙静波", unit=town)
    Grant.objects.create(account=who, role=Role.SYSTEM_ADMIN, unit=town, since=date(2025, 1, 1), until=EVE)
    assert refused(INSERT_GRANT, who.pk, Role.AUDIT_ADMIN, town.pk, EVE, None)
    assert not refused(INSERT_GRANT, who.pk, Role.AUDIT_ADMIN, town.pk, NEW_YEAR, None)


def test_sec_20_by_bulk_create_and_update(town):
    who, other = make.account("shajingbo", "沙静波", unit=town), make.account("anshouzheng", "安守正", unit=town)
    make.grant(who, Role.SYSTEM_ADMIN, town)
    rows = [Grant(account=one, role=Role.STAFF, unit=town, since=NEW_YEAR) for one in (other, who)]
    with pytest.raises(IntegrityError, match="grant_one_kind"), transaction.atomic():
        Grant.objects.bulk_create(rows)
    assert not other.grants.exists()
    make.grant(other, Role.STAFF, town)
    with pytest.raises(IntegrityError, match="grant_one_kind"), transaction.atomic():
        other.grants.update(account=who)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_sec_20_an_administrator_is_not_named_for_a_class(town, role):
    one = make.training_class(town, "云岭市第一期研修班", "YL-1")
    who = make.account("jimingcha", "纪明察", unit=town)
    Grant.objects.create(account=who, role=role, unit=town, since=NEW_YEAR, until=date(2026, 6, 30))
    assert refused(INSERT_ROLE, who.pk, one.pk, date(2026, 6, 30), None)
    assert not refused(INSERT_ROLE, who.pk, one.pk, date(2026, 7, 1), None)
    named = ClassRole.objects.get(account=who)
    with pytest.raises(IntegrityError, match="不能担任班主任"), transaction.atomic():
        ClassRole.objects.filter(pk=named.pk).update(since=date(2026, 6, 1))


def test_sec_20_no_session_switches_a_trigger_off(town):
    """django-pgtrigger asks a setting that every session may set; ours does not ask (core.database.hold_triggers)."""
    one = make.training_class(town, "云岭市第一期研修班", "YL-1")
    who = make.account("jimingcha", "纪明察", unit=town)
    make.grant(who, Role.AUDIT_ADMIN, town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger")
        assert "no_administrator" in cursor.fetchone()[0]
    assert refused(INSERT_ROLE, who.pk, one.pk, NEW_YEAR, None)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_sec_20_who_is_named_for_a_class_becomes_no_administrator(town, role):
    one = make.training_class(town, "云岭市第一期研修班", "YL-1")
    who = make.account("hanzhaoxue", "韩朝雪", unit=town)
    named = make.class_role(who, one, ClassRole.Kind.ASSESSOR)
    assert refused(INSERT_GRANT, who.pk, role, town.pk, NEW_YEAR, None)
    with pytest.raises(IntegrityError, match="不能担任系统"), transaction.atomic():
        Grant.objects.bulk_create([Grant(account=who, role=role, unit=town, since=NEW_YEAR)])
    ClassRole.objects.filter(pk=named.pk).update(until=EVE)
    assert not refused(INSERT_GRANT, who.pk, role, town.pk, NEW_YEAR, None)


def test_sec_20_nor_does_an_administrator_decide_about_leave(town):
    """Both ways, as for classes."""
    officer, teacher = make.account("jimingcha", "纪明察", unit=town), make.account("hanzhaoxue", "韩朝雪", unit=town)
    make.grant(officer, Role.AUDIT_ADMIN, town)
    office = {"unit": town, "level": LeaveLevel.OFFICE, "since": NEW_YEAR}
    with pytest.raises(IntegrityError, match="不能担任请假审批人"), transaction.atomic():
        LeaveApprover.objects.bulk_create([LeaveApprover(account=officer, **office)])
    LeaveApprover.objects.create(account=teacher, **office)
    assert refused(INSERT_GRANT, teacher.pk, Role.AUDIT_ADMIN, town.pk, NEW_YEAR, None)
    assert not refused(INSERT_GRANT, teacher.pk, Role.AUDIT_ADMIN, town.pk, date(2025, 1, 1), EVE)


# ---- two at once, on real connections ----


class Race:
    """Two writers, each in a transaction of its own: both write before either commits, or wait until the other did."""

    def __init__(self, *writes) -> None:
        self.writes = writes
        self.errors: list[str] = []
        self.start = threading.Barrier(len(writes))

    def _one(self, write) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '10s'")
                self.start.wait(10)
                cursor.execute(*write)
                cursor.execute("SELECT pg_sleep(0.3)")
        except DatabaseError as error:
            self.errors.append(str(error))
        finally:
            connections.close_all()

    def run(self) -> list[str]:
        threads = [threading.Thread(target=self._one, args=[write]) for write in self.writes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return self.errors


@pytest.fixture
def office(own_database):
    town = make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    one = make.training_class(town, "云岭市第一期研修班", "YL-1")
    return town, one, make.account("shajingbo", "沙静波", unit=town)


def two_grants(town, who):
    return [(INSERT_GRANT, [who.pk, role, town.pk, NEW_YEAR, None]) for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)]


def grant_and_class(town, one, who):
    return [
        (INSERT_GRANT, [who.pk, Role.AUDIT_ADMIN, town.pk, NEW_YEAR, None]),
        (INSERT_ROLE, [who.pk, one.pk, NEW_YEAR, None]),
    ]


def test_sec_20_of_two_grants_at_once_one_stays(office):
    town, _, who = office
    errors = Race(*two_grants(town, who)).run()
    assert len(errors) == 1 and "grant_one_kind" in errors[0]
    assert Grant.objects.filter(account=who).count() == 1


def test_sec_20_of_a_grant_and_a_class_at_once_one_stays(office):
    town, one, who = office
    errors = Race(*grant_and_class(town, one, who)).run()
    assert len(errors) == 1
    assert Grant.objects.filter(account=who).count() + ClassRole.objects.filter(account=who).count() == 1


def by_owner(statement: str) -> None:
    """As the role that owns the tables; `own_database` points its connection at this test's database."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
    connections["owner"].close()


def test_sec_20_without_the_constraint_both_would_stay(office):
    """Positive control of the race."""
    town, _, who = office
    by_owner("ALTER TABLE organization_grant DROP CONSTRAINT grant_one_kind")
    assert Race(*two_grants(town, who)).run() == []
    assert Grant.objects.filter(account=who).count() == 2


def test_sec_20_without_holding_the_account_both_would_stay(office):
    """Positive control: triggers that look but do not hold the account see nothing of each other."""
    town, one, who = office
    for name in ("training_no_administrator_in_class", "pgtrigger_no_administrator_c8187"):
        definition = f"replace(pg_get_functiondef('{name}'::regproc), 'FOR NO KEY UPDATE', '')"
        by_owner(f"DO $do$ BEGIN EXECUTE {definition}; END $do$")
    assert Race(*grant_and_class(town, one, who)).run() == []
    assert Grant.objects.filter(account=who).count() + ClassRole.objects.filter(account=who).count() == 2
