"""What the tables hold, as one number each: to see that an answer left them as they were."""

from typing import Any

from django.db import connection

# The log, who was seen when, the first answers of forms.
BOOKS = ("core_auditentry", "account_session", "core_operation")
LAST_SIGHT = {"organization_account": "last_login"}


def checksums(leave_out: tuple[str, ...] = BOOKS) -> dict[str, str]:
    """Table → how many rows and the sum of their hashes, in one statement; order and position do not matter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall() if name not in leave_out]
        cursor.execute(" UNION ALL ".join(one_of(name) for name in tables))
        return dict(cursor.fetchall())


def one_of(table: str) -> str:
    row = f"(to_jsonb(t) - '{LAST_SIGHT[table]}')" if table in LAST_SIGHT else "t"
    return f"SELECT '{table}', count(*) || ':' || coalesce(sum(hashtextextended({row}::text, 0)), 0) FROM {table} t"


def changed(before: dict[str, str], after: dict[str, str] | None = None) -> set[str]:
    """Tables that do not hold what they held."""
    after = checksums(tuple(BOOKS)) if after is None else after
    return {table for table in before if before[table] != after.get(table)}


def assert_unchanged(before: dict[str, str], what: Any = "") -> None:
    assert changed(before) == set(), what
