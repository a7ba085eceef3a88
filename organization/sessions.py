"""The session engine (`SESSION_ENGINE`): sessions in the database, known by account, their keys kept as hashes.

A session carries `since`, `seen` and `proved` (Unix seconds): when it began, was last used, and when its owner last
proved who they are. The row repeats them for the lists, so that no request asks for it twice.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from organization.models import AccountSession

SINCE, SEEN, PROVED = "since", "seen", "proved"
ADDRESS, DEVICE, ENDED, FACTOR = "address", "device", "ended", "factor"


def hashed(session_key: str) -> str:
    """The form in which a key stands in the database: 160 bits of SHA-256, as hex."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's database store with hashed keys; a session that was ended elsewhere loads as nobody's, with the reason."""

    @classmethod
    def get_model_class(cls) -> type[AccountSession]:
        return AccountSession

    def _get_session_from_db(self) -> AccountSession | None:
        rows = AccountSession.objects.filter(session_key=hashed(self.session_key or ""), expire_date__gt=_now())
        row = rows.first()
        if row is None:
            self._session_key = None
        return row

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()
        if row is None:
            return {}
        return {ENDED: row.ended} if row.ended else self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return AccountSession.objects.filter(session_key=hashed(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> AccountSession:
        """The row of a session; one that somebody signed in to has its times from its first save on."""
        if SESSION_KEY in data:
            for mark in (SINCE, SEEN, PROVED):
                data.setdefault(mark, int(_now().timestamp()))
        row = cast(AccountSession, super().create_model_instance(data))
        row.session_key = hashed(row.session_key)
        row.account_id = data.get(SESSION_KEY)
        row.started, row.seen = _moment(data.get(SINCE)), _moment(data.get(SEEN))
        row.address, row.device = data.get(ADDRESS), data.get(DEVICE, "")
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            AccountSession.objects.filter(session_key=hashed(key)).delete()


def _now() -> datetime:
    return datetime.now(UTC)


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
