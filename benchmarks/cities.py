"""A city's cadres for measurements: 60 bureaus, so many people in them, each with a post. Everybody is invented."""

from datetime import date
from uuid import UUID

from core.keys import new_key
from organization.models import Unit
from tests import factories as make
from trainees.models import Appointment, Cadre

BUREAUS = 60


def fill_city(people: int) -> tuple[Unit, list[UUID]]:
    """The city's organization department and the keys of its cadres. Their ID numbers are sealed by nothing."""
    town = make.unit("YL", "中共云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    bureaus = [make.unit(f"YL{n:02}", f"云岭市第{n}局", town) for n in range(1, BUREAUS + 1)]
    cadres = [_cadre(number, bureaus[number % BUREAUS], town) for number in range(people)]
    Cadre.objects.bulk_create(cadres, batch_size=2000)
    posts = (Appointment(cadre=one, unit=one.unit, post_level="乡科级正职", since=date(2020, 1, 1)) for one in cadres)
    Appointment.objects.bulk_create(posts, batch_size=2000)
    return town, [one.pk for one in cadres]


def _cadre(number: int, bureau: Unit, town: Unit) -> Cadre:
    key = new_key()
    return Cadre(
        id=key,
        name=f"干部{number}",
        unit=bureau,
        managing_authority=town,
        id_number_index=key.hex,
        band="township_down",
    )
