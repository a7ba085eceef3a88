"""Databases and the rights of the app role in them; ranges of days that constraints compare.

SELECT, INSERT, UPDATE, DELETE on plain tables; SELECT, INSERT on append-only ones; SELECT on derived ones, which triggers
keep.
"""

import hashlib
import inspect
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models import F, Func, Value
from psycopg import sql


class DateRange(Func):
    """`daterange(since, until, '[]')`; an open end is infinity."""

    function = "daterange"


def whole_days(since: str = "since", until: str = "until") -> DateRange:
    """From the first day to the last one, both counted; no last day is for ever."""
    return DateRange(F(since), F(until), Value("[]"))


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
    rights = "SELECT, INSERT, UPDATE, DELETE"
    if getattr(model, "append_only", False):
        rights = "SELECT, INSERT"
    elif getattr(model, "derived", False):
        rights = "SELECT"
    table = sql.Identifier(model._meta.db_table)
    return sql.SQL("REVOKE ALL ON {} FROM {}; GRANT " + rights + " ON {} TO {}").format(table, app, table, app)


NEVER_IGNORED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE AS 'SELECT false';
"""


def hold_triggers(connection: BaseDatabaseWrapper) -> None:
    """No trigger can be passed over; run as the owner, after migrating.

    django-pgtrigger lets every session switch triggers off by a setting of its own (`pgtrigger.ignore`), the app role's
    too: each migration of a trigger brings the function that asks for it, and this one takes its place.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEVER_IGNORED)


def refresh_statistics() -> None:
    """Tell the planner what the tables hold now (ANALYZE, as their owner), without waiting a minute for autovacuum.

    After much was written at once: without statistics a page over the whole ledger is planned as if it were empty.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


DROP_ATTEMPTS = 40

# ---- databases made on the spot: clones of a template, for `make report`, demos and tests ----


@contextmanager
def owner_session() -> Iterator[psycopg.Connection[Any]]:
    """An autocommit connection of the owner role to the maintenance database."""
    facts = connections["owner"].settings_dict
    with psycopg.connect(
        dbname="postgres",
        user=facts["USER"],
        password=facts["PASSWORD"],
        host=facts["HOST"],
        port=facts["PORT"] or None,
        autocommit=True,
    ) as session:
        yield session


def create_database(name: str, template: str | None = None) -> None:
    """An empty database (UTF-8, the server's locale), or a clone of `template`, which nobody may be connected to."""
    database = sql.Identifier(name)
    with owner_session() as owner:
        if template is None:
            owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(database))
        else:
            owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(database, sql.Identifier(template)))


def drop_database(name: str) -> None:
    """Drop a database with whoever is connected; autovacuum, which only a superuser could end, is waited for."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with owner_session() as owner:
        for _ in range(DROP_ATTEMPTS - 1):
            try:
                owner.execute(drop)
            except psycopg.errors.InsufficientPrivilege:
                time.sleep(0.5)
            else:
                return
        owner.execute(drop)


@contextmanager
def using_database(name: str) -> Iterator[None]:
    """Let every alias of this process use database `name` for a while."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _rename(dict.fromkeys(before, name))
    try:
        yield
    finally:
        _rename(before)


def _rename(names: Mapping[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].close_pool()  # type: ignore[attr-defined]
        connections[alias].settings_dict["NAME"] = name


def environment_of(name: str) -> dict[str, str]:
    """DATABASE_URL and DATABASE_OWNER_URL of database `name`, for another process."""
    urls = ("DATABASE_URL", "DATABASE_OWNER_URL")
    return {url: urlunsplit(urlsplit(os.environ[url])._replace(path=f"/{name}")) for url in urls if url in os.environ}


def template_database() -> str:
    """Name of a prepared database of today's schema that nobody writes to; made when it is missing.

    Its name carries the migrations it was made from, so that a change of schema makes another one.
    """
    name = f"portal_template_{_schema_digest()}"
    with owner_session() as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        ready = owner.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [name]).fetchone()
        if ready is None or not ready[0]:
            drop_database(name)
            create_database(name)
            with using_database(name):
                call_command("prepare_database", verbosity=0)
            owner.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))
    return name


def _schema_digest() -> str:
    """Twelve hex digits that change with any migration's name or text, and with what is done after them (here)."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for key, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        digest.update(repr(key).encode() + Path(inspect.getfile(type(migration))).read_bytes())
    return digest.hexdigest()[:12]
