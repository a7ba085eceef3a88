"""Rights of the app role: SELECT, INSERT, UPDATE, DELETE on plain tables; SELECT, INSERT on append-only ones."""

from collections.abc import Iterable

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql


def grant_rights(connection: BaseDatabaseWrapper, tables: Iterable[type[models.Model]], role: str) -> None:
    """Give `role` its rights on every table of `tables`; run as the owner, after migrating."""
    app = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app))
        cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(app))
        cursor.execute(sql.SQL("GRANT SELECT ON django_migrations TO {}").format(app))
        for model in tables:
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(_grant(model, app))


def _grant(model: type[models.Model], app: sql.Identifier) -> sql.Composed:
    append_only = getattr(model, "append_only", False)
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    table = sql.Identifier(model._meta.db_table)
    return sql.SQL("REVOKE ALL ON {} FROM {}; GRANT " + rights + " ON {} TO {}").format(table, app, table, app)
