"""What was made ready last time is not made ready again, as long as nothing that it was made from has changed.

A stamp is a file in var/run with a fingerprint: of the files that go into the thing and, for the database, of the
database itself. Whatever does not fit, or cannot be asked, means: make it ready.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config import embedded

ROOT = embedded.ROOT
LOCK = ROOT / "requirements.txt"
#: which cluster, which table in it (a restored one is another), and what has been migrated
FACTS = """
    SELECT system_identifier::text, 'django_migrations'::regclass::oid::text,
           (SELECT string_agg(app || '.' || name, ',' ORDER BY id) FROM django_migrations)
    FROM pg_control_system()
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """`fingerprint` None never holds and leaves no stamp."""

    path: Path
    fingerprint: str | None

    def holds(self) -> bool:
        return self.fingerprint is not None and self.path.exists() and self.path.read_text() == self.fingerprint

    def put(self) -> None:
        self.path.write_text(self.fingerprint or "")


def static_stamp() -> Stamp:
    """var/static: the project's files and the versions of the libraries."""
    folders = [ROOT / "static", *(app / "static" for app in apps())]
    return Stamp(embedded.var_dir() / "run" / "static.stamp", digest(facts_of(folders)))


def database_stamp(environment: Mapping[str, str]) -> Stamp:
    """Schema, rights and demo city: the code that makes them, who is given rights, and the database they are in."""
    path, accounts = embedded.var_dir() / "run" / "database.stamp", embedded.var_dir() / "demo.json"
    urls = [environment.get(name, "") for name in ("DATABASE_URL", "DATABASE_OWNER_URL")]
    found = database_facts(urls[0])
    if found is None or not accounts.exists():
        return Stamp(path, None)
    return Stamp(path, digest([*found, *urls, *facts_of([ROOT / "config", *apps()])]))


def database_facts(url: str) -> list[str] | None:
    """None where there is no such database yet, or nothing in it."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute(FACTS).fetchone()
    except psycopg.Error:
        return None
    return list(map(str, row)) if row else None


def apps() -> list[Path]:
    return sorted(path.parent for path in ROOT.glob("*/apps.py"))


def facts_of(folders: Iterable[Path]) -> Iterator[str]:
    """A line a file that Python did not make by itself, then the versions of the libraries."""
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            yield f"{path.relative_to(ROOT)} {path.stat().st_size} {path.stat().st_mtime_ns}"
    yield LOCK.read_text()


def digest(facts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()
