"""Posts that are over, and posts beside the primary one (兼职): entered and put right.

The primary post of today goes by `trainees.services.moves` or the roster: unit, band and authority follow from it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from core.audit import record
from core.operations import Refused, intention, last_word
from organization.models import Account
from trainees.models import Appointment, Cadre
from trainees.services.moves import Place, demand_authority, duties_anew, hold

OVERLAP = {"appointment_one_primary": "这一时段已有另一段主职任职，主职的时段不能重叠"}
TODAYS = "现任主职不由这里增加或结束：请在干部页办理“任职变动”，或导入花名册"


@dataclass(frozen=True, slots=True)
class Served:
    """A post with its period; `until` None only beside the primary post."""

    place: Place
    since: date
    until: date | None
    primary: bool


@intention
def add_post(cadre: Cadre, served: Served, *, actor: Account) -> Appointment:
    """Raises Refused for the primary post of today, a period that is none, and primary posts that overlap."""
    held = hold(cadre, seen=None)
    demand_authority(held, actor)
    _demand_period(served)
    with last_word(OVERLAP):
        made = Appointment.objects.create(
            cadre=held, since=served.since, until=served.until, primary=served.primary, **served.place.facts()
        )
    record("appointment.add", actor=actor.pk, obj=made, unit_id=held.unit_id, after=_told(made))
    _follow(made, actor=actor)
    return made


@intention
def correct_post(appointment: Appointment, served: Served, *, actor: Account) -> Appointment:
    """Level, rank or end of a post that is over, or beside the primary one."""
    cadre = hold(appointment.cadre, seen=None)
    demand_authority(cadre, actor)
    held = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if is_todays(held.primary, held.until) or held.primary != served.primary:
        raise Refused(TODAYS)
    _demand_period(served)
    before = _told(held)
    held.post_level, held.rank, held.until = served.place.post_level, served.place.rank, served.until
    with last_word(OVERLAP):
        held.save(update_fields=["post_level", "rank", "until"])
    record(
        "appointment.correct", actor=actor.pk, obj=held, unit_id=cadre.unit_id, before=before, after=_told(held)
    )  # fmt: skip
    _follow(held, actor=actor)
    return held


def is_todays(primary: bool, until: date | None) -> bool:
    """Whether a post is the primary one of today."""
    return primary and (until is None or until >= timezone.localdate())


def _demand_period(served: Served) -> None:
    if is_todays(served.primary, served.until):
        raise Refused(TODAYS)
    if served.since > timezone.localdate():
        raise Refused("任职时间不能晚于今天")
    if served.until is not None and served.until < served.since:
        raise Refused("免职时间不能早于任职时间")
    closed = served.place.unit.closed_on
    if closed is not None and closed <= served.since:
        raise Refused(f"{served.place.unit.name}已于 {closed} 撤销，不能任职到这个单位")


def _follow(appointment: Appointment, *, actor: Account) -> None:
    """A promotion counts from earlier posts too: this year's duties and the last's follow; years before are over."""
    if appointment.primary:
        first = max(appointment.since, date(timezone.localdate().year - 1, 1, 1))
        duties_anew(appointment.cadre, first, actor=actor)


def _told(one: Appointment) -> dict[str, Any]:
    facts = {"unit": str(one.unit_id), "post": one.post, "post_level": one.post_level, "rank": one.rank}
    return facts | {"since": str(one.since), "until": str(one.until or ""), "primary": one.primary}
