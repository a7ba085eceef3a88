"""The log goes on to the office's own collector: RFC 5424 over TCP (RFC 6587, counted) or UDP (RFC 5426).

The cursor moves only after the bytes were taken, so that a collector that is down is given everything later, in order;
what was sent in the moment of a failure may come twice, with the same number.
"""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from core.audit.sealing import HORIZON, system
from core.models import AuditCursor, AuditEntry

TIMEOUT = 3.0  # seconds
AT_ONCE = 500  # entries between two moves of the cursor
PRIORITY = 13 * 8 + 6  # log audit, informational
NAME = "syslog"
UDP_ROOM = 8000  # bytes; a longer datagram may be lost on the way


def forward() -> int:
    """Hand on what is new; how many entries. Nothing without AUDIT_SYSLOG; raises OSError while the sink is down."""
    if not settings.AUDIT_SYSLOG:
        return 0
    AuditCursor.objects.get_or_create(name=NAME)
    total = 0
    while sent := _forward_some():
        total += sent
    return total


def _forward_some() -> int:
    """One piece: read, send, move the cursor; the row's lock keeps a second process away."""
    with transaction.atomic():
        cursor = AuditCursor.objects.select_for_update(skip_locked=True).filter(name=NAME).first()
        entries = _next(cursor) if cursor else []
        if not entries or cursor is None:
            return 0
        with collector() as send:
            for one in entries:
                send(message(one))
        cursor.xact, cursor.entry_id = entries[-1].xact, entries[-1].pk
        cursor.save(update_fields=["xact", "entry_id", "at"])
        return len(entries)


def _next(cursor: AuditCursor) -> Sequence[AuditEntry]:
    """Entries after the cursor in the order of their transactions, below the horizon: none can appear before them."""
    with connection.cursor() as query:
        query.execute(HORIZON)
        horizon = (query.fetchone() or (0,))[0]
    rows = AuditEntry.objects.filter(xact__gte=cursor.xact, xact__lt=horizon).order_by("xact", "pk")
    return list(rows.exclude(xact=cursor.xact, pk__lte=cursor.entry_id)[:AT_ONCE])


@contextmanager
def collector() -> Iterator[Any]:
    """A function that sends one message to AUDIT_SYSLOG, `tcp://host:port` or `udp://host:port`."""
    kind, host, port = settings.AUDIT_SYSLOG or ("", "", 0)
    if kind == "udp":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.connect((host, port))
            yield lambda text: line.send(text[:UDP_ROOM])
    else:
        with socket.create_connection((host, port), timeout=TIMEOUT) as line:
            yield lambda text: line.sendall(b"%d %s" % (len(text), text))
            line.shutdown(socket.SHUT_WR)
            line.recv(1)  # the collector closes when it has read everything


def message(entry: AuditEntry) -> bytes:
    """One entry as RFC 5424, its facts as JSON in one line."""
    facts = {
        "id": entry.pk, "system": str(system()), "actor": entry.actor_id, "role": entry.role, "object": entry.object_type,
        "key": entry.object_id, "unit": entry.unit_id, "result": entry.result, "reason": entry.reason,
        "before": entry.before, "after": entry.after, "address": entry.source_ip, "session": entry.session_hash,
        "request": entry.request_id,
    }  # fmt: skip
    at = entry.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = json.dumps(facts, ensure_ascii=False, default=str)
    return f"<{PRIORITY}>1 {at} {socket.gethostname()} portal {entry.pk} {entry.event} - \ufeff{text}".encode()


def lag(now: datetime) -> float | None:
    """Seconds since the cursor last moved, None where nothing is handed on."""
    moved = AuditCursor.objects.filter(name=NAME).values_list("at", flat=True).first()
    return None if moved is None else (now - moved).total_seconds()
