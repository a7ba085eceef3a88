"""Who it is, and the posts they held."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from core.idnumber import birth_date
from reports.gathering.archive.sight import Sight
from reports.papers.archive import Person, Posting
from trainees.models import Appointment, Cadre


def owners_of(cadres: Sequence[Cadre]) -> dict[UUID, UUID]:
    """Every row of these people, doubles that were merged into them too, with the row that lives on; one query."""
    keys = [cadre.pk for cadre in cadres]
    doubles = Cadre.objects.unscoped("doubles of people fetched in scope").filter(canonical__in=keys)
    merged = {key: owner for key, owner in doubles.values_list("pk", "canonical") if owner}
    return {key: key for key in keys} | merged


def postings_of(owners: Mapping[UUID, UUID], sight: Sight) -> dict[UUID, list[Posting]]:
    """The latest first; one query."""
    rows = sight.rows(Appointment).filter(cadre__in=owners).select_related("unit").order_by("-since", "-primary", "pk")
    found: dict[UUID, list[Posting]] = {}
    for row in rows:
        line = Posting(row.unit.name, row.post, row.post_level, row.rank, row.since, row.until, row.primary)
        found.setdefault(owners[row.cadre_id], []).append(line)
    return found


def person_of(cadre: Cadre, postings: Sequence[Posting], sight: Sight, on: date) -> Person:
    """The primary post of the day; what says more than unit, post and level is for the department and the person."""
    held = [one for one in postings if one.primary and one.since <= on and (one.until is None or one.until >= on)]
    now = held[0] if held else None
    shared = {
        "key": cadre.pk,
        "name": cadre.name,
        "unit": cadre.unit.name,
        "authority": cadre.managing_authority.name,
        "status": cadre.get_status_display(),
        "post": now.post if now else "",
        "post_level": now.post_level if now else "",
        "rank": now.rank if now else "",
        "band": cadre.get_band_display() if cadre.band else "",
    }
    return Person(**shared, **(_more(cadre) if sight.whole else {}))  # type: ignore[arg-type]


def _more(cadre: Cadre) -> dict[str, object]:
    return {
        "sex": cadre.get_sex_display() if cadre.sex else "",
        "ethnic_group": cadre.ethnic_group,
        "political_status": cadre.political_status,
        "masked": cadre.masked_id_number if cadre.id_number_sealed else "",
        "party_since": cadre.party_since,
        "work_since": cadre.work_since,
        "unverified": cadre.unverified,
    }


def born_in(cadre: Cadre) -> str:
    """1985年6月, for the register form; "" for who was forgotten."""
    day = birth_date(cadre.open_id_number()) if cadre.id_number_sealed else None
    return f"{day.year}年{day.month}月" if day else ""
