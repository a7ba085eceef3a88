"""Databases of the tests: made, cloned and dropped by the owner role; connections pointed at them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql


def owner_connection() -> psycopg.Connection[Any]:
    """A connection of the owner role to the maintenance database."""
    facts = settings.DATABASES["owner"]
    return psycopg.connect(
        dbname="postgres",
        user=facts["USER"],
        password=facts["PASSWORD"],
        host=facts["HOST"],
        port=facts["PORT"] or None,
        autocommit=True,
    )


def clone(template: str, name: str) -> None:
    with owner_connection() as owner:
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def drop(name: str) -> None:
    with owner_connection() as owner:
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def forget_connections() -> None:
    """Close this thread's connections and their pools, so that the next query opens the database now named."""
    for connection in connections.all():
        connection.close()
        connection.close_pool()


@contextmanager
def point_at(name: str) -> Iterator[None]:
    """Let both aliases use database `name` for a while."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    forget_connections()
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
    try:
        yield
    finally:
        forget_connections()
        for alias, old in before.items():
            connections[alias].settings_dict["NAME"] = old


def environment_for(name: str, **more: str) -> dict[str, str]:
    """The environment with which another process uses database `name`."""
    urls = {key: _renamed(os.environ[key], name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return {**os.environ, **urls, **more}


def _renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
