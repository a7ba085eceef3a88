"""Old entries go into a signed file, and out of the database only after that file was verified (SEC-37).

One line of JSON after the other, gzipped: a head; for each seal its own line and one line an entry (id, then the texts
of sealing.CONTENT); at the end the HMAC-SM3 over everything before. The file can be verified without the database.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Max

from core.audit import entry
from core.audit.sealing import CONTENT, FORM, leaf, rows_of, seal_signature, signature
from core.audit.verifying import archive_signature, entry_findings, era_ends
from core.models import AuditArchive, AuditSeal

SHORTEST = timedelta(days=184)  # six calendar months are at most 184 days (网络安全法 第二十三条)
SEALED = ("at", "form", "system", "after_id", "since", "until", "first", "last", "count", "previous", "mac")


class NotArchived(Exception):
    """The archive cannot be made, or is not what was archived; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a verified archive holds."""

    first_seal: int
    last_seal: int
    count: int
    digest: str


def archive(folder: Path, keep: timedelta, now: datetime, by: UUID | None = None) -> AuditArchive | None:
    """Write every seal that is older than `keep` and not archived yet into one file; None if there is none."""
    seals = list(_due(AuditArchive.Act.ARCHIVED, keep, now))
    if not seals:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"audit-{seals[0].pk:08}-{seals[-1].pk:08}.jsonl.gz"
    staging = path.with_suffix(".new")
    with staging.open("wb") as file:
        _write(file, seals)
    content = verify_archive(staging)
    staging.replace(path)
    act = _act(AuditArchive.Act.ARCHIVED, content, path.name, now, by)
    with transaction.atomic():
        act.save(force_insert=True)
        entry("audit.archive", actor=by, after=_told(act)).save(force_insert=True)
    return act


def _due(act: str, keep: timedelta, now: datetime) -> Iterator[AuditSeal]:
    """Seals after the last one with `act`, until the first that is too young."""
    if keep < SHORTEST:
        raise NotArchived(f"审计记录至少留存 {SHORTEST.days} 天")
    last = AuditArchive.objects.filter(act=act).aggregate(last=Max("last_seal"))["last"] or 0
    for seal in AuditSeal.objects.filter(pk__gt=last).order_by("pk").iterator(chunk_size=20):
        if seal.at > now - keep:
            return
        yield seal


def _write(file: BinaryIO, seals: Sequence[AuditSeal]) -> None:
    digest, ends = hashlib.new("sm3"), era_ends()
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:

        def put(line: Any) -> None:
            data = json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n"
            digest.update(data)
            packed.write(data)

        put({"form": FORM, "columns": ["id", *CONTENT], "first": seals[0].pk, "last": seals[-1].pk})
        for seal in seals:
            if finding := next(entry_findings(seal, ends[seal.after_id]), None):
                raise NotArchived(f"审计链有问题，没有归档：{finding}")
            put({"seal": seal.pk} | {name: getattr(seal, name) for name in SEALED} | {"at": seal.at.isoformat()})
            for row in rows_of(seal.after_id, ends[seal.after_id], seal.since, seal.until):
                put(row)
        put({"signature": signature({"archive": digest.hexdigest()})})


def verify_archive(path: Path) -> Content:
    """Signature, every seal's own, every entry's leaf. Raises NotArchived."""
    total, numbers = 0, []
    for seal, leaves in _seals_in(path):
        seal.leaves = b"".join(leaves)
        if len(leaves) != seal.count or seal_signature(seal) != seal.mac:
            raise NotArchived(f"归档文件中第 {seal.pk} 号封存与其校验值不符")
        numbers.append(seal.pk)
        total += len(leaves)
    if not numbers or numbers != list(range(numbers[0], numbers[-1] + 1)):
        raise NotArchived("归档文件中的封存不连续")
    with path.open("rb") as file:
        return Content(
            numbers[0], numbers[-1], total, hashlib.file_digest(file, lambda: hashlib.new("sm3")).hexdigest()
        )


def _seals_in(path: Path) -> Iterator[tuple[AuditSeal, list[bytes]]]:
    """Seals with the leaves of their entries, computed anew; the signature at the end is checked on the way."""
    seal, leaves, digest = None, list[bytes](), hashlib.new("sm3")
    signed = False
    for data in _lines(path):
        line = json.loads(data)
        if isinstance(line, dict) and "signature" in line:
            signed = line["signature"] == signature({"archive": digest.hexdigest()})
            break
        digest.update(data)
        if isinstance(line, list):
            leaves.append(leaf(line[0], line[1:]))
        elif "seal" in line:
            if seal is not None:
                yield seal, leaves
            facts = {name: line[name] for name in SEALED} | {"at": datetime.fromisoformat(line["at"])}
            seal, leaves = AuditSeal(id=line["seal"], **facts), []
    if seal is not None:
        yield seal, leaves
    if not signed:
        raise NotArchived("归档文件的签名不符，文件被改动或不完整")


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            yield from file
    except (OSError, EOFError) as error:
        raise NotArchived(f"归档文件不能读取：{error}") from error


def purge(path: Path, keep: timedelta, now: datetime, by: UUID) -> AuditArchive:
    """Delete the entries that the verified file holds, as the owner; the app role cannot. Raises NotArchived."""
    content = verify_archive(path)
    known = AuditArchive.objects.filter(act=AuditArchive.Act.ARCHIVED, first_seal=content.first_seal).last()
    if known is None or known.digest != content.digest or archive_signature(known) != known.mac:
        raise NotArchived("这个文件不是本系统登记的归档文件")
    due = [seal for seal in _due(AuditArchive.Act.PURGED, keep, now) if seal.pk <= content.last_seal]
    if not due or (due[0].pk, due[-1].pk) != (content.first_seal, content.last_seal):
        raise NotArchived("文件中有未到期、已清除或次序不接的封存，没有清除")
    act = _act(AuditArchive.Act.PURGED, content, path.name, now, by)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        deleted = sum(_delete(cursor, seal) for seal in due)
        cursor.execute("ALTER TABLE core_auditentry ENABLE TRIGGER USER")
        if deleted != content.count:
            raise NotArchived(f"库中有 {deleted} 条，归档文件中有 {content.count} 条，没有清除")
        act.save(using="owner", force_insert=True)
        entry("audit.purge", actor=by, after=_told(act)).save(using="owner", force_insert=True)
    return act


def _delete(cursor: Any, seal: AuditSeal) -> int:
    ids = [int.from_bytes(bytes(seal.leaves)[at : at + 8], "big") for at in range(0, len(seal.leaves), 40)]
    cursor.execute("DELETE FROM core_auditentry WHERE id = ANY(%s)", [ids])
    return int(cursor.rowcount)


def _act(act: str, content: Content, name: str, now: datetime, by: UUID | None) -> AuditArchive:
    row = AuditArchive(
        at=now,
        act=act,
        first_seal=content.first_seal,
        last_seal=content.last_seal,
        count=content.count,
        file_name=name,
        digest=content.digest,
        by_id=by,
    )
    row.mac = archive_signature(row)
    return row


def _told(act: AuditArchive) -> dict[str, Any]:
    return {
        "first": act.first_seal,
        "last": act.last_seal,
        "count": act.count,
        "file": act.file_name,
        "sm3": act.digest,
    }
