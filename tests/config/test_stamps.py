"""What was made ready is not made again, and any change of what it was made from is noticed."""

import os
from pathlib import Path

import pytest
from django.db import connection

from config.launch import stamps


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one app, with a var/ of its own."""
    for name in (
        "config/settings.py",
        "core/apps.py",
        "core/migrations/0001_start.py",
        "core/static/page.css",
        "requirements.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    (tmp_path / "var" / "run").mkdir(parents=True)
    (tmp_path / "var" / "demo.json").write_text("{}")
    monkeypatch.setattr(stamps, "ROOT", tmp_path)
    monkeypatch.setattr(stamps, "LOCK", tmp_path / "requirements.txt")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    return tmp_path


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the database answers."""
    answer = ["cluster", "4711", "core.0001_start"]
    monkeypatch.setattr(stamps, "database_facts", lambda url: answer)
    return answer


def test_nothing_changed(project: Path, facts: list[str]) -> None:
    assert not stamps.database_stamp({}).holds()
    stamps.database_stamp({}).put()
    (project / "core" / "page.cpython-311.pyc").write_text("what Python keeps for itself")
    assert stamps.database_stamp({}).holds()


@pytest.mark.parametrize(
    "name", ["core/migrations/0001_start.py", "core/migrations/0002_more.py", "config/settings.py", "requirements.txt"]
)
def test_changed_code_and_libraries_are_noticed(project: Path, facts: list[str], name: str) -> None:
    stamps.database_stamp({}).put()
    (project / name).write_text("second")
    assert not stamps.database_stamp({}).holds()


def test_another_database_is_noticed(project: Path, facts: list[str]) -> None:
    stamps.database_stamp({}).put()
    assert not stamps.database_stamp({"DATABASE_OWNER_URL": "postgres://other"}).holds()
    facts[1] = "4712"  # restored: the table is another one
    assert not stamps.database_stamp({}).holds()


def test_without_the_accounts_file_the_city_is_looked_at(project: Path, facts: list[str]) -> None:
    stamps.database_stamp({}).put()
    (project / "var" / "demo.json").unlink()
    assert not stamps.database_stamp({}).holds()


def test_a_database_that_does_not_answer_is_never_ready(project: Path) -> None:
    stamps.database_stamp({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}).put()
    assert not stamps.database_stamp({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}).holds()


def test_changed_pages_are_noticed(project: Path) -> None:
    stamps.static_stamp().put()
    assert stamps.static_stamp().holds()
    os.utime(project / "core" / "static" / "page.css", ns=(1, 1))
    assert not stamps.static_stamp().holds()


@pytest.mark.django_db
def test_the_application_s_role_may_ask_for_the_facts() -> None:
    with connection.cursor() as cursor:
        cursor.execute(stamps.FACTS)
        cluster, table, migrations = cursor.fetchone()
    assert int(cluster) > 0
    assert int(table) > 0
    assert "core.0001_" in migrations
