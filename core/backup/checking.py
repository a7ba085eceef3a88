"""A backup is restored into a scratch database and compared; whatever could not be checked is a finding."""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.db import connections
from django.utils import timezone

from core.audit.sealing import begin_era
from core.audit.verifying import verify
from core.backup.making import DATABASE, FILES, HEADS, MANIFEST, PARTS, rows_of_tables
from core.backup.packing import Damaged, PartReader, sha256_of, signed
from core.backup.programs import program, reach
from core.crypto import Unreadable, open_bytes
from core.database import create_database, drop_database, using_database
from core.models import StoredFile

SHOWN = 20  # findings of one kind


def check_backup(folder: Path) -> list[str]:
    """What is wrong with a backup; empty when it was restored whole. Raises NoProgram."""
    try:
        manifest = read_manifest(folder)
    except Damaged as damaged:
        return [str(damaged)]
    with tempfile.TemporaryDirectory() as place, scratch_database() as name:
        try:
            _restore(folder, manifest, name)
            heads = Path(place)
            with _tar(folder, HEADS, manifest) as archive:
                _unpack(archive, heads)
            with using_database(name):
                return [*_row_findings(manifest), *_audit_findings(heads), *_file_findings(folder, manifest)]
        except (Damaged, tarfile.TarError) as damaged:
            return [f"备份打不开：{damaged}"]


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, after its signature and the hashes of all parts were found right. Raises Damaged."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        mac = manifest.pop("mac")
        parts = {name: manifest["parts"][name]["sha256"] for name in PARTS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"清单读不出来（{type(error).__name__}）") from error
    if settings.BACKUP_KEY and not compare_digest(mac, signed(manifest)):
        raise Damaged("清单的签名不符，清单被改动，或不是用这把密钥备份的")
    for name, digest in parts.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != digest:
            raise Damaged(f"{name} 与清单中的散列不符")
    return manifest


@contextmanager
def scratch_database() -> Iterator[str]:
    """An empty database that is dropped afterwards."""
    name = f"portal_restore_{os.urandom(6).hex()}"
    create_database(name)
    try:
        yield name
    finally:
        drop_database(name)


def _restore(folder: Path, manifest: dict[str, Any], database: str) -> None:
    """pg_restore as the owner, with the rights of the app role. Raises Damaged."""
    arguments, environment = reach(database)
    command = [program("pg_restore"), *arguments, "--exit-on-error", "--no-owner"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running:
        assert running.stdin is not None and running.stderr is not None  # noqa: S101 (they were asked for)
        try:
            shutil.copyfileobj(PartReader(folder / DATABASE, sealed=manifest["sealed"]), running.stdin, 1024 * 1024)
        except BrokenPipeError:
            pass  # it says why on its way out
        finally:
            _close(running.stdin)
        said = running.stderr.read().decode(errors="replace")
    if running.returncode:
        raise Damaged(f"pg_restore 没有完成：{said.strip()[:500]}")


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return


@contextmanager
def _tar(folder: Path, name: str, manifest: dict[str, Any]) -> Iterator[tarfile.TarFile]:
    reader = cast("IO[bytes]", PartReader(folder / name, sealed=manifest["sealed"]))
    with tarfile.open(fileobj=reader, mode="r|") as archive:
        yield archive


def _unpack(archive: tarfile.TarFile, target: Path) -> None:
    """Files and folders below `target`, nothing else and nowhere else. `extractall(filter=…)` came with Python 3.11.4."""
    for member in archive:
        place = (target / member.name).resolve()
        if not place.is_relative_to(target.resolve()) or not (member.isfile() or member.isdir()):
            raise Damaged(f"备份里有不该有的 {member.name}")
        stored = archive.extractfile(member)
        if stored is None:
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(stored.read())


def _row_findings(manifest: dict[str, Any]) -> Iterator[str]:
    with connections["owner"].cursor() as cursor:
        now = rows_of_tables(cursor)
    for table, count in manifest["tables"].items():
        if now.get(table) != count:
            yield f"{table}：备份时 {count} 行，恢复后 {now.get(table, 0)} 行"


def _audit_findings(heads: Path) -> Iterator[str]:
    """The chain, also where the backup is tried on another cluster."""
    begin_era(timezone.now())
    for finding in verify(heads).findings[:SHOWN]:
        yield f"审计链：{finding}"


def _file_findings(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Every file that a row names is there, opens, and is what was kept."""
    wanted = {file.location: file for file in StoredFile.objects.filter(deleted=None)}
    with _tar(folder, FILES, manifest) as archive:
        for member in archive:
            file, stored = wanted.pop(member.name, None), archive.extractfile(member)
            if file is not None and (stored is None or not _is_whole(file, stored.read())):
                yield f"文件 {file.pk} 打不开，或与登记的散列不符"
    for location in list(wanted)[:SHOWN]:
        yield f"备份里缺少文件 {location}"


def _is_whole(file: StoredFile, sealed: bytes) -> bool:
    try:
        return hashlib.sha256(open_bytes(sealed, f"file:{file.pk}")).hexdigest() == file.sha256
    except Unreadable:
        return False


def unpack(folder: Path, target: Path) -> None:
    """The parts as pg_restore and tar read them, for a restore by hand. Raises Damaged."""
    manifest = read_manifest(folder)
    target.mkdir(mode=0o700, parents=True)
    for name in PARTS:
        with (target / name).open("xb") as file:
            shutil.copyfileobj(PartReader(folder / name, sealed=manifest["sealed"]), file, 1024 * 1024)
