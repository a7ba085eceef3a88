"""What rows about recognition and learning platforms need before they are asked."""

from collections.abc import Callable

from tests.cast import City
from tests.trainees import recognition_rows as rows
from trainees.models import Recognition
from trainees.services.recognition import return_recognitions


def _keep(city: City, row: Recognition) -> None:
    row.refresh_from_db()
    city.__dict__["filing"] = row.pk
    city.__dict__["filing_row"] = f"{row.pk}.{row.version}"
    city.__dict__["filing_proof"] = [row.pk, row.proofs.all()[0].pk]


def a_filing(city: City) -> None:
    """The trainee's; it waits for the unit's word."""
    _keep(city, rows.filing(city))


def a_vetted_filing(city: City) -> None:
    """It waits for the department's."""
    row = rows.filing(city)
    rows.vetted(city, row)
    _keep(city, row)


def a_returned_filing(city: City) -> None:
    row = rows.filing(city)
    return_recognitions([row.pk], actor=city.liaison, reason="证明材料看不清", seen={})
    _keep(city, row)


def a_confirmed_filing(city: City) -> None:
    """It stands in the ledger."""
    _keep(city, rows.confirmed(city, rows.filing(city)))


def a_double(city: City) -> None:
    """The same course once more."""
    rows.filing(city)
    _keep(city, rows.filing(city))


def a_platform(city: City) -> None:
    city.__dict__["platform"] = rows.platform(city).pk


def an_export(city: City) -> None:
    """Rehearsed, not taken in."""
    city.__dict__["export"] = rows.uploaded(city).pk


PREPARATIONS: dict[str, Callable[[City], None]] = {
    "a_filing": a_filing,
    "a_vetted_filing": a_vetted_filing,
    "a_returned_filing": a_returned_filing,
    "a_confirmed_filing": a_confirmed_filing,
    "a_double": a_double,
    "a_platform": a_platform,
    "an_export": an_export,
}
