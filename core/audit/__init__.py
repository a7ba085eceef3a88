"""The audit log: `record` writes one entry in the transaction of the act itself; no entry, no act."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models

from core.logs import masked
from core.models import AuditEntry


class NotRecorded(Exception):
    """The log could not be written, so the act must not happen either: its transaction fails (503)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Where an act comes from: the request's address, session and number, and the account behind it."""

    source_ip: str | None = None
    session_key: str = ""
    request_id: UUID | None = None
    account: Any = None

    def roles_of(self, actor: UUID | None) -> str:
        """The granted roles in force with which the actor came, as codes, a deputy's marked; only of the request's account."""
        if actor is None or getattr(self.account, "pk", None) != actor:
            return ""
        return ",".join(self.account.access.told_roles)

    @property
    def session_hash(self) -> str:
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:16] if self.session_key else ""


_facts: ContextVar[Facts] = ContextVar("audit_facts", default=Facts())


@contextmanager
def facts_of_request(facts: Facts) -> Iterator[None]:
    token = _facts.set(facts)
    try:
        yield
    finally:
        _facts.reset(token)


@contextmanager
def acting(account: Any, session_key: str = "") -> Iterator[None]:
    """The same request, and whose it is; with the key of a session that began in it (a sign-in)."""
    facts = replace(_facts.get(), account=account)
    with facts_of_request(replace(facts, session_key=session_key) if session_key else facts):
        yield


def who_acts() -> UUID | None:
    """The key of the account behind the request, where one is; for what happens before any service is called."""
    return getattr(_facts.get().account, "pk", None)


def entry(
    event: str,
    *,
    actor: UUID | None,
    obj: models.Model | None = None,
    role: str = "",
    unit_id: UUID | None = None,
    result: str = "ok",
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """An unsaved entry; values in `before` and `after` must be masked and hold people by key only."""
    facts = _facts.get()
    return AuditEntry(
        event=event,
        actor_id=actor,
        role=role or facts.roles_of(actor),
        object_type=obj._meta.label if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        unit_id=unit_id,
        result=result,
        reason=masked(reason)[:500],
        before=before,
        after=after,
        source_ip=facts.source_ip,
        session_hash=facts.session_hash,
        request_id=facts.request_id,
    )


def tell_history(actor: Any) -> None:
    """Let the triggers that keep rows' history know, until this transaction ends, who acts in which request."""
    key, request = getattr(actor, "pk", actor), _facts.get().request_id
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('portal.actor', %s, true), set_config('portal.request', %s, true)",
            [str(key or ""), str(request or "")],
        )


def record(event: str, **facts: Any) -> AuditEntry:
    """Write one entry now, in the caller's transaction (arguments as `entry`). Raises NotRecorded."""
    row = entry(event, **facts)
    try:
        row.save(force_insert=True)
    except DatabaseError as error:
        raise NotRecorded(event) from error
    return row


def record_many(entries: Iterable[AuditEntry]) -> None:
    """Write many entries in the caller's transaction. Raises NotRecorded."""
    rows = list(entries)
    try:
        AuditEntry.objects.bulk_create(rows, batch_size=1000)
    except DatabaseError as error:
        raise NotRecorded(f"{len(rows)} entries") from error
