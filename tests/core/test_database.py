"""Two database roles: the app role owns nothing, and append-only tables refuse changes, whoever asks."""

import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from core.audit import record
from core.models import AuditEntry

APPEND_ONLY = [model for model in apps.get_models() if getattr(model, "append_only", False)]


@pytest.mark.django_db
@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_sec_36_sec_12_app_role_may_only_insert_into_append_only_tables(model, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table))


def test_sec_36_the_owner_is_refused_by_triggers_too(own_database):
    record("test", actor=None)
    table = AuditEntry._meta.db_table
    for statement in (f"UPDATE {table} SET event = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(DatabaseError, match="append-only|Cannot"), connections["owner"].cursor() as cursor:
            cursor.execute(statement)
    assert AuditEntry.objects.get().event == "test"


@pytest.mark.django_db
def test_sec_12_app_role_changes_no_structure():
    with pytest.raises(ProgrammingError, match="must be owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE organization_unit ADD COLUMN x int")
