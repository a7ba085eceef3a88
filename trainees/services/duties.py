"""Who has to learn what: rows of Duty follow people, exemptions and requirement sets (decision 0025)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from core.audit import record
from core.operations import intention
from organization.models import Account
from trainees.models import Cadre, Duty, LedgerYear
from trainees.rules.duties import Asked, duties_of
from trainees.services.duty_facts import cadres_of, people_on
from trainees.services.requirement_sets import requirements_of

AT_ONCE = 2000
FIRST_YEAR = "the first year that has duties, no people"
COLUMNS = tuple(field.name for field in fields(Asked))
Key = tuple[UUID, str]


@intention
def assign_duties(cadre_ids: Iterable[UUID] | None, year: int, *, actor: Account | None) -> int:
    """Make the duties of a year what the rules ask of these people (None: of everybody); how many rows changed.

    Idempotent: asked again it changes nothing. Years that an authority has closed stay as they are. A dozen queries
    whether one person is asked about or 32,000.
    """
    keys = None if cadre_ids is None else list(cadre_ids)
    closed = set(LedgerYear.objects.closed(year).values_list("authority", flat=True))
    cadres = [one for one in cadres_of(keys) if one.managing_authority_id not in closed]
    wanted, there = _wanted(cadres, year), _there(keys, closed, year)
    changed = sorted(key for key, row in wanted.items() if key not in there or there[key][1] != row)
    ended = sorted(there[key][0] for key in there.keys() - wanted.keys())
    _write(wanted, changed, ended, year)
    if changed or ended:
        after = {"year": year, "written": len(changed), "ended": len(ended)}
        record("duty.assign", actor=actor.pk if actor else None, after=after)
    return len(changed) + len(ended)


def years_from(year: int) -> range:
    """From the year of a change to this one; nobody is asked alone for a year from before there were duties."""
    today = timezone.localdate().year
    first = Duty.objects.unscoped(FIRST_YEAR).aggregate(first=Min("year"))["first"] or today
    return range(max(year, min(first, today)), today + 1)


def _wanted(cadres: Sequence[Cadre], year: int) -> dict[Key, Asked]:
    on = min(timezone.localdate(), date(year, 12, 31))
    asked_by = requirements_of({one.managing_authority_id for one in cadres}, on)
    authority = {one.pk: one.managing_authority_id for one in cadres}
    return {
        (person.cadre_id, row.code): row
        for person in people_on(cadres, year, on)
        for row in duties_of(person, asked_by[authority[person.cadre_id]], year)
    }


def _there(keys: Collection[UUID] | None, closed: set[UUID], year: int) -> dict[Key, tuple[int, Asked]]:
    rows = Duty.objects.filter(year=year)
    rows = rows if keys is None else rows.filter(cadre__in=keys)
    rows = rows.exclude(cadre__managing_authority__in=closed) if closed else rows
    return {(who, facts[0]): (pk, Asked(*facts)) for pk, who, *facts in rows.values_list("pk", "cadre", *COLUMNS)}


def _write(wanted: Mapping[Key, Asked], changed: Sequence[Key], ended: Sequence[int], year: int) -> None:
    rows = []
    for who, code in changed:
        asked = wanted[who, code]
        columns = {name: getattr(asked, name) for name in COLUMNS}
        rows.append(Duty(cadre_id=who, year=year, **columns))
    Duty.objects.bulk_create(
        rows,
        AT_ONCE,
        update_conflicts=True,
        unique_fields=["cadre", "year", "code"],
        update_fields=[name for name in COLUMNS if name != "code"],
    )
    Duty.objects.filter(pk__in=ended).delete()


def keep_duties(today: date, *, night: bool = False) -> int:
    """The nightly round over everybody; by day only where a new year has no duties yet. How many rows changed."""
    if night or not Duty.objects.unscoped("whether anybody has duties yet").filter(year=today.year).exists():
        return assign_duties(None, today.year, actor=None)
    return 0
