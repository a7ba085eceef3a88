"""A cadre's year in which a check found a difference takes no posting until the department has looked (REL-02)."""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Coalesce
from django.utils import timezone

from core.audit import entry, record, record_many
from core.operations import Refused, demand_reason, intention
from organization.models import Account
from organization.roles import Role
from trainees.models import Cadre, FrozenYear
from trainees.services.standing import PersonYear

logger = logging.getLogger("portal.alarm")
NAMED = 5
NOT_POSTED = "的台账核对有差异，已冻结，本次没有入账；请管理该干部的组织部在“台账年度”页查明并解除冻结，再重新办理"


class Frozen(Refused):
    """A refusal that names people; `unnamed` says the same where it is kept (SEC-34)."""

    def __init__(self, message: str, unnamed: str) -> None:
        super().__init__(message)
        self.unnamed = unnamed


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: which question, whose year, the two sides."""

    question: str
    cadre_id: UUID
    year: int
    words: str

    def __str__(self) -> str:
        return f"{self.cadre_id} {self.year}年：{self.words}"


@intention
def freeze(findings: Sequence[Finding], run: UUID, *, actor: UUID | None = None) -> list[FrozenYear]:
    """Freeze the years that these differences are of, once for a person and year; what is newly frozen."""
    persons = _persons({one.cadre_id for one in findings})
    words: dict[PersonYear, list[str]] = defaultdict(list)
    for one in findings:
        words[persons[one.cadre_id][0], one.year].append(one.words)
    new = words.keys() - set(FrozenYear.objects.standing().values_list("cadre", "year"))
    rows = [
        FrozenYear(cadre_id=who, year=year, run=run, words="；".join(words[who, year])) for who, year in sorted(new)
    ]
    FrozenYear.objects.bulk_create(rows, batch_size=1000)
    authorities = dict(persons.values())
    record_many(
        entry(
            "ledger.freeze", actor=actor, obj=row, unit_id=authorities[row.cadre_id],
            after={"cadre": str(row.cadre_id), "year": row.year, "run": str(run), "words": row.words},
        )
        for row in rows
    )  # fmt: skip
    if rows:
        logger.error("the ledger differs: %s years of cadres are frozen", len(rows))
    return rows


def _persons(cadres: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """Of each row, who lives on, and the authority that manages them (a double carries the same)."""
    rows = Cadre.objects.filter(pk__in=cadres)
    found = rows.values_list("pk", Coalesce("canonical_id", "id"), "managing_authority_id")
    return {pk: (root, authority) for pk, root, authority in found}


@intention
def release(frozen: FrozenYear, *, actor: Account, reason: str) -> FrozenYear:
    """Let postings in again, after somebody of the managing department has looked.

    What still differs is frozen again by the next check. Raises Refused by whom, without a reason, and the second time.
    """
    rows = FrozenYear.objects.select_related("cadre__managing_authority").select_for_update(of=("self",), no_key=True)
    held = rows.get(pk=frozen.pk)
    authority = held.cadre.managing_authority
    if not actor.access.covers(authority.path, Role.STAFF):
        raise Refused(f"{held}台账由管理该干部的{authority}查明后解除冻结，您没有这项权限")
    if held.released_at is not None:
        day = timezone.localdate(held.released_at)
        raise Refused(f"{held}台账已于{day:%Y年%-m月%-d日}解除冻结，不必再解除")
    why = demand_reason(reason, "解除冻结须写明查明的情况")
    held.released_at, held.released_by_id, held.release_reason = timezone.now(), actor.pk, why
    held.save(update_fields=["released_at", "released_by_id", "release_reason"])
    after = {"cadre": str(held.cadre_id), "year": held.year}
    record("ledger.release", actor=actor.pk, obj=held, unit_id=authority.pk, reason=held.release_reason, after=after)
    return held


def demand_unfrozen(wanted: Collection[PersonYear]) -> None:
    """Raises Frozen, naming whose year is frozen: the whole posting waits, so that no class is posted in parts."""
    if not wanted:
        return
    people = sorted({who for who, _ in wanted})
    names = dict(Cadre.objects.filter(pk__in=people[:NAMED]).values_list("pk", "name"))
    named = "、".join(
        f"{names[who]}{'、'.join(f'{year}年' for one, year in sorted(wanted) if one == who)}" for who in names
    )
    more = f"等{len(people)}人" if len(people) > NAMED else ""
    raise Frozen(f"{named}{more}{NOT_POSTED}", f"有 {len(people)} 人{NOT_POSTED}")
