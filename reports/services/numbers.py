"""Document numbers (文号): taken in blocks under one row lock, so that none is missing and none comes twice.

A number belongs to the transaction that takes it: until that commits, the next one to ask waits; when it is rolled
back, the number was never taken. After that it stands for good, issued or void with its reason.
"""

from collections.abc import Mapping

from organization.models import Unit
from reports.models import NumberSeries


def take_numbers(office: Unit, word: str, year: int, count: int) -> tuple[NumberSeries, range]:
    """The next `count` numbers of an office's series, in a row.

    Inside a transaction. Whoever takes from several series uses `take_from_all`, or two of them could wait for each
    other.
    """
    series = hold_series(office, word, year)
    first = series.last + 1
    series.last += count
    series.save(update_fields=["last"])
    return series, range(first, first + count)


def take_from_all(office: Unit, counts: Mapping[str, int], year: int) -> dict[str, tuple[NumberSeries, range]]:
    """`count` numbers for each 代字, the series held in one order by everybody; words without a need are left out."""
    return {word: take_numbers(office, word, year, counts[word]) for word in sorted(counts) if counts[word]}


def hold_series(office: Unit, word: str, year: int) -> NumberSeries:
    """The series of an office, 代字 and year, held until the transaction ends; begun when it is the first to ask."""
    facts = {"office": office, "word": word, "year": year}
    held = NumberSeries.objects.select_for_update().filter(**facts).first()
    if held is None:
        NumberSeries.objects.bulk_create([NumberSeries(**facts)], ignore_conflicts=True)
        held = NumberSeries.objects.select_for_update().get(**facts)
    return held


def put_forward(series: NumberSeries, number: int) -> range:
    """Let a held series go on after a number given by hand; the numbers that are passed over.

    They count as given on paper before the portal was there; the audit log names them.
    """
    passed = range(series.last + 1, number)
    if number > series.last:
        series.last = number
        series.save(update_fields=["last"])
    return passed
