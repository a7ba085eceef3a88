"""What rows about cadres, their papers and what comes after a class need before they are asked."""

from collections.abc import Callable

from tests import factories as make
from tests.cast import City
from tests.trainees.forms import lrmx
from trainees.services.personnel_forms import Given, keep_forms


def _form(city: City, number: str) -> list[object]:
    data = lrmx(XingMing=city.cadres[0].name, ShenFenZheng=number)
    kept, _ = keep_forms([Given(f"{city.word}.lrmx", data)], city.root, actor=city.staff)
    return [kept[0].pk]


def a_personnel_form(city: City) -> None:
    """Of somebody known."""
    city.__dict__["personnel_form"] = _form(city, city.cadres[0].open_id_number())


def a_new_form(city: City) -> None:
    """Of somebody whom nobody knows yet."""
    city.__dict__["new_form"] = _form(city, make.id_number(2))


PREPARATIONS: dict[str, Callable[[City], None]] = {
    "a_personnel_form": a_personnel_form,
    "a_new_form": a_new_form,
}
