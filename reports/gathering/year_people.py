"""What each cadre learned in a year that is being closed, as their statement says it: thousands of people, in portions."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from core.amounts import plain
from organization.models import Unit
from reports.models import ArchivePaper
from trainees.models import PERSON, Appointment, Cadre, CreditEntry, Duty, Exemption
from trainees.models.duties import unit_of
from trainees.services.years import carried_from, people_of
from training.models import Enrolment
from training.rules.attainment import AHEAD, Ahead, state_of

WHY = "statements of an authority's year, written while it is closed"
PORTION = 1000  # people held at a time
NONE = Decimal(0)
FAILED = ("不合格", "退学")
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PersonYear:
    """One cadre's year: `facts` are kept with the statement, `unit`, `off_job`, `online` hours and `less` go into the
    unit's: how much less is asked of them, without the kind, which may be an illness.
    """

    cadre_id: UUID
    unit: Unit
    facts: Facts
    off_job: Decimal
    online: Decimal
    less: str = ""

    @property
    def missing(self) -> list[str]:
        """What they lack, requirement by requirement: 脱产培训差12.5学时（或2天）."""
        return [f"{one['name']}差{one['missing']}" for one in self.facts["requirements"] if one["state"] == "missing"]


@dataclass
class Rows:
    """What was found of a portion, by person."""

    posts: dict[UUID, str] = field(default_factory=dict)
    entries: dict[UUID, list[CreditEntry]] = field(default_factory=lambda: defaultdict(list))
    duties: dict[UUID, list[Facts]] = field(default_factory=lambda: defaultdict(list))
    exemptions: dict[UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    less: dict[UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    carried: dict[UUID, Decimal] = field(default_factory=dict)
    failed: dict[UUID, list[str]] = field(default_factory=lambda: defaultdict(list))


def people_years(authority: Unit, year: int) -> Iterator[PersonYear]:
    """Everybody who serves or was asked for something that year, unit by unit; seven queries a thousand.

    The carry-over has been posted. Whom another authority has told already, before they moved, is told once.
    """
    asked = Duty.objects.unscoped(WHY).filter(year=year).values("cadre")
    told = ArchivePaper.objects.unscoped(WHY).filter(kind=ArchivePaper.Kind.CADRE_STATEMENT, year=year)
    whose = ~Q(status__in=Cadre.GONE) | Q(pk__in=asked)
    people = people_of(authority).filter(whose).exclude(pk__in=told.values("cadre"))
    keys = list(people.order_by("unit__path", "pinyin", "pk").values_list("pk", flat=True))
    for begin in range(0, len(keys), PORTION):
        yield from _portion(keys[begin : begin + PORTION], year)


def _portion(keys: Sequence[UUID], year: int) -> Iterator[PersonYear]:
    cadres = Cadre.objects.unscoped(WHY).select_related("unit").in_bulk(keys)
    rows = _rows(keys, year)
    for key in keys:
        entries = rows.entries[key]
        facts = {
            "unit": cadres[key].unit.name,
            "post": rows.posts.get(key, ""),
            "carry": plain(rows.carried.get(key, NONE)),
            "requirements": rows.duties[key],
            "exemptions": rows.exemptions[key],
            "failed": rows.failed[key],
            "channels": _channels(entries),
            "classes": [_class(one) for one in entries if one.source_kind == CreditEntry.Source.CLASS],
            "required": _sum(one.credits for one in entries if one.kind == CreditEntry.Kind.REQUIRED),
            "elective": _sum(one.credits for one in entries if one.kind == CreditEntry.Kind.ELECTIVE),
        }
        off_job, online = (_hours(entries, channel) for channel in ("off_job", "online"))
        yield PersonYear(key, cadres[key].unit, facts, off_job, online, "；".join(rows.less[key]))


def _rows(keys: Sequence[UUID], year: int) -> Rows:
    """What stands in the ledger and beside it: awards that nobody reversed, adjustments left out."""
    rows, last = Rows(), date(year, 12, 31)
    posts = Appointment.objects.unscoped(WHY).on(last).filter(cadre__in=keys, primary=True)
    rows.posts.update({one.cadre_id: one.post for one in posts})
    entries = CreditEntry.objects.unscoped(WHY).live().filter(year=year, adjustment=False)
    for one in _of(entries, keys).order_by("on", "id"):
        rows.entries[one.person].append(one)
    duties = Duty.objects.unscoped(WHY).filter(cadre__in=keys, year=year).with_standing().order_by("code")
    for duty in duties:
        rows.duties[duty.cadre_id].append(_requirement(duty))
    for carry in _of(carried_from(year), keys):
        rows.carried[carry.person] = rows.carried.get(carry.person, NONE) + carry.credits
    exemptions = Exemption.objects.unscoped(WHY).filter(year=year, revoked_at=None)
    for less in _of(exemptions, keys).order_by("id"):
        rows.less[less.person].append(f"减免{less.share}%")
        rows.exemptions[less.person].append(f"{less.get_kind_display()}，减免{less.share}%")
    classes = Enrolment.objects.unscoped(WHY).filter(grade__in=FAILED, training_class__end__year=year)
    for seat in _of(classes, keys).select_related("training_class").order_by("since", "pk"):
        rows.failed[seat.person].append(f"{seat.training_class.name}（{seat.grade}）")
    return rows


def _of(rows: QuerySet[Any], keys: Sequence[UUID]) -> QuerySet[Any]:
    return rows.filter(Q(cadre__in=keys) | Q(cadre__canonical__in=keys)).annotate(person=PERSON)


def _requirement(duty: Duty) -> Facts:
    """A duty as people read it; amounts as text with their units. What is not due yet (五年, 提任补训) is running."""
    late = duty.due <= date(duty.year, 12, 31)
    state = "exempt" if duty.exempt else "met" if duty.met else "missing" if late else "running"
    return {
        "code": duty.code,
        "name": duty.name,
        "asked": _either(duty, duty.amount, duty.other_amount),
        "done": _either(duty, duty.done, duty.other_done, joint="、"),
        "missing": _either(duty, duty.amount - duty.done, (duty.other_amount or NONE) - (duty.other_done or NONE)),
        "state": state,
        "paced": state == "running" and state_of(duty, Ahead(), date(duty.year, 12, 31)) == AHEAD,
        "note": duty.note,
    }


def _either(duty: Duty, amount: Decimal, other: Decimal | None, joint: str = "或") -> str:
    """90学时或12天."""
    first = f"{plain(amount)}{unit_of(duty.measure)}"
    if not duty.other_measure or other is None:
        return first
    return f"{first}{joint}{plain(other)}{unit_of(duty.other_measure)}"


def _channels(entries: Sequence[CreditEntry]) -> list[Facts]:
    """Each channel that there is: how often, days, hours, credits."""
    found = []
    for channel in CreditEntry.Channel:
        own = [one for one in entries if one.channel == channel]
        if own:
            sums = {name: _sum(getattr(one, name) for one in own) for name in ("days", "hours", "credits")}
            found.append({"name": channel.label, "times": len(own), **sums})
    return found


def _class(one: CreditEntry) -> Facts:
    return {"title": one.title, "on": str(one.on), "hours": plain(one.hours), "credits": plain(one.credits)}


def _hours(entries: Sequence[CreditEntry], channel: str) -> Decimal:
    return sum((one.hours for one in entries if one.channel == channel), NONE)


def _sum(values: Any) -> str:
    return plain(sum(values, NONE))
