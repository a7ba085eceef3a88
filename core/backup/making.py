"""A backup is made: one snapshot of the database, then the files, then what proves them."""

import json
import shutil
import subprocess
import tarfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connections, transaction
from django.utils import timezone

from core.audit import record
from core.backup.packing import PartWriter, sha256_of, signed
from core.backup.programs import program, reach

DATABASE, FILES, HEADS, MANIFEST = "database.dump", "files.tar", "audit-heads.tar", "manifest.json"
PARTS = (DATABASE, FILES, HEADS)
FORM = 1


class Failed(Exception):
    """The backup was not made; nothing of it is left."""


def make_backup(folder: Path, now: datetime) -> Path:
    """A new folder under `folder` with the three parts and their manifest. Raises NoProgram, Failed."""
    name = f"portal-{timezone.localtime(now):%Y%m%d-%H%M%S}"
    staging, made = folder / f"{name}.new", folder / name
    if made.exists():
        raise Failed(f"已有备份 {made}")
    staging.mkdir(mode=0o700, parents=True)
    try:
        counts = _dump(staging / DATABASE)
        files = _pack_files(staging / FILES)
        _pack_heads(staging / HEADS)
        _write_manifest(staging, {"tables": counts, "files": files, "at": now.isoformat()})
    except BaseException:
        shutil.rmtree(staging)
        raise
    staging.rename(made)
    facts = {"name": name, "manifest": sha256_of(made / MANIFEST), "files": files, "sealed": bool(settings.BACKUP_KEY)}
    record("backup.made", actor=None, after=facts)
    return made


def _dump(path: Path) -> dict[str, int]:
    """The database as pg_dump writes it; how many rows each table had in that very snapshot."""
    owner = connections["owner"]
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        counts = rows_of_tables(cursor)
        arguments, environment = reach()
        command = [program("pg_dump"), *arguments, "--format=custom", f"--snapshot={snapshot}"]
        _run_into(command, environment, path)
    return counts


def rows_of_tables(cursor: Any) -> dict[str, int]:
    """Rows of every table of ours, by name."""
    counts = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')  # noqa: S608 (names of our own tables)
            counts[model._meta.db_table] = cursor.fetchone()[0]
    return counts


def _run_into(command: list[str], environment: dict[str, str], path: Path) -> None:
    with (
        PartWriter(path) as part,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running,
    ):
        assert running.stdout is not None and running.stderr is not None  # noqa: S101 (they were asked for)
        shutil.copyfileobj(running.stdout, part, 1024 * 1024)
        said = running.stderr.read().decode(errors="replace")
    if running.returncode:
        raise Failed(f"pg_dump 没有完成：{said.strip()[:500]}")


def _pack_files(path: Path) -> int:
    """Every stored file as it lies there, sealed; how many."""
    count = 0
    with PartWriter(path) as part, tarfile.open(fileobj=part, mode="w|") as archive:
        for folder in sorted(default_storage.listdir("")[0]):
            for name in sorted(default_storage.listdir(folder)[1]):
                with default_storage.open(f"{folder}/{name}") as stored:
                    head = tarfile.TarInfo(f"{folder}/{name}")
                    head.size = stored.size
                    archive.addfile(head, stored)
                count += 1
    return count


def _pack_heads(path: Path) -> None:
    with PartWriter(path) as part, tarfile.open(fileobj=part, mode="w|") as archive:
        for head in sorted(Path(settings.AUDIT_SEALS_DIR).glob("*.json")):
            archive.add(head, head.name)


def _write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    parts = {name: {"sha256": sha256_of(folder / name), "size": (folder / name).stat().st_size} for name in PARTS}
    whole = {"form": FORM, "sealed": bool(settings.BACKUP_KEY), "parts": parts, **facts}
    text = json.dumps(whole | {"mac": signed(whole)}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
