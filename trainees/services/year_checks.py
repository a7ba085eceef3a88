"""The checklist before a year of an authority's ledger is closed: what forbids it, and what has to be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from core.operations import Refused
from organization.models import Unit
from trainees.models import FrozenYear, LedgerYear, Recognition
from trainees.rules.recognition import BY_DAYS

WHY = "what stands in the way of closing an authority's year; the caller found the authority in scope"
WAITING = {
    Recognition.State.VETTED: ("待组织部确认的学分认定", True, "请先确认或退回，否则只能记入调整期"),
    Recognition.State.FILED: ("待单位审核的学分认定", False, "结账后确认的记入调整期"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the checklist: what was looked at, how many are open, whether that forbids closing, what to do."""

    code: str
    label: str
    open: int
    blocks: bool
    words: str

    @property
    def done(self) -> bool:
        return self.open == 0


def blocked(checks: Iterable[Check]) -> list[Check]:
    return [check for check in checks if check.blocks and not check.done]


def warned(checks: Iterable[Check]) -> list[Check]:
    return [check for check in checks if not check.blocks and not check.done]


def year_checks(authority: Unit, year: int, on: date) -> list[Check]:
    """What this app knows of; classes are asked by training (training.services.years)."""
    before = LedgerYear.objects.filter(authority=authority, year__lt=year, closed_at=None).order_by("year")
    open_years = list(before.values_list("year", flat=True))
    named = "、".join(f"{one}年" for one in open_years)
    checks = [
        Check("over", f"{year}年已经结束", int(on.year <= year), True, f"{year + 1}年1月1日起可以结账"),
        Check("before", "以前年度已结账", len(open_years), True, f"请先结{named}的账" if named else ""),
    ]
    waiting = [_waiting(authority, year, state, *words) for state, words in WAITING.items()]
    return [*checks, *waiting, _frozen(authority, year)]


def _frozen(authority: Unit, year: int) -> Check:
    """Whose figures differ are not closed; the carry-over goes into the next year."""
    rows = FrozenYear.objects.unscoped(WHY).standing().filter(cadre__managing_authority=authority)
    count = rows.filter(year__in=(year, year + 1)).count()
    return Check("frozen", "没有因核对差异冻结的台账", count, True, "请在“台账年度”页查明并解除冻结")


def _waiting(authority: Unit, year: int, state: str, label: str, blocks: bool, words: str) -> Check:
    return Check(f"recognition_{state}", label, filed_of(authority, year).filter(state=state).count(), blocks, words)


def filed_of(authority: Unit, year: int) -> QuerySet[Recognition]:
    """What was filed of the year's learning for whom the authority manages, whatever has become of it."""
    rows = Recognition.objects.unscoped(WHY).filter(cadre__managing_authority=authority)
    split = Q(channel__in=BY_DAYS, since__year__lte=year, until__year__gt=year)
    return rows.filter(Q(until__year=year) | split)


def demand_ready(checks: Sequence[Check], year: int, accepted: bool) -> None:
    """Raises Refused with what forbids closing, or has to be acknowledged and was not."""
    if forbidding := blocked(checks):
        lines = "；".join(f"{one.label}：{one.words}（{one.open} 件）" for one in forbidding)
        raise Refused(f"{year}年还不能结账：{lines}")
    if (owed := warned(checks)) and not accepted:
        lines = "；".join(f"{one.label} {one.open} 件" for one in owed)
        raise Refused(f"{year}年结账前请看清：{lines}。仍要结账的，请勾选“已知悉”")
