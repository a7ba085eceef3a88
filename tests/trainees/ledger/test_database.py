"""What the database itself refuses, to the app role and to the owner: REL-01."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from tests import factories as make
from tests.trainees.ledger.conftest import make_town, make_who
from tests.trainees.ledger.story import learned
from trainees.models import CreditBalance, CreditEntry, LedgerYear
from trainees.services.ledger import post

COLUMNS = [field.column for field in CreditEntry._meta.concrete_fields if field.column not in ("id", "posted_at")]
LIST = ", ".join(f'"{column}"' for column in COLUMNS)


@pytest.fixture
def entry(who) -> CreditEntry:
    post([learned(who)], actor=None)
    return CreditEntry.objects.get()


@pytest.fixture
def committed(own_database) -> CreditEntry:
    """The same, where the owner sees it."""
    post([learned(make_who(make_town()))], actor=None)
    return CreditEntry.objects.get()


def run(statement: str, values: Any = (), *, alias: str = "default") -> None:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(statement, values)


def again(entry: CreditEntry, **changes: object) -> None:
    """The same entry inserted once more, with changes; straight in SQL."""
    told = ", ".join("%s" if column in changes else f'"{column}"' for column in COLUMNS)
    values = [changes[column] for column in COLUMNS if column in changes]
    run(
        f"INSERT INTO trainees_creditentry ({LIST}) SELECT {told} FROM trainees_creditentry WHERE id = %s",
        [*values, entry.pk],
    )


def reversal(entry: CreditEntry, **changes: object) -> None:
    mirror = {"reverses_id": entry.pk, "days": -entry.days, "hours": -entry.hours, "credits": -entry.credits}
    again(entry, **(mirror | changes))


STATEMENTS = [
    "UPDATE trainees_creditentry SET credits = 100",
    "DELETE FROM trainees_creditentry",
    "TRUNCATE trainees_creditentry CASCADE",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_app_role_changes_no_entry(entry, statement):
    with pytest.raises(DatabaseError, match="permission denied"):
        run(statement)


def test_the_owner_changes_no_entry_either_nor_opens_a_closed_year(committed):
    ignored = "SET LOCAL pgtrigger.ignore = '{trainees_creditentry:append_only}'"
    LedgerYear.objects.update(closed_at=timezone.now())
    opened = ["UPDATE trainees_ledgeryear SET closed_at = NULL", "DELETE FROM trainees_ledgeryear"]
    for statement in [*STATEMENTS, *(f"{ignored}; {one}" for one in STATEMENTS[:2]), *opened]:
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)|append-only"):
            run(statement, alias="owner")
    assert CreditEntry.objects.get().credits == 12


def test_the_app_role_only_reads_balances(entry):
    for statement in (
        "UPDATE trainees_creditbalance SET required = 100",
        "DELETE FROM trainees_creditbalance",
        "INSERT INTO trainees_creditbalance SELECT * FROM trainees_creditbalance",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(statement)
    assert CreditBalance.objects.get().required == 12


def test_the_app_role_does_not_call_the_function_by_itself(entry):
    with pytest.raises(DatabaseError, match="permission denied|can only be called as trigger"):
        run("SELECT trainees_post_entries()")


@pytest.mark.parametrize(
    "wrong",
    [
        {"credits": Decimal(-11)}, {"hours": Decimal(-11)}, {"days": Decimal(-1)}, {"sessions": 1}, {"year": 2025},
        {"kind": "elective"}, {"channel": "online"}, {"part": 7}, {"attempt": 2}, {"on": "2026-03-14"},
    ],
)  # fmt: skip
def test_a_reversal_is_the_mirror_of_what_it_names(entry, wrong):
    if "year" in wrong:
        LedgerYear.objects.create(authority=entry.authority, year=2025)
    with pytest.raises(DatabaseError, match="冲销必须与被冲销的记录一一对应"):
        reversal(entry, **wrong)
    reversal(entry)
    assert CreditBalance.objects.get().required == 0


def test_nothing_is_reversed_twice_and_no_reversal_is_reversed(entry):
    reversal(entry)
    with pytest.raises(DatabaseError, match="reverses_id"):
        reversal(entry)
    taken = CreditEntry.objects.get(reverses=entry)
    with pytest.raises(DatabaseError, match="冲销必须与被冲销的记录一一对应"):
        reversal(taken)


def test_a_source_has_one_live_award(entry):
    with pytest.raises(DatabaseError, match="credit_source_once"):
        again(entry)
    with pytest.raises(DatabaseError, match="同一来源只能有一笔有效学分"):
        again(entry, attempt=2)
    with pytest.raises(DatabaseError, match="同一来源只能有一笔有效学分"):
        again(entry, attempt=3)
    reversal(entry)
    again(entry, attempt=2)
    assert CreditBalance.objects.get().required == 12


def test_an_award_does_not_take_away(entry):
    reversal(entry)
    with pytest.raises(DatabaseError, match="credit_award_adds"):
        again(entry, attempt=2, credits=Decimal(-1))


def test_a_closed_year_takes_adjustments_only(entry):
    LedgerYear.objects.update(closed_at=timezone.now())
    with pytest.raises(DatabaseError, match="该年度已结账，只能记入调整期"):
        reversal(entry)
    reversal(entry, adjustment=True)
    closed, late = CreditBalance.objects.order_by("adjustment")
    assert (closed.required, late.required) == (12, -12)


def test_a_year_nobody_opened_takes_nothing(entry):
    with pytest.raises(DatabaseError, match="该年度已结账，只能记入调整期"):
        again(entry, year=2030, part=9)


def test_a_closed_year_stays_closed(entry):
    LedgerYear.objects.update(closed_at=timezone.now())
    for statement in ("UPDATE trainees_ledgeryear SET closed_at = NULL", "DELETE FROM trainees_ledgeryear"):
        with pytest.raises(DatabaseError, match="Cannot"):
            run(statement)


def test_the_balance_is_right_after_a_bulk_insert_of_many_cadres(entry):
    """One statement, two years, two cadres: each row of the sums by itself."""
    other = make.cadre("欧阳致远", entry.unit, entry.authority)
    LedgerYear.objects.create(authority=entry.authority, year=2025)
    told = ", ".join(
        {"cadre_id": "c", "year": "y", "source_id": "gen_random_uuid()"}.get(one, f'"{one}"') for one in COLUMNS
    )
    query = f"INSERT INTO trainees_creditentry ({LIST}) SELECT {told} FROM trainees_creditentry, unnest(%s::uuid[]) c, unnest(%s::int[]) y"
    with connection.cursor() as cursor:
        cursor.execute(query, [[entry.cadre_id, other.pk], [2025, 2026]])
    sums = CreditBalance.objects.order_by("cadre", "year").values_list("cadre", "year", "required", "entries")
    assert sorted(sums) == sorted(
        [(entry.cadre_id, 2025, 12, 1), (entry.cadre_id, 2026, 24, 2), (other.pk, 2025, 12, 1), (other.pk, 2026, 12, 1)]
    )
