"""学习任务减免: granted by the department with a reason and a proof, taken back with a reason; duties follow at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from core.audit import record
from core.files import keep
from core.operations import Refused, demand_current, intention, last_word
from core.pictures import Upload
from organization.models import Account
from organization.roles import Role
from trainees.models import Cadre, Duty, Exemption, LedgerYear
from trainees.services.duties import assign_duties

TWICE = {"exemption_once": "该干部这一年度的这项要求已有减免，没有重复登记；比例不对的，先撤销原来的"}


@dataclass(frozen=True, slots=True)
class ExemptionFacts:
    """A year, a requirement ("" is all of them), why (a kind and a sentence), how much of it in per cent, a proof."""

    year: int
    code: str
    kind: str
    share: int
    reason: str
    proof: Upload | None = None


@intention
def grant_exemption(cadre: Cadre, facts: ExemptionFacts, *, actor: Account) -> Exemption:
    """Raises Refused where the actor's department does not manage the cadre, for oneself, where the year is closed, or one
    for the same year and requirement is in force.
    """
    _demand_manages(cadre, actor)
    _demand_open(cadre, facts.year)
    with last_word(TWICE):
        made = Exemption.objects.create(
            cadre=cadre,
            year=facts.year,
            code=facts.code,
            kind=facts.kind,
            share=facts.share,
            reason=facts.reason,
            file=keep(facts.proof.data) if facts.proof else None,
            actor_id=actor.pk,
        )
    record(
        "exemption.grant", actor=actor.pk, obj=made, unit_id=cadre.unit_id, after=_told(made)
    )  # fmt: skip
    _follow(cadre, facts.year, actor=actor)
    return made


@intention
def revoke_exemption(
    exemption: Exemption, *, actor: Account, reason: str, seen: int | None = None
) -> Exemption:  # fmt: skip
    """What was asked is asked again; the row stays, with who took it back and why."""
    held = Exemption.objects.select_for_update(of=("self",)).select_related("cadre").get(pk=exemption.pk)
    demand_current(seen, held.version, "这项减免")
    if held.revoked_at is not None:
        raise Refused("这项减免已经撤销，没有再办理")
    _demand_manages(held.cadre, actor)
    _demand_open(held.cadre, held.year)
    held.revoked_at, held.revoke_reason, held.version = timezone.now(), reason.strip()[:200], held.version + 1
    held.save(update_fields=["revoked_at", "revoke_reason", "version"])
    record(
        "exemption.revoke", actor=actor.pk, obj=held, unit_id=held.cadre.unit_id, reason=reason, before=_told(held)
    )  # fmt: skip
    _follow(held.cadre, held.year, actor=actor)
    return held


def _demand_manages(cadre: Cadre, actor: Account) -> None:
    """Who asks something of a cadre lets them off: the department that manages them, not that of the place of work, and
    nobody themselves.
    """
    if not actor.access.covers(cadre.managing_authority.path, Role.STAFF):
        raise Refused(f"{cadre.name}由{cadre.managing_authority.name}管理，减免请由其办理")
    if actor.pk in cadre.accounts:
        raise Refused("这是您本人的学习任务，减免请由组织部干部教育科的其他同志办理")


def _demand_open(cadre: Cadre, year: int) -> None:
    if LedgerYear.objects.closed(year).filter(authority=cadre.managing_authority_id).exists():
        raise Refused(f"{year}年度已结账，学习任务不能再减免或恢复；确有必要的，在下一年度办理")


def _follow(cadre: Cadre, year: int, *, actor: Account) -> None:
    """The duties of that year, and of every later list that a window of several years reaches into."""
    later: Iterable[int] = Duty.objects.filter(cadre=cadre, year__gte=year).values_list("year", flat=True)
    for one in sorted({year, *later}):
        assign_duties([cadre.pk], one, actor=actor)


def _told(exemption: Exemption) -> dict[str, object]:
    """Without the reason, which may tell of somebody's health."""
    return {
        "cadre": str(exemption.cadre_id), "year": exemption.year, "code": exemption.code, "share": exemption.share,
    }  # fmt: skip
