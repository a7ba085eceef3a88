"""B7: a year's hours of 263 classes, 32,000 enrolments, posted to the ledger, beside one INSERT … SELECT of the same rows.

Both with all triggers, keys and indexes, on clones of one database, as the app role. Besides: the ledger checked from
its entries (REL-02), a million of them.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection, connections, transaction

from benchmarks.cities import fill_city
from benchmarks.databases import a_clone
from benchmarks.processes import busy
from benchmarks.table import Row, at_most
from core.database import using_database
from core.keys import new_key
from organization.models import Unit
from trainees.models import CreditEntry, LedgerYear
from trainees.services.ledger import Learning, post
from trainees.services.reconciling import reconcile
from trainees.services.rule_sets import adopt_shipped

CLASSES, ENROLMENTS = 263, 32_000
AIM = 3
ENTRIES, CHECK_AIM = 1_000_000, 60
FIRST = date(2026, 1, 12)


def a_year(cadres: Sequence[UUID]) -> list[list[Learning]]:
    """The year's classes, one after the other: a week each, 122 people, everybody in one class."""
    classes: list[list[Learning]] = [[] for _ in range(CLASSES)]
    for number, cadre in enumerate(cadres):
        place = number * CLASSES // len(cadres)
        on = FIRST + timedelta(days=place + 4)
        hours = Decimal(36 - number % 5)
        classes[place].append(
            Learning(cadre, on, "off_job", hours, Decimal(5), f"第{place}期研修班", "class", new_key(), on.year)
        )
    return classes


def timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def spent(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds that it took, and seconds of processors."""
    before = busy()
    return timed(act), busy() - before


def post_each(classes: Sequence[Sequence[Learning]]) -> None:
    for learned in classes:
        post(learned, actor=None)


def rows_there() -> bytes:
    """Everything that was posted, as COPY writes it."""
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY (SELECT * FROM trainees_creditentry ORDER BY id) TO STDOUT") as rows,
    ):
        return b"".join(bytes(part) for part in rows)


def stage(rows: bytes) -> None:
    """The same rows in a table beside the ledger, whose year is open."""
    role = connection.settings_dict["USER"]
    with connections["owner"].cursor() as owner:
        owner.execute("CREATE TABLE staged (LIKE trainees_creditentry)")
        owner.execute(f'GRANT SELECT ON staged TO "{role}"')
        with owner.copy("COPY staged FROM STDIN") as copy:
            copy.write(rows)
        owner.execute(
            "INSERT INTO trainees_ledgeryear (authority_id, year, figures) SELECT DISTINCT authority_id, year, '{}'::jsonb FROM staged"
        )
        owner.execute('CREATE INDEX ON staged ("on"); ANALYZE staged')


def insert_bare() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO trainees_creditentry SELECT * FROM staged ORDER BY id")


def insert_each(days: Sequence[date]) -> None:
    """A transaction a class, as posting one class after the other is."""
    for day in days:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute('INSERT INTO trainees_creditentry SELECT * FROM staged WHERE "on" = %s ORDER BY id', [day])


def grow(cadres: Sequence[UUID]) -> int:
    """A year's postings, and the same in years before, until there are a million; how many."""
    post([one for learned in a_year(cadres) for one in learned], actor=None)
    columns = [field.column for field in CreditEntry._meta.concrete_fields if field.column not in ("id", "posted_at")]
    told = ", ".join({"year": "y", "source_id": "gen_random_uuid()"}.get(str(one), f'e."{one}"') for one in columns)
    listed = ", ".join(f'"{column}"' for column in columns)
    years = list(range(FIRST.year - ENTRIES // len(cadres), FIRST.year))
    rows = [LedgerYear(authority=authority, year=year) for authority in Unit.objects.filter(depth=1) for year in years]
    LedgerYear.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO trainees_creditentry ({listed}) SELECT {told} FROM trainees_creditentry e, unnest(%s::int[]) y",
            [years],
        )
    with connections["owner"].cursor() as owner:
        owner.execute("VACUUM ANALYZE")
    return CreditEntry.objects.count()


def sums_checked() -> None:
    assert reconcile(rules=False).findings == []


def reconciled(city: str, cadres: Sequence[UUID]) -> Iterator[Row]:
    with a_clone("ledger_check", city) as clone, using_database(clone):
        entries = grow(cadres)
        seconds = timed(sums_checked)
    yield Row(
        "REL-02",
        f"sums, balances and mirrors of {entries} entries checked",
        f"{seconds:.1f} s",
        aim=f"≤ {CHECK_AIM} s",
        met=seconds <= CHECK_AIM,
    )


def rows() -> Iterator[Row]:
    with a_clone("ledger_city") as city:
        with using_database(city):
            town, cadres = fill_city(ENROLMENTS)
            adopt_shipped(town)
            with connections["owner"].cursor() as owner:
                owner.execute("VACUUM ANALYZE")
        classes = a_year(cadres)
        with a_clone("ledger_each", city) as clone, using_database(clone):
            each = spent(lambda: post_each(classes))
            posted = rows_there()
        with a_clone("ledger_once", city) as clone, using_database(clone):
            once = spent(lambda: post([one for learned in classes for one in learned], actor=None))
            again = spent(lambda: post([one for learned in classes for one in learned], actor=None))
        checked = list(reconciled(city, cadres))
        with a_clone("ledger_bare", city) as clone, using_database(clone):
            stage(posted)
            bare = spent(insert_bare)
        with a_clone("ledger_bare_each", city) as clone, using_database(clone):
            stage(posted)
            days = [learned[0].on for learned in classes]
            bare_each = spent(lambda: insert_each(days))
    beside = f"one INSERT … SELECT of the same rows, triggers on: {bare[0]:.2f} s ({bare[1]:.2f} s of processors)"
    for what, (seconds, processors) in (
        (f"{CLASSES} classes, {ENROLMENTS} enrolments posted one class after the other", each),
        ("the same in one posting", once),
        ("the same once more: nothing to write", again),
    ):
        told = f"{seconds:.2f} s ({processors:.2f} s of processors, {processors / bare[1]:.2f}×)"
        yield at_most("B7", what, told, beside, seconds / bare[0], AIM)
    told = f"{each[0]:.2f} s ({each[1]:.2f} s of processors, {each[1] / bare_each[1]:.2f}×)"
    beside = f"as many INSERT … SELECT, one a class: {bare_each[0]:.2f} s ({bare_each[1]:.2f} s of processors)"
    yield at_most("B7", "one class after the other, like for like", told, beside, each[0] / bare_each[0], AIM)
    yield from checked
