"""What a page of duties looks at: a year, a unit, a band, a requirement; and from which day."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, Min
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone

from core.scope import any_of
from organization.access import below
from organization.models import Account, Unit
from organization.preferences import preferences
from organization.roles import Role
from portal.lists import chips
from trainees.models import Cadre, Duty, person_ways
from trainees.models.duties import DutyQuerySet
from training.services.attainment import View

ROLES = (Role.STAFF, Role.LEADER, Role.LIAISON)
YEARS_BACK = 9
NAMES = "names of requirements and years, no people"


@dataclass(frozen=True)
class Look:
    """What was asked for; `unit` None is everybody the account comes to, `codes` the year's requirements by name."""

    user: Account
    view: View
    years: list[int]
    codes: dict[str, str]
    band: str = ""
    code: str = ""
    unit: Unit | None = None
    running: frozenset[str] = frozenset()
    """Those of `codes` that run on beyond the year."""
    whole: bool = True
    """Whether the unit is the account's own one, so that people managed by it who work elsewhere belong to it."""

    @property
    def duties(self) -> DutyQuerySet:
        """The duties asked about: of people managed by, or working in, the area."""
        rows = Duty.objects.visible_to(self.user).filter(any_of(person_ways(self.user.access, "cadre__")))
        rows = rows.filter(year=self.view.year)
        rows = rows.filter(cadre__band=self.band) if self.band else rows
        return rows if self.whole or self.unit is None else rows.filter(cadre__unit__path__startswith=self.unit.path)

    @property
    def filters(self) -> list[dict[str, Any]]:
        """The chips of the year, the band and the requirement."""
        years = [(str(one), f"{one}年") for one in self.years]
        groups = [
            chips("year", "年度", years, str(self.view.year)),
            chips("band", "层次", Cadre.Band.choices, self.band),
            chips("code", "要求", self.codes.items(), self.code),
        ]
        groups[0]["options"] = groups[0]["options"][1:]  # one year is always chosen
        return groups

    @property
    def query(self) -> dict[str, str]:
        """What links to other lists of the same people carry."""
        found = {"year": str(self.view.year), "band": self.band, "code": self.code}
        found["unit"] = "" if self.unit is None else str(self.unit.pk)
        return {name: value for name, value in found.items() if value}


def look(request: HttpRequest, user: Account, *, plain: bool = False) -> Look:
    """What the request asks for; `plain` is this year and all people, whatever it asks. At most six queries."""
    today = timezone.localdate()
    asked = QueryDict() if plain else request.GET
    years = _years(today.year)
    this_year = today.year if plain or today.year in years else years[0]
    year = int(_one_of(asked, "year", map(str, years)) or this_year)
    names = Duty.objects.unscoped(NAMES).filter(year=year).order_by().values_list("code", "name")
    found = sorted(names.annotate(last=Max("due")))
    codes = {code: name for code, name, _ in found}
    tops = user.access.paths(*ROLES)
    unit = _unit(asked, user) or _own_unit(tops)
    authority = unit or Unit.objects.filter(path__in=tops).first()
    return Look(
        user=user,
        view=view_of(authority, year) if authority else View(year, today),
        years=years,
        codes=codes,
        running=frozenset(code for code, _, last in found if last.year > year),
        band=_one_of(asked, "band", Cadre.Band.values),
        code=_one_of(asked, "code", codes),
        unit=unit,
        whole=unit is None or unit.path in tops,
    )


def view_of(unit: Unit, year: int) -> View:
    """A year seen from today, with the unit's own thresholds of early warning; of other years nobody is warned."""
    today = timezone.localdate()
    if year != today.year:
        return View(year, today)
    found = preferences(unit, ["warning_month", "warning_gap"], today)
    return View(year, today, late=today.month >= found["warning_month"], gap=found["warning_gap"] / 100)


def _years(this_year: int) -> list[int]:
    """The years that have duties, the latest first; this one where there is none yet."""
    found = Duty.objects.unscoped(NAMES).aggregate(first=Min("year"), last=Max("year"))
    if found["last"] is None:
        return [this_year]
    return list(range(found["last"], max(found["first"], found["last"] - YEARS_BACK) - 1, -1))


def _one_of(asked: QueryDict, name: str, values: Iterable[str]) -> str:
    """What is asked for, empty where it is none of `values`."""
    value = asked.get(name, "")
    return value if value in set(values) else ""


def _unit(asked: QueryDict, user: Account) -> Unit | None:
    """The unit asked for, of those whose people the account comes to. Raises Http404 for any other."""
    wanted = asked.get("unit", "")
    if not wanted:
        return None
    try:
        key = UUID(wanted)
    except ValueError:
        return None
    found = Unit.objects.filter(below(user.access.paths(*ROLES), "path"), pk=key).first()
    if found is None:
        raise Http404("没有找到这个单位，或不在您的范围内")
    return found


def _own_unit(tops: list[str]) -> Unit | None:
    """The one unit below which everything lies that the account comes to."""
    highest = [one for one in tops if not any(one != other and one.startswith(other) for other in tops)]
    return Unit.objects.get(path=highest[0]) if len(highest) == 1 else None
