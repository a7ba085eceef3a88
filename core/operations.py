"""One function per user intention: one transaction, the acting user by keyword, a repeat gives the first answer.

`op_id` is a UUID that the client makes and sends with every state-changing form; the first answer (a JSON object) is
kept beside it, so that a double click, a retry after a lost reply or the back button change nothing (REL-03).
"""

import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.audit import tell_history
from core.models import Operation
from core.scope import unscoped

P = ParamSpec("P")
BEGIN = """
INSERT INTO core_operation (op_id, actor_id, name, digest, at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (actor_id, op_id) DO NOTHING RETURNING id
"""
"""One statement, where a savepoint, an insert and an error that is caught would be three: every form goes through it."""
R = TypeVar("R")
LEAST_REASON = 5
"""Characters of a reason that is kept: fewer say nothing."""


class Conflict(Exception):
    """Somebody else was quicker: nothing was written. The message is shown to the user (HTTP 409)."""

    def __init__(self, message: str, *, yours: object = None, current: object = None) -> None:
        super().__init__(message)
        self.message, self.yours, self.current = message, yours, current


class Refused(Exception):
    """The rules say no; the sentence says what was refused, why, and who can (HTTP 403 or a form error)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@contextmanager
def last_word(sentences: Mapping[str, str]) -> Iterator[None]:
    """What the database refuses by a constraint of these names is Refused with its sentence; anything else goes on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None))
        if name not in sentences:
            raise
        raise Refused(sentences[name]) from error


def demand_current(seen: int | None, current: int, what: str) -> None:
    """Raises Conflict when a row moved on since its page was opened (REL-04); who saw no page (None) is not asked.

    To be called once the row is held: `seen` is what the form carried, `current` stands in the row.
    """
    if seen is not None and seen != current:
        words = f"您打开页面之后，{what}已被他人更改（您看到的是第 {seen} 次修订，现在是第 {current} 次），本次没有写入任何内容"
        raise Conflict(words, yours=seen, current=current)


def demand_reason(reason: str, asked: str) -> str:
    """The reason without blanks around it. Raises Refused with what is asked for where it is too short."""
    said = reason.strip()
    if len(said) < LEAST_REASON:
        raise Refused(f"{asked}（至少 {LEAST_REASON} 个字）")
    return said


def intention(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a service: one transaction, guard lifted because the caller fetched its objects in scope."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with unscoped("a service acts on rows its caller fetched in scope"), transaction.atomic():
            if "actor" in kwargs:
                tell_history(kwargs["actor"])
            return function(*args, **kwargs)

    return wrapper


def once(op_id: UUID, actor: UUID, name: str, payload: object, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run `act` at most once for (actor, op_id) and return its answer; the same id with other data is a Conflict."""
    digest = hashlib.sha256(json.dumps([name, payload], sort_keys=True, default=str).encode()).hexdigest()
    with transaction.atomic():
        operation = _begin(op_id, actor, name, digest)
        if operation is None:
            return _first_answer(op_id, actor, digest)
        answer = act()
        Operation.objects.filter(pk=operation).update(answer=answer)
        return answer


def _begin(op_id: UUID, actor: UUID, name: str, digest: str) -> int | None:
    """The key of a new operation, None where it was carried out before; one that is under way is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [op_id, actor, name, digest, timezone.now()])
        row = cursor.fetchone()
    return row[0] if row else None


def _first_answer(op_id: UUID, actor: UUID, digest: str) -> dict[str, Any]:
    first = Operation.objects.get(op_id=op_id, actor_id=actor)
    if first.digest != digest:
        raise Conflict("同一操作编号已用于不同的内容，本次没有写入，请刷新页面后重试")
    return first.answer or {}
