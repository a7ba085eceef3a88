"""Closing a year of an authority's ledger (年度结账): checklist, carry-over, figures as they stand, and what comes late.

A year is closed by the department that manages the cadres, once, in order, after it has ended. The surplus of required
credits over what the year asked goes into the next year's electives (DOMAIN.md §3), once for each cadre and year: what
is posted later stands in the adjustment period and carries nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from core.amounts import plain
from core.audit import record
from core.operations import Refused, intention
from organization.models import Account, Unit
from organization.roles import Role
from trainees.models import PERSON, Cadre, CadreQuerySet, CreditBalance, CreditEntry, Duty, LedgerYear, RuleSet
from trainees.rules.credits import Learning, credit_year, surplus
from trainees.rules.rule_book import RuleBook
from trainees.services.ledger import post
from trainees.services.rule_sets import shipped_rules
from trainees.services.year_checks import Check, blocked, demand_ready, warned, year_checks

NONE = Decimal(0)
WHY = "figures of an authority's year; the caller found the authority in scope"


@dataclass(frozen=True, slots=True)
class Carry:
    """Required credits of one cadre beyond what the year asked of them, and what the rules make of them next year."""

    learning: Learning
    credits: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """What closing would do, before it is done."""

    checks: Sequence[Check]
    figures: dict[str, Any]

    @property
    def blocked(self) -> list[Check]:
        return blocked(self.checks)

    @property
    def warned(self) -> list[Check]:
        return warned(self.checks)


def may_close(user: Account, authority: Unit) -> bool:
    """Department staff of the authority, or of an area it lies in (a grant flows down)."""
    return user.access.covers(authority.path, Role.STAFF)


def people_of(authority: Unit) -> CadreQuerySet:
    """Whose ledger the authority keeps: the cadres it manages, merged doubles left out."""
    return Cadre.objects.unscoped(WHY).filter(managing_authority=authority, canonical=None)


def carriers_of(authority: Unit, year: int) -> QuerySet[Cadre]:
    """Whom it manages, and who learned with it and has gone to one that has closed the year: nobody else carries theirs."""
    closed = LedgerYear.objects.closed(year).values("authority")
    learned = entries_of(authority, year).filter(adjustment=False).values(person=PERSON)
    gone = Q(managing_authority__in=closed, pk__in=learned)
    return Cadre.objects.unscoped(WHY).filter(Q(managing_authority=authority) | gone, canonical=None)


def carries(authority: Unit, year: int) -> list[Carry]:
    """Who carries required credits into the next year's electives; four queries, however many cadres.

    Only where the year asks for required credits: without a requirement there is no surplus. Who was exempted from a
    part carries what exceeds the rest. The next year's rules say what a carried credit is worth.
    """
    asked, earned = required_of(authority, year), sums_of(authority, year)
    already = set(carried_from(year).values_list(PERSON, flat=True))
    book = rules_on(authority, date(year + 1, 1, 1))
    found = []
    for who in sorted(asked.keys() - already, key=str):
        learning = _carried(who, year, surplus(earned.get(who, NONE), asked[who]))
        credits = credit_year([(learning, book)])[0].credits
        found += [Carry(learning, credits)] if credits else []
    return found


def required_of(authority: Unit, year: int) -> dict[UUID, Decimal]:
    """Required credits that the year asks, by cadre; nothing of whom it exempts."""
    rows = Duty.objects.unscoped(WHY).filter(
        year=year, measure=Duty.Measure.REQUIRED, by_entries=False, since__year=year,
        cadre__in=carriers_of(authority, year),
    )  # fmt: skip
    values = rows.values_list("cadre", "amount", "exempt")
    return {who: NONE if exempt else amount for who, amount, exempt in values}


def rules_on(authority: Unit, day: date) -> RuleBook:
    """The rules in force, read only: who posts writes down the shipped ones where there are none yet."""
    row = RuleSet.objects.in_force(authority, day).first()
    return RuleBook.read(row.rules if row else shipped_rules())


def _carried(who: UUID, year: int, left: Decimal) -> Learning:
    """A source of its own for each cadre and year, so that it is in the ledger once."""
    return Learning(
        cadre_id=who, on=date(year + 1, 1, 1), channel=CreditEntry.Channel.CARRY, hours=left, days=NONE,
        title=f"{year}年度必修学分结转", source_kind=CreditEntry.Source.CARRY, source_id=uuid5(who, f"carry {year}"),
        part=year,
    )  # fmt: skip


def carried_from(year: int) -> QuerySet[CreditEntry]:
    """Carry-overs out of a year, whoever's: a cadre who moves between two closings has theirs already."""
    return CreditEntry.objects.unscoped(WHY).live().filter(source_kind=CreditEntry.Source.CARRY, part=year)


def sums_of(authority: Unit, year: int) -> dict[UUID, Decimal]:
    """Required credits of the year by person, adjustments left out; a merged double counts for who lives on."""
    rows = CreditBalance.objects.unscoped(WHY).filter(year=year, adjustment=False)
    people = carriers_of(authority, year)
    rows = rows.filter(Q(cadre__in=people) | Q(cadre__canonical__in=people))
    return dict(rows.order_by().values_list(PERSON).annotate(total=Sum("required")))


def preview_year(authority: Unit, year: int, on: date, *, more: Iterable[Check] = ()) -> Preview:
    """The checklist, with what other apps add, and the figures as they stand now."""
    return Preview([*year_checks(authority, year, on), *more], figures_of(authority, year))


def figures_of(authority: Unit, year: int) -> dict[str, Any]:
    """People, what they learned, each requirement's state, what is carried over: numbers for people, as text."""
    carried = carries(authority, year)
    return {
        "people": people_of(authority).in_service().count(),
        "entries": entries_of(authority, year).filter(adjustment=False).count(),
        "learned": _learned(authority, year),
        "requirements": _requirements(authority, year),
        "carry": {"people": len(carried), "credits": plain(sum((row.credits for row in carried), NONE))},
    }


SUMS = ("off_job_days", "off_job_hours", "online_hours", "other_hours", "required", "elective")


def _learned(authority: Unit, year: int) -> dict[str, str]:
    rows = CreditBalance.objects.unscoped(WHY).filter(year=year, adjustment=False)
    rows = rows.filter(Q(cadre__in=people_of(authority)) | Q(cadre__canonical__in=people_of(authority)))
    found = rows.aggregate(**{name: Sum(name) for name in SUMS})
    return {name: plain(found[name] or NONE) for name in SUMS}


def _requirements(authority: Unit, year: int) -> list[dict[str, Any]]:
    """For each requirement that is due: how many it holds for, how many met it, how many are exempt."""
    rows = Duty.objects.unscoped(WHY).filter(year=year, due__lte=date(year, 12, 31), cadre__in=people_of(authority))
    counted = rows.with_standing().order_by("code").values("code", "name").annotate(
        asked=Count("pk", filter=Q(exempt=False)), met_by=Count("pk", filter=Q(exempt=False, met=True)),
        exempted=Count("pk", filter=Q(exempt=True)),
    )  # fmt: skip
    return [
        {
            "code": one["code"],
            "name": one["name"],
            "asked": one["asked"],
            "met": one["met_by"],
            "exempt": one["exempted"],
        }
        for one in counted
    ]


def entries_of(authority: Unit, year: int) -> QuerySet[CreditEntry]:
    return CreditEntry.objects.unscoped(WHY).filter(authority=authority, year=year)


@intention
def close_year(
    authority: Unit, year: int, *, actor: Account, on: date, more: Iterable[Check] = (), accepted: bool = False
) -> LedgerYear:
    """Close it: post the carry-over, write the figures, close. Raises Refused, and then nothing was written.

    The row is held while this runs: postings that are under way are waited for, later ones meet a closed year.
    `accepted` says that somebody read the warnings and closes all the same.
    """
    demand_keeper(authority, actor)
    held = hold_year(authority, year)
    demand_open(held)
    preview = preview_year(authority, year, on, more=more)
    demand_ready(preview.checks, year, accepted)
    post([row.learning for row in carries(authority, year)], actor=actor, reason=f"{year}年度结账")
    held.closed_at, held.closed_by_id = timezone.now(), actor.pk
    told = {"closed_on": str(on), "accepted": [f"{one.label} {one.open} 件" for one in preview.warned]}
    held.figures = preview.figures | told
    held.save(update_fields=["closed_at", "closed_by_id", "figures"])
    record("ledger_year.close", actor=actor.pk, obj=held, unit_id=authority.pk, after=_told(held))
    return held


def hold_year(authority: Unit, year: int) -> LedgerYear:
    """The year's row, held; made where nothing was posted yet. Who comes second waits for the first."""
    LedgerYear.objects.bulk_create([LedgerYear(authority=authority, year=year)], ignore_conflicts=True)
    return LedgerYear.objects.select_for_update().get(authority=authority, year=year)


def demand_keeper(authority: Unit, actor: Account) -> None:
    if not may_close(actor, authority):
        raise Refused(f"不能结{authority}的账：年度结账由管理这些干部的组织部干部教育科办理")


def demand_open(row: LedgerYear) -> None:
    if row.closed_at is not None:
        day = timezone.localdate(row.closed_at)
        raise Refused(f"{row.authority}{row.year}年已于{day:%Y年%-m月%-d日}结账，不能再结")


def _told(held: LedgerYear) -> dict[str, Any]:
    return {"year": held.year, "people": held.figures["people"], "carry": held.figures["carry"]}
