"""Keys: UUIDv7, made in Python, so that a row's key is known before it is written and sorts by time."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_key() -> UUID:
    """A fresh UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits."""
    return uuid7()
