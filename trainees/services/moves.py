"""Where a cadre serves and since when (人事变动): every move leaves the history of appointments as it was.

Unit, band and managing authority on the cadre's row are those of the primary appointment of today; doubles that were
merged into the cadre follow it, so that whoever sees the person sees all of the person's rows.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from core.audit import record
from core.operations import Refused, demand_current, demand_reason, intention
from organization.models import Account, Unit
from organization.roles import Role
from organization.services import authorities_of
from trainees.models import Appointment, Cadre
from trainees.rules.levels import band_of
from trainees.services.cadres import verify_cadres
from trainees.services.duties import assign_duties, years_from

Status = Cadre.Status


@dataclass(frozen=True, slots=True)
class Place:
    """Where and as what somebody serves; `authority` None keeps it while it covers the unit, else the nearest."""

    unit: Unit
    post: str = ""
    post_level: str = ""
    rank: str = ""
    authority: Unit | None = None

    def facts(self) -> dict[str, Any]:
        return {"unit": self.unit, "post": self.post, "post_level": self.post_level, "rank": self.rank}


@intention
def move_cadre(
    cadre: Cadre,
    *,
    unit: Unit,
    post: str,
    post_level: str,
    rank: str,
    since: date,
    managing_authority: Unit | None = None,
    actor: Account,
    seen: int | None = None,
) -> Appointment:
    """A new primary appointment from a day on; the one before ends the day before.

    Raises Refused for a day in the future, on or before the present appointment's first day, for a unit outside the
    actor's area and where nothing changes; Conflict when somebody was quicker than the page (`seen`).
    """
    held = hold(cadre, seen=seen)
    place = Place(unit, post.strip(), post_level.strip(), rank.strip(), managing_authority)
    authority = demand_place(held, place, since, actor=actor)
    demand_serving(held)
    before = told(held)
    end_appointment(held, place, authority, since)
    made = Appointment.objects.create(cadre=held, since=since, **place.facts())
    settle(held, place, authority)
    after = told(held) | _named(made) | {"since": since.isoformat()}
    record("cadre.move", actor=actor.pk, obj=held, unit_id=held.unit_id, before=before, after=after)
    duties_anew(held, since, actor=actor)
    return made


@intention
def correct_appointment(
    cadre: Cadre, place: Place, since: date, *, actor: Account, reason: str, seen: int | None = None
) -> Appointment:
    """What was entered wrongly of the present appointment is put right, with the reason; no new appointment begins."""
    held = hold(cadre, seen=seen)
    why = demand_reason(reason, "请写明更正的理由")
    authority = demand_place(held, place, since, actor=actor)
    present = appointment_of(held)
    if present is None:
        raise Refused(f"{held.name}没有现任职务可以更正，请按“任职变动”登记")
    former = appointments_of(held).filter(since__lt=present.since).first()
    if former and since <= former.since:
        raise Refused(f"上一段任职自{former.since:%Y年%-m月%-d日}起，现任职务的起始日期应晚于这一天")
    before = told(held) | _named(present) | {"since": present.since.isoformat()}
    if former and former.until and (former.until >= since or former.until == present.since - timedelta(days=1)):
        _until(former, since - timedelta(days=1))
    first, present.since = present.since, since
    for name, value in place.facts().items():
        setattr(present, name, value)
    present.save(update_fields=["unit", "post", "post_level", "rank", "since"])
    settle(held, place, authority)
    after = told(held) | _named(present) | {"since": since.isoformat()}
    record("cadre.correct", actor=actor.pk, obj=held, unit_id=held.unit_id, reason=why, before=before, after=after)
    duties_anew(held, min(first, since), actor=actor)
    return present


@intention
def change_status(
    cadre: Cadre, status: str, since: date, *, actor: Account, reason: str, seen: int | None = None
) -> Cadre:
    """Retired, died, left, seconded, or back in service, from a day on; who is gone holds no post from that day."""
    held = hold(cadre, seen=seen)
    demand_authority(held, actor)
    _demand_status(held, status, since, reason)
    before = {"status": held.status, "since": str(held.status_since or "")}
    if status in Cadre.GONE and (present := appointment_of(held)) is not None:
        if since < present.since:
            raise Refused(f"现任职务自{present.since:%Y年%-m月%-d日}起，{held.name}的状态日期不能早于这一天")
        _until(present, max(present.since, since - timedelta(days=1)))
    held.status, held.status_since, held.version = status, since, held.version + 1
    held.save(update_fields=["status", "status_since", "version"])
    Cadre.objects.filter(canonical=held).update(status=status, status_since=since)
    after = {"status": status, "since": since.isoformat()}
    record("cadre.status", actor=actor.pk, obj=held, unit_id=held.unit_id, reason=reason, before=before, after=after)
    duties_anew(held, since, actor=actor)
    return held


@intention
def verify_cadre(cadre: Cadre, *, actor: Account, seen: int | None = None) -> Cadre:
    """核实: who manages the cadre has compared this one with the file."""
    held = hold(cadre, seen=seen)
    demand_authority(held, actor)
    verify_cadres([held], actor=actor)
    return held


# ---- what every act on a person asks ----


def hold(cadre: Cadre, *, seen: int | None) -> Cadre:
    """The cadre's row, held and current; a merged double is not acted upon."""
    held = hold_person(cadre.pk)
    demand_current(seen, held.version, f"{held.name}的信息")
    if held.canonical_id is not None:
        raise Refused(f"这一条{held.name}已合并，不再变动；请在合并到的那一条上办理")
    return held


def hold_person(key: UUID) -> Cadre:
    """The row, held with the doubles merged into it in the order in which postings hold them.

    Held by themselves: joined to its unit, a row that moved while this waited for it would not be found any more.
    """
    rows = Cadre.objects.filter(Q(pk=key) | Q(canonical=key)).order_by("pk").select_for_update()
    return {row.pk: row for row in rows}[key]


def demand_authority(cadre: Cadre, actor: Account) -> None:
    """A cadre is moved by who manages them (干部管理权限)."""
    if not actor.access.covers(cadre.managing_authority.path, Role.STAFF):
        raise Refused(f"{cadre.name}由{cadre.managing_authority.name}管理，人事变动请由其办理")


def demand_serving(cadre: Cadre) -> None:
    if cadre.status in Cadre.GONE:
        raise Refused(f"{cadre.name}已{cadre.get_status_display()}，请先把状态改回在职，再登记任职变动")


def demand_place(cadre: Cadre, place: Place, since: date, *, actor: Account) -> Unit:
    """The authority that will manage the cadre; Refused where the actor may not send them there."""
    demand_authority(cadre, actor)
    if since > timezone.localdate():
        raise Refused("生效日期不能晚于今天：变动生效以后再登记")
    if place.unit.closed_on is not None and place.unit.closed_on <= since:
        raise Refused(f"{place.unit.name}已于{place.unit.closed_on:%Y年%-m月%-d日}撤销，不能任职到这个单位")
    if not actor.access.covers(place.unit.path, Role.STAFF):
        raise Refused(f"{place.unit.name}不在您的范围内，调往那里的变动由共同的上级组织部办理")
    return authority_for(cadre, place)


def authority_for(cadre: Cadre, place: Place) -> Unit:
    """Who manages the cadre in the new place. Raises Refused for one that does not stand above the unit."""
    chosen = place.authority
    if chosen is None:
        stays = place.unit.path.startswith(cadre.managing_authority.path)
        return cadre.managing_authority if stays else authorities_of([place.unit])[place.unit.pk]
    if not place.unit.path.startswith(chosen.path):
        raise Refused(f"{chosen.name}不是{place.unit.name}的上级，不能作为管理机关")
    return chosen


# ---- appointments ----


def appointments_of(cadre: Cadre) -> Any:
    """Primary appointments, the latest first."""
    rows = Appointment.objects.unscoped("posts of a cadre whom the caller fetched in scope")
    return rows.filter(cadre=cadre, primary=True).order_by("-since")


def appointment_of(cadre: Cadre) -> Appointment | None:
    """The primary appointment that has no end yet, or ends later than today."""
    today = timezone.localdate()
    rows = appointments_of(cadre).filter(Q(until=None) | Q(until__gte=today)).select_related("unit")
    found: Appointment | None = rows.first()
    return found


def end_appointment(cadre: Cadre, place: Place, authority: Unit, since: date) -> None:
    """The latest appointment ends the day before `since`. Raises Refused where it began later or says the same."""
    latest = appointments_of(cadre).first()
    if latest is None:
        return
    if since == latest.since:
        raise Refused(
            f"{cadre.name}自{since:%Y年%-m月%-d日}起已有一段任职，同一天不能再变动；如属登记错误，请用“更正登记错误”"
        )
    if since < latest.since:
        raise Refused(
            f"{cadre.name}的现任职务自{latest.since:%Y年%-m月%-d日}起，变动日期应晚于这一天；更早的经历不在这里补登"
        )
    same = all(getattr(latest, name) == value for name, value in place.facts().items())
    if same and latest.until is None and authority.pk == cadre.managing_authority_id:
        raise Refused("单位、职务、职务层次、职级和管理机关都没有变化，没有写入")
    if latest.until is None or latest.until >= since:
        _until(latest, since - timedelta(days=1))


def _until(appointment: Appointment, day: date) -> None:
    appointment.until = day
    appointment.save(update_fields=["until"])


def settle(cadre: Cadre, place: Place, authority: Unit) -> None:
    """The cadre's row says what the appointment says, and so do the doubles merged into it."""
    cadre.unit, cadre.managing_authority = place.unit, authority
    cadre.band, cadre.version = band_of(place.post_level, place.rank), cadre.version + 1
    cadre.save(update_fields=["unit", "managing_authority", "band", "version"])
    Cadre.objects.filter(canonical=cadre).update(unit=place.unit, managing_authority=authority, band=cadre.band)


def duties_anew(cadre: Cadre, since: date, *, actor: Account) -> None:
    """What the cadre has to learn follows, from the year of the change on."""
    for year in years_from(since.year):
        assign_duties([cadre.pk], year, actor=actor)


def told(cadre: Cadre) -> dict[str, Any]:
    return {"unit": str(cadre.unit_id), "authority": str(cadre.managing_authority_id), "band": cadre.band}


def _named(appointment: Appointment) -> dict[str, str]:
    return {"post": appointment.post, "post_level": appointment.post_level, "rank": appointment.rank}


def _demand_status(cadre: Cadre, status: str, since: date, reason: str) -> None:
    if status not in Status.values or status == cadre.status:
        raise Refused(f"{cadre.name}现在就是“{cadre.get_status_display()}”，没有变化")
    if since > timezone.localdate():
        raise Refused("状态的起始日期不能晚于今天")
    if cadre.status_since and since < cadre.status_since:
        raise Refused(f"现在的状态自{cadre.status_since:%Y年%-m月%-d日}起，新的状态不能早于这一天")
    if len(reason.strip()) < 2:
        raise Refused("请写明状态变动的依据，如文号")
