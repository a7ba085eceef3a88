"""What the rules of duties have to know of people on a day, gathered in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from trainees.models import PERSON, Appointment, Cadre, CreditEntry, Exemption
from trainees.models.duties import OF_ENTRIES
from trainees.rules.duties import Learned, Person, Promotion, Relief, rise
from trainees.rules.levels import band_of
from trainees.rules.requirements import MOST_YEARS

Bands = dict[UUID, list[tuple[date, str]]]


def people_on(cadres: Collection[Cadre], year: int, on: date) -> list[Person]:
    """Each cadre as they were on a day of the year: band, promotion, exemptions. At most three queries."""
    keys = [one.pk for one in cadres]
    bands, reliefs = _bands(keys, on), _reliefs(keys, year)
    people = [_person(one, bands.get(one.pk, []), reliefs.get(one.pk, [])) for one in cadres]
    promoted = {one.cadre_id: one.promotion for one in people if one.promotion and one.promotion.on.year >= year - 5}
    learned = _learned(promoted)
    return [
        replace(one, promotion=replace(one.promotion, learned=learned[one.cadre_id]))
        if one.promotion and one.cadre_id in learned
        else one
        for one in people
    ]


def _person(cadre: Cadre, bands: list[tuple[date, str]], reliefs: list[Relief]) -> Person:
    rose = rise(bands)
    return Person(
        cadre_id=cadre.pk,
        band=bands[-1][1] if bands else cadre.band,
        status=cadre.status,
        status_since=cadre.status_since,
        entered_on=cadre.entered_on,
        promotion=Promotion(*rose) if rose else None,
        reliefs=tuple(reliefs),
    )


def _bands(keys: Collection[UUID], on: date) -> Bands:
    """The bands that each person's primary appointments had, oldest first; those without level and rank say nothing."""
    posts = Appointment.objects.filter(cadre__in=keys, primary=True, since__lte=on).order_by("since")
    found: Bands = defaultdict(list)
    for who, since, level, rank in posts.values_list("cadre", "since", "post_level", "rank"):
        if band := band_of(level, rank):
            found[who].append((since, band))
    return found


def _reliefs(keys: Collection[UUID], year: int) -> Mapping[UUID, list[Relief]]:
    """Exemptions of any window that the year may lie in; what was granted to a double holds for the person."""
    window = (year - MOST_YEARS, year + MOST_YEARS)
    rows = Exemption.objects.filter(revoked_at=None, year__range=window).annotate(person=PERSON).filter(person__in=keys)
    found: dict[UUID, list[Relief]] = defaultdict(list)
    for who, of, code, share in rows.values_list("person", "year", "code", "share"):
        found[who].append(Relief(of, code, share))
    return found


def _learned(promoted: Mapping[UUID, Promotion]) -> Mapping[UUID, list[Learned]]:
    """What the promoted had learned before, day by day, their doubles' entries among it."""
    if not promoted:
        return {}
    entries = CreditEntry.objects.filter(Q(cadre__in=promoted) | Q(cadre__canonical__in=promoted))
    adds = {str(measure): Sum(what, default=0) for measure, what in OF_ENTRIES.items()}
    rows: Any = entries.annotate(person=PERSON).order_by().values("person", "on").annotate(**adds)
    found: dict[UUID, list[Learned]] = defaultdict(list)
    for row in rows:
        who, on = row["person"], row["on"]
        found[who] += [Learned(on, measure, row[measure]) for measure in adds if row[measure] and on < promoted[who].on]
    return found


def cadres_of(keys: Iterable[UUID] | None) -> list[Cadre]:
    """Those named, or everybody, with the columns that the rules ask for; merged doubles are nobody."""
    rows = Cadre.objects.filter(canonical=None).only(
        "pk", "band", "status", "status_since", "entered_on", "managing_authority"
    )
    return list(rows if keys is None else rows.filter(pk__in=list(keys)))
