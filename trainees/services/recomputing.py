"""Credits computed anew after rules changed: a report first, then a batch of reversals and new entries that names it.

An open year's entries are reversed and awarded anew; a closed year keeps its figures, and the differences stand in its
adjustment period. Nothing is recomputed by itself: new rules hold for what is posted after them (DOMAIN.md §3).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from core.audit import record
from core.operations import Conflict, Refused, intention
from core.scope import unscoped
from organization.models import Account, Unit
from trainees.models import PERSON, CreditBalance, CreditEntry, LedgerYear, Recomputation, RuleSet
from trainees.services.rule_sets import adopt_shipped, demand_department
from trainees.services.settling import Order, Plan, plan_of
from trainees.services.standing import Award
from trainees.services.writing import write

SHOWN = 200
ZERO = Decimal(0)
COUNTS = ("changed", "reversed", "awarded")
KINDS = tuple(CreditEntry.Kind.values)


@dataclass(slots=True)
class Change:
    """How one person's credits of the year change, by kind."""

    before: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(KINDS, ZERO))
    after: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(KINDS, ZERO))

    def told(self) -> dict[str, list[str]]:
        return {kind: [str(self.before[kind]), str(self.after[kind])] for kind in KINDS}


def rehearse_recomputation(authority: Unit, year: int, *, actor: Account) -> dict[str, Any]:
    """What a recomputation would do now, as its report would say it; nothing is written, nothing is held.

    Raises Refused where the actor is not of the authority's department.
    """
    demand_department(authority, actor)
    with unscoped("figures of an authority whose department asks"):
        order = order_of(authority, year)
        return report_of(authority, year, order, plan_of(order, hold=False))


@intention
def recompute(
    authority: Unit, year: int, *, actor: Account, reason: str = "", shown: Mapping[str, Any] | None = None
) -> Recomputation:
    """Let a year's entries follow the rules in force. Raises Refused where nothing would change.

    `shown` is what a rehearsal has told (`essence`); where it would be something else by now, Conflict.
    """
    demand_department(authority, actor)
    order = order_of(authority, year)
    plan = plan_of(order)
    if not plan.come and not plan.gone:
        raise Refused(nothing_words(authority, year))
    report = report_of(authority, year, order, plan)
    _demand_shown(report, shown)
    made = Recomputation.objects.create(
        authority=authority, rule_set=rules_of(authority, year), year=year, actor_id=actor.pk, report=report
    )
    write(plan, actor_id=actor.pk, reason=reason or "规则变更重算", recomputation=made)
    after = {key: made.report[key] for key in ("people", "changed", "awarded", "reversed", "closed")}
    record("ledger.recompute", actor=actor.pk, obj=made, unit_id=authority.pk, reason=reason, after=after)
    return made


def nothing_words(authority: Unit, year: int) -> str:
    return f"按现行规则，{authority.name}{year}年的学分没有任何变化，不需要重算"


def essence(report: Mapping[str, Any]) -> dict[str, Any]:
    """What a report says will change, without what stands beside it: that moves with every posting of an open year."""
    gain = {kind: Decimal(report["after"][kind]) - Decimal(report["before"][kind]) for kind in KINDS}
    return {name: report[name] for name in COUNTS} | {"gain": {kind: f"{gain[kind]:+.2f}" for kind in KINDS}}


def _demand_shown(report: Mapping[str, Any], shown: Mapping[str, Any] | None) -> None:
    if shown is not None and (now := essence(report)) != shown:
        told = f"核对时{_counted(shown)}，现在{_counted(now)}"
        raise Conflict(f"核对之后台账或规则有了变化（{told}），没有写入任何内容；请重新核对")


def _counted(told: Mapping[str, Any]) -> str:
    gain = "、".join(f"{label}{told['gain'][kind]}" for kind, label in CreditEntry.Kind.choices)
    return f"冲销 {told['reversed']} 笔、入账 {told['awarded']} 笔、{told['changed']} 人有变化，{gain} 学分"


def order_of(authority: Unit, year: int) -> Order:
    """The year of everybody with entries of the authority, and of those below it that have no rules of their own."""
    under = _authorities_under(authority, year)
    entries = CreditEntry.objects.live().filter(authority__in=under, year=year)
    cadres = frozenset(entries.values_list("cadre", flat=True).distinct())

    def renewed(award: Award) -> bool:
        return award.stamp.authority_id in under

    return Order(cadres=cadres, years=frozenset([year]), renewed=renewed)


def _authorities_under(authority: Unit, year: int) -> set[UUID]:
    found = CreditEntry.objects.filter(authority__path__startswith=authority.path, year=year)
    apart = RuleSet.objects.filter(unit__path__startswith=authority.path).exclude(unit=authority)
    for path in apart.values_list("unit__path", flat=True).distinct():
        found = found.exclude(authority__path__startswith=path)
    return set(found.values_list("authority", flat=True).distinct())


def rules_of(authority: Unit, year: int) -> RuleSet:
    """The version in force on the year's last day."""
    adopt_shipped(authority.get_root())
    found = RuleSet.objects.in_force(authority, date(year, 12, 31)).first()
    if found is None:
        raise Refused(f"{authority.name}{year}年没有生效的换算规则，请先启用")
    return found


def report_of(authority: Unit, year: int, order: Order, plan: Plan) -> dict[str, Any]:
    """Counts, sums before and after, the first differences by person (keys only: reports are never rewritten)."""
    changes = _changes(plan)
    before = _sums(plan.persons.root, year)
    difference = {kind: sum((one.after[kind] - one.before[kind] for one in changes.values()), ZERO) for kind in KINDS}
    whole = {kind: sum((sums[kind] for sums in before.values()), ZERO) for kind in KINDS}
    named = _named(changes, before)
    return {
        "year": year,
        "people": len(set(plan.persons.root.values())),
        "changed": len(named),
        "awarded": len(plan.come),
        "reversed": len(plan.gone),
        "unchanged": plan.stay,
        "closed": _is_closed(authority, year),
        "before": {kind: str(whole[kind]) for kind in KINDS},
        "after": {kind: str(whole[kind] + difference[kind]) for kind in KINDS},
        "differences": [{"cadre": str(key), **change.told()} for key, change in named[:SHOWN]],
        "more": max(len(named) - SHOWN, 0),
        "words": _words(authority, year, len(named)),
    }


def _changes(plan: Plan) -> dict[UUID, Change]:
    """What goes and what comes, by person."""
    found: dict[UUID, Change] = defaultdict(Change)
    for award in plan.gone:
        found[plan.persons.root[award.cadre_id]].before[award.kind] += award.credits
    for wish, counted in plan.come:
        found[wish.cadre_id].after[counted.kind] += counted.credits
    return found


def _sums(root: dict[UUID, UUID], year: int) -> dict[UUID, dict[str, Decimal]]:
    """Credits of the year by person, adjustments included."""
    rows = CreditBalance.objects.filter(cadre__in=root.keys(), year=year).order_by()
    sums = rows.values_list(PERSON).annotate(Sum("required"), Sum("elective"))
    found = {person: {"required": required, "elective": elective} for person, required, elective in sums}
    return {person: found.get(person, dict.fromkeys(KINDS, ZERO)) for person in set(root.values())}


def _named(changes: dict[UUID, Change], before: dict[UUID, dict[str, Decimal]]) -> list[tuple[UUID, Change]]:
    """Persons whose sums change, with the year's whole sums, the largest difference first."""
    named = []
    for person, change in changes.items():
        moved = {kind: change.after[kind] - change.before[kind] for kind in KINDS}
        if any(moved.values()):
            whole = before[person]
            after = {kind: whole[kind] + moved[kind] for kind in KINDS}
            named.append((sum(map(abs, moved.values())), person, Change(whole, after)))
    return [(person, change) for _, person, change in sorted(named, key=lambda row: (-row[0], row[1]))]


def _is_closed(authority: Unit, year: int) -> bool:
    return LedgerYear.objects.closed(year).filter(authority=authority).exists()


def _words(authority: Unit, year: int, people: int) -> str:
    how = "已经结账，结账数不变，差额记入调整期" if _is_closed(authority, year) else "未结账，原记录冲销后重新入账"
    return f"{authority.name}{year}年{how}；{people} 人的学分有变化"
