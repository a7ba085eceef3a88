"""The chain of the audit log: a job apart seals what has been written, nothing can be changed unnoticed after.

A seal covers a span of transactions, not of ids: below the horizon every transaction of this database has ended, so that
a row whose transaction commits late cannot appear in a span that was sealed, and is never skipped either.
Transaction numbers belong to one database cluster: after a restore into another one `begin_era` closes the old span.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.models import AuditSeal

FORM = 1
LOCK = 0x61756469  # “audi”: one sealer at a time, whatever the number of processes
ROWS = 10_000  # entries a seal holds; one transaction with more is sealed whole
FOR_EVER = 2**63 - 1
LEAF = 40

# What a leaf is made of (form 1): each column as text, the same on every version of PostgreSQL and in every time zone.
CONTENT = (
    "trunc(extract(epoch from at) * 1000000)::bigint::text", "actor_id::text", "role", "event", "object_type", "object_id",
    "unit_id::text", "result", "reason", "before::text", "after::text", "host(source_ip)", "session_hash",
    "request_id::text", "xact::text",
)  # fmt: skip
# The oldest transaction that may still write here; the server's other databases do not hold us up.
HORIZON = """
    SELECT coalesce(min(running::text::bigint), (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint))
    FROM pg_snapshot_xip(pg_current_snapshot()) running WHERE NOT EXISTS (
        SELECT FROM pg_locks held JOIN pg_stat_activity session USING (pid)
        WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
          AND held.transactionid::text::bigint = running::text::bigint & 4294967295
          AND session.datname <> current_database())
"""
Row = Sequence[str | None]  # the texts of CONTENT
COLUMNS = ", ".join(CONTENT)


class WrongSystem(Exception):
    """The log lies in another database cluster than its last seal; prepare_database begins a new era."""


def sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def signature(facts: object) -> str:
    """HMAC-SM3 with AUDIT_KEY over facts as canonical JSON, 64 hex digits."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hmac.new(settings.AUDIT_KEY, text.encode(), "sm3").hexdigest()


def leaf(entry_id: int, content: Row) -> bytes:
    """40 bytes: the id, and the SM3 of the content; PostgreSQL's texts hold no NUL, so it parts them."""
    text = "\0".join("" if value is None else f"={value}" for value in content)
    return entry_id.to_bytes(8, "big") + sm3(text.encode())


def seal_signature(seal: AuditSeal) -> str:
    """What `mac` must be."""
    return signature(
        {
            "number": seal.pk,
            "at": seal.at.timestamp(),
            "form": seal.form,
            "system": seal.system,
            "after": seal.after_id,
            "since": seal.since,
            "until": seal.until,
            "first": seal.first,
            "last": seal.last,
            "count": seal.count,
            "leaves": sm3(bytes(seal.leaves)).hex(),
            "previous": seal.previous,
        }
    )


def seal_waiting(now: datetime | None = None) -> int:
    """Seal every entry below the horizon; how many. Nothing where another process is at it."""
    total = 0
    while sealed := seal_once(now or timezone.now()):
        total += sealed.count
    return total


def seal_once(now: datetime) -> AuditSeal | None:
    """One more link, None when nothing waits or another process seals. Raises WrongSystem."""
    with transaction.atomic():
        if not _alone():
            return None
        horizon = _one(HORIZON)
        last = AuditSeal.objects.order_by("-pk").first()
        if last is not None and last.system != system():
            raise WrongSystem("审计记录换了数据库集群，请停下门户，由数据库所有者运行 prepare_database")
        after, since = (last.after_id, last.until) if last else (0, 0)
        leaves, until = _span(after, since, horizon)
        return _write(last, after, since, until, leaves, now) if leaves else None


def begin_era(now: datetime) -> bool:
    """Close the span of another cluster and begin a new one; run with the portal stopped (prepare_database)."""
    with transaction.atomic():
        last = AuditSeal.objects.order_by("-pk").first()
        if last is None or last.system == system() or not _alone():
            return False
        leaves = list(_leaves(last.after_id, FOR_EVER, last.until, FOR_EVER))
        if leaves:
            last = _write(last, last.after_id, last.until, FOR_EVER, leaves, now, last.system)
        newest = _one("SELECT coalesce(max(id), 0) FROM core_auditentry")
        _write(last, newest, 0, 0, [], now)
        return True


def system() -> int:
    """Which cluster this is; a copy made by dump and restore is another one."""
    return _one("SELECT system_identifier FROM pg_control_system()")


def _alone() -> bool:
    return bool(_one(f"SELECT pg_try_advisory_xact_lock({LOCK})"))


def _span(after: int, since: int, horizon: int) -> tuple[list[bytes], int]:
    """Leaves of the next seal by id, and where its span ends; a transaction is never divided."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xact FROM core_auditentry WHERE xact >= %s AND xact < %s AND id > %s ORDER BY xact OFFSET %s LIMIT 1",
            [since, horizon, after, ROWS],
        )
        beyond = cursor.fetchone()
    until = horizon if beyond is None else max(beyond[0], _first_end(after, since))
    return list(_leaves(after, FOR_EVER, since, until)), until


def _first_end(after: int, since: int) -> int:
    """Where the first waiting transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(xact) FROM core_auditentry WHERE xact >= %s AND id > %s", [since, after])
        return int(cursor.fetchone()[0]) + 1


def _leaves(after: int, last: int, since: int, until: int) -> Iterator[bytes]:
    return (leaf(row[0], row[1:]) for row in rows_of(after, last, since, until))


def rows_of(after: int, last: int, since: int, until: int) -> list[tuple]:
    """(id, *content) of the entries with after < id ≤ last and since ≤ xact < until, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {COLUMNS} FROM core_auditentry"  # noqa: S608 (constant columns)
            " WHERE xact >= %s AND xact < %s AND id > %s AND id <= %s ORDER BY id",
            [since, until, after, last],
        )
        return cursor.fetchall()


def _write(
    last: AuditSeal | None,
    after: int,
    since: int,
    until: int,
    leaves: list[bytes],
    now: datetime,
    of: int | None = None,
) -> AuditSeal:
    ids = [int.from_bytes(one[:8], "big") for one in leaves] or [after]
    seal = AuditSeal(
        id=last.pk + 1 if last else 1,
        at=now,
        form=FORM,
        system=of or system(),
        after_id=after,
        since=since,
        until=until,
        first=ids[0],
        last=ids[-1],
        count=len(leaves),
        leaves=b"".join(leaves),
        previous=last.mac if last else "",
    )
    seal.mac = seal_signature(seal)
    seal.save(force_insert=True)
    return seal


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
