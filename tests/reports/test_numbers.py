"""Document numbers: in a row, without gap or repeat, whoever asks at the same time."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from organization.loading import SHIPPED_UNITS, import_units
from organization.models import Unit
from reports.models import NumberSeries
from reports.services import numbers
from reports.services.numbers import put_forward, take_from_all, take_numbers

YEAR = date(2026, 3, 20).year


@pytest.fixture
def office(own_database):
    import_units(SHIPPED_UNITS)
    return Unit.objects.get(code="YL")


def take(office, count=1, word="云培函", year=YEAR):
    with transaction.atomic():
        return list(take_numbers(office, word, year, count)[1])


def together(count, act):
    """Run `act(number)` in so many threads at once, each with a connection of its own."""
    ready = threading.Barrier(count)
    failures = []

    def run(number):
        try:
            ready.wait(timeout=30)
            act(number)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_numbers_come_in_a_row_by_office_word_and_year(office):
    assert take(office, 3) == [1, 2, 3]
    assert take(office, 2) == [4, 5]
    assert take(office, 2, word="云培通") == [1, 2]
    assert take(office, 2, year=YEAR + 1) == [1, 2]
    assert take(Unit.objects.get(code="QX"), 1) == [1]


def test_a_number_of_a_transaction_that_failed_was_never_taken(office):
    take(office, 2)
    with pytest.raises(RuntimeError), transaction.atomic():
        take_numbers(office, "云培函", YEAR, 5)
        raise RuntimeError
    assert take(office, 1) == [3]


def test_rel_05_twenty_at_once_get_blocks_without_gap_or_repeat(office):
    blocks = []
    assert together(20, lambda number: blocks.append(take(office, 1 + number % 3))) == []
    assert all(block == list(range(block[0], block[0] + len(block))) for block in blocks)
    taken = sorted(number for block in blocks for number in block)
    assert taken == list(range(1, 1 + sum(1 + number % 3 for number in range(20))))
    assert NumberSeries.objects.get().last == taken[-1]


def test_rel_05_without_the_lock_numbers_would_repeat(office, monkeypatch):
    """The positive control: the race is real, so the test above can fail (REL-05)."""
    take(office)
    pause = threading.Barrier(8)

    def unlocked(office, word, year):
        series = NumberSeries.objects.get(office=office, word=word, year=year)
        pause.wait(timeout=30)
        return series

    monkeypatch.setattr(numbers, "hold_series", unlocked)
    blocks = []
    together(8, lambda number: blocks.append(take(office)))
    assert sorted(blocks) == [[2]] * 8


def test_several_series_are_held_in_one_order(office):
    taken = []

    def both(number):
        words = ["云培函", "云培单", "云培通"]
        ordered = words if number % 2 else words[::-1]
        with transaction.atomic():
            found = take_from_all(office, dict.fromkeys(ordered, 2), YEAR)
        taken.extend((word, number) for word, (_, block) in found.items() for number in block)

    assert together(12, both) == []
    assert sorted(taken) == sorted((word, n) for word in ("云培函", "云培单", "云培通") for n in range(1, 25))


def test_a_series_goes_on_after_a_number_given_by_hand(office):
    with transaction.atomic():
        series, _ = take_numbers(office, "云培函", YEAR, 2)
        assert list(put_forward(series, 6)) == [3, 4, 5]
        assert list(put_forward(series, 4)) == []
    assert take(office) == [7]


def test_the_database_knows_a_series_once(office):
    NumberSeries.objects.create(office=office, word="云培函", year=YEAR)
    with pytest.raises(IntegrityError):
        NumberSeries.objects.create(office=office, word="云培函", year=YEAR)
