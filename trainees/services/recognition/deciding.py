"""Deciding: the unit vets, the department confirms and posts, either returns with a reason; a confirmed one is revoked."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from core.audit import entry, record, record_many
from core.operations import Refused, demand_reason, intention
from organization.models import Account
from organization.roles import Role
from trainees.models import CreditEntry, PlatformUpload, Recognition
from trainees.models.ledger import Channel
from trainees.rules.recognition import MINUTES_PER_HOUR, pieces, too_little
from trainees.services.ledger import Learning, post, withdraw
from trainees.services.recognition.doubles import is_undecided, mark_again
from trainees.services.recognition.holding import (
    Decided,
    Liaisons,
    Seen,
    State,
    held,
    hold,
    hold_one,
    is_department,
    is_own,
    part,
)

SOURCE = CreditEntry.Source.RECOGNITION
SELF_WORDS = "这是您本人的学习，须由他人办理"


# ---- the unit's word ----


@intention
def vet_recognitions(keys: Collection[UUID], *, actor: Account, seen: Seen) -> Decided:
    """The unit's word: its liaison's; the department's only where the unit has none."""
    liaisons = Liaisons.on(actor.access.day)
    found = part(hold(keys), seen, (State.FILED,), lambda row: why_not_vet(row, actor, liaisons))
    _of(found.done).update(
        state=State.VETTED, vetted_by_id=actor.pk, vetted_at=timezone.now(), version=F("version") + 1
    )
    _record("recognition.vet", found.done, actor)
    return found


def why_not_vet(row: Recognition, actor: Account, liaisons: Liaisons) -> str:
    """Why the account may not give the unit's word on a filing, "" where it may."""
    if is_own(row, actor):
        return f"{SELF_WORDS}：本单位其他联络员；没有的，由组织部干部教育科审核"
    if actor.access.covers(row.cadre.unit.path, Role.LIAISON):
        return ""
    if not is_department(row, actor):
        return "由所在单位的联络员审核"
    return "该单位有联络员，请由联络员审核；没有联络员的单位才由组织部代审" if liaisons.of(row) else ""


# ---- the department's word ----


@intention
def confirm_recognitions(keys: Collection[UUID], *, actor: Account, seen: Seen) -> Decided:
    """The department's word: what goes through is locked and stands in the ledger, in this same transaction."""
    found = _confirm(hold(keys), seen, actor)
    _record("recognition.confirm", found.done, actor)
    return found


@intention
def confirm_upload(upload: PlatformUpload, *, actor: Account) -> Decided:
    """Everything of one import that waits for the department; one entry in the log, each row's change in its history."""
    found = _confirm(held(Q(upload=upload, state=State.VETTED)), {}, actor)
    after = {"confirmed": len(found.done), "left": len(found.left)}
    record("recognition.confirm", actor=actor.pk, obj=upload, unit_id=upload.unit_id, after=after)
    return found


def _confirm(rows: list[Recognition], seen: Seen, actor: Account) -> Decided:
    mark_again([row for row in rows if row.state == State.VETTED])
    found = part(rows, seen, (State.VETTED,), lambda row: why_not_confirm(row, actor))
    _of(found.done).update(
        state=State.CONFIRMED, confirmed_by_id=actor.pk, confirmed_at=timezone.now(), version=F("version") + 1
    )
    if found.done:
        post([one for row in found.done for one in learnings_of(row)], actor=actor, reason="学分认定")
    return found


def why_not_confirm(row: Recognition, actor: Account) -> str:
    """Why the account may not confirm a filing that the unit has vetted, "" where it may."""
    if not is_department(row, actor):
        return "由组织部干部教育科确认"
    if is_own(row, actor):
        return f"{SELF_WORDS}：组织部干部教育科的其他同志"
    if row.vetted_by_id == actor.pk:
        return "审核和确认不能是同一个人，请由另一位同志确认"
    if is_undecided(row):
        return "疑似重复，请先判断是否重复"
    return too_little(row.channel, row.share)


def learnings_of(row: Recognition) -> list[Learning]:
    """What the ledger is told of a filing: one learning a year; on-line time in minutes where its rule makes hours of them."""
    split = pieces(row.channel, row.since, row.until, row.hours, row.days)
    per_hour = row.platform.minutes_per_hour if row.platform else MINUTES_PER_HOUR
    in_minutes = row.channel == Channel.ONLINE and row.minutes and per_hour == MINUTES_PER_HOUR
    return [
        Learning(
            cadre_id=row.cadre_id,
            on=piece.on,
            channel=row.channel,
            hours=Decimal(0) if in_minutes else piece.hours,
            days=piece.days,
            title=row.title,
            source_kind=SOURCE,
            source_id=row.pk,
            part=piece.year if len(split) > 1 else 0,
            sessions=row.sessions,
            minutes=row.minutes or 0 if in_minutes else 0,
            share=row.share if row.channel == Channel.ONLINE else None,
        )
        for piece in split
    ]


# ---- back ----


@intention
def return_recognitions(keys: Collection[UUID], *, actor: Account, reason: str, seen: Seen) -> Decided:
    """Give back with a reason that the filer reads: by the liaison before the unit's word, by the department before its own."""
    words = demand_reason(reason, "请写明退回的理由，申报人会看到")[:200]
    found = part(hold(keys), seen, (State.FILED, State.VETTED), lambda row: why_not_return(row, actor))
    give_back(found.done, words)
    _record("recognition.return", found.done, actor, words)
    return found


def why_not_return(row: Recognition, actor: Account) -> str:
    if is_own(row, actor):
        return f"{SELF_WORDS}；需要更改的，请撤回后重新申报"
    if is_department(row, actor):
        return ""
    if not actor.access.covers(row.cadre.unit.path, Role.LIAISON):
        return "由所在单位联络员或组织部干部教育科退回"
    return "" if row.state == State.FILED else "单位已审核，只能由组织部干部教育科退回"


def give_back(rows: Sequence[Recognition], words: str) -> None:
    _of(rows).update(state=State.RETURNED, state_reason=words, version=F("version") + 1)


@intention
def revoke_recognition(
    recognition: Recognition, *, actor: Account, reason: str, seen: int | None = None
) -> Recognition:
    """Take a confirmed one back: the ledger reverses what it brought."""
    words = demand_reason(reason, "请写明撤销的理由，申报人会看到")[:200]
    held = hold_one(recognition, (State.CONFIRMED,), "撤销", seen)
    if not is_department(held, actor):
        raise Refused("已认定的学分只能由组织部干部教育科撤销")
    if is_own(held, actor):
        raise Refused(f"{SELF_WORDS}：组织部干部教育科的其他同志")
    withdraw(SOURCE, [held.pk], actor=actor, reason=words)
    held.state, held.state_reason, held.version = State.REVOKED, words, held.version + 1
    held.save(update_fields=["state", "state_reason", "version"])
    record("recognition.revoke", actor=actor.pk, obj=held, unit_id=held.unit_id, reason=words)
    return held


@intention
def keep_other(recognition: Recognition, *, actor: Account, seen: int | None = None) -> Recognition:
    """是重复: the filing that this one repeats is kept, this one goes back."""
    held = hold_one(recognition, (State.FILED, State.VETTED), "退回", seen)
    if not is_undecided(held):
        raise Refused("这条申报没有待判断的疑似重复")
    if reason := why_not_return(held, actor):
        raise Refused(f"不能退回：{reason}")
    words = f"与“{held.twin or held.twin_entry.title}”重复"[:200]  # type: ignore[union-attr]
    give_back([held], words)
    record("recognition.return", actor=actor.pk, obj=held, unit_id=held.unit_id, reason=words)
    return held


@intention
def keep_this(recognition: Recognition, *, actor: Account, seen: int | None = None) -> Recognition:
    """是重复: this filing is kept, the one that it repeats goes back; not where that was confirmed or taught in a class."""
    held = hold_one(recognition, (State.FILED, State.VETTED), "处理重复", seen)
    other = hold([held.twin_id])[0] if held.twin_id and is_undecided(held) else None
    if other is None or other.state not in (State.FILED, State.VETTED):
        raise Refused("另一条已经认定（或是班次的学时），不能退回；请退回这一条，或先由组织部撤销另一条")
    if reason := why_not_return(other, actor) or why_not_return(held, actor):
        raise Refused(f"不能退回另一条：{reason}")
    words = f"与“{held.title}”重复"[:200]
    give_back([other], words)
    record("recognition.return", actor=actor.pk, obj=other, unit_id=other.unit_id, reason=words)
    mark_again([held])
    return held


def _of(rows: Sequence[Recognition]) -> QuerySet[Recognition]:
    return Recognition.objects.filter(pk__in=[row.pk for row in rows])


def _record(event: str, rows: Sequence[Recognition], actor: Account, reason: str = "") -> None:
    record_many(entry(event, actor=actor.pk, obj=row, unit_id=row.unit_id, reason=reason) for row in rows)
