"""A roster's way in: taken, rehearsed by a worker, looked at, confirmed, written by a worker from the same bytes.

The writing is one transaction: killed anywhere it has written nothing, and is begun again by the next bell. What the
worker finds otherwise than it was shown refuses the whole import with a sentence.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from core.audit import record
from core.files import keep, load
from core.jobs import Unmakeable, submit
from core.operations import Conflict, Refused, intention
from core.sheets.refusal import FileRefused
from organization.models import Account, Unit
from organization.roles import Role
from trainees.models import Cadre, RosterUpload
from trainees.roster.known import WHY, state_of
from trainees.roster.plan import Plan
from trainees.roster.progress import teller
from trainees.roster.reading import check_file
from trainees.roster.rehearsing import judge
from trainees.roster.report import report_of
from trainees.roster.writing import Written, chosen, hold, write_plan
from trainees.services.duties import assign_duties, years_from

State = RosterUpload.State
READ, WRITE, DUTIES = "roster_read", "roster_write", "roster_duties"
MOVED_ON = "核对之后，本范围内的干部信息已被他人更改，本次没有写入任何内容；请重新上传，查看最新差异后再确认"
GONE_WRONG = "核对之后，单位或人员情况有了变化，花名册现在有错误，没有写入任何内容；请重新上传核对"
NOT_HERS = "确认人现在没有这个范围的权限，没有写入任何内容"


@intention
def take_roster(data: bytes, file_name: str, *, actor: Account, unit: Unit) -> RosterUpload:
    """Keep the file, sealed, for some days, and have it rehearsed. Raises FileRefused for what is no table at all."""
    check_file(data, file_name)
    keep_until = timezone.localdate() + timedelta(days=settings.UPLOAD_KEEP_DAYS)
    upload = RosterUpload.objects.create(
        unit=unit, file=keep(data, delete_after=keep_until), file_name=file_name[:200], uploaded_by_id=actor.pk
    )
    submit(READ, "核对干部花名册", [upload.pk], actor=actor.pk, subject_id=upload.pk)
    after = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    record("cadre_roster.take", actor=actor.pk, obj=upload, unit_id=unit.pk, after=after)
    return upload


@intention
def rehearse_roster(upload_id: UUID) -> None:
    """The worker's first part: what an import would do, and every fault; nothing is written of the people."""
    upload = _held(upload_id)
    if upload.state != State.READING:
        return
    revision = state_of(upload.unit)
    try:
        plan = _plan(upload)
    except FileRefused as refused:
        _refuse(upload, refused.message, {"code": refused.code, "sha256": upload.file.sha256})
        return
    upload.state = State.REFUSED if plan.has_errors else State.REHEARSED
    upload.found, upload.revision = plan.to_json(), revision
    upload.report = keep(report_of(plan), delete_after=upload.file.delete_after)
    upload.save(update_fields=["state", "found", "revision", "report"])
    event = "cadre_roster.reject" if plan.has_errors else "cadre_roster.rehearse"
    after = {"sha256": upload.file.sha256} | plan.counts()
    record(event, actor=upload.uploaded_by_id, obj=upload, unit_id=upload.unit_id, after=after)


@intention
def confirm_roster(upload: RosterUpload, accepted: Collection[int], *, actor: Account) -> RosterUpload:
    """Have a rehearsed roster written; `accepted` are the rows whose other name somebody has looked at and takes.

    Raises Refused where there is nothing to confirm, Conflict when people of the area changed since the rehearsal. Confirmed
    twice it is written once.
    """
    upload = _held(upload.pk)
    if upload.state in (State.WRITING, State.COMMITTED):
        return upload
    if upload.state != State.REHEARSED:
        raise Refused("花名册有错误或还在核对，不能导入；请按错误清单改正后重新上传")
    if state_of(upload.unit) != upload.revision:
        raise Conflict(MOVED_ON, yours=upload.revision)
    known = {one["row"] for one in upload.found["renames"]}
    upload.found |= {"accepted": sorted(known.intersection(accepted)), "confirmed_by": str(actor.pk)}
    upload.state = State.WRITING
    upload.save(update_fields=["state", "found"])
    submit(WRITE, "导入干部花名册", [upload.pk], actor=actor.pk, subject_id=upload.pk)
    after = {"accepted": len(upload.found["accepted"])}
    record("cadre_roster.confirm", actor=actor.pk, obj=upload, unit_id=upload.unit_id, after=after)
    return upload


def write_roster(upload_id: UUID) -> None:
    """The worker's second part, in the name of who confirmed. Raises Unmakeable with the sentence for people."""
    upload = RosterUpload.objects.unscoped(WHY).get(pk=upload_id)
    if upload.state == State.WRITING:
        actor = Account.objects.get(pk=upload.found["confirmed_by"])
        try:
            commit_roster(upload, actor=actor)
        except Conflict as conflict:
            raise Unmakeable(conflict.message) from conflict
        except (Refused, FileRefused) as refused:
            raise Unmakeable(refused.message) from refused


@intention
def commit_roster(upload: RosterUpload, *, actor: Account) -> Written:
    """Write the plan of the same bytes, all or nothing; duties follow in a batch of their own.

    Raises Conflict when people of the area changed since the rehearsal or the plan is not the one that was shown, Refused
    where the file has errors by now or the actor has lost the area.
    """
    upload = _held(upload.pk)
    if not actor.access.covers(upload.unit.path, Role.STAFF):
        raise Refused(NOT_HERS)
    _one_at_a_time()
    plan = _plan(upload)
    if plan.has_errors:
        raise Refused(GONE_WRONG)
    changes = chosen(plan, upload.found["accepted"])
    hold(changes)
    if state_of(upload.unit) != upload.revision or plan.digest != upload.found["digest"]:
        raise Conflict(MOVED_ON, yours=upload.revision)
    try:
        written = write_plan(plan, changes)
    except IntegrityError as error:
        raise Conflict(MOVED_ON) from error
    _settle(upload, plan, written, actor)
    return written


def _settle(upload: RosterUpload, plan: Plan, written: Written, actor: Account) -> None:
    counts = {"added": written.added, "changed": written.changed, "moved": written.moved}
    followed = [[str(who), year] for who, year in written.followed]
    upload.state, upload.committed = State.COMMITTED, timezone.now()
    upload.found |= {"written": counts, "followed": followed}
    upload.save(update_fields=["state", "committed", "found"])
    if any(counts.values()):
        submit(DUTIES, "更新学习任务", [upload.pk], actor=actor.pk, subject_id=upload.pk)
    after = {"sha256": upload.file.sha256, "unchanged": plan.unchanged, "missing": len(plan.missing)} | counts
    record("cadre_roster.commit", actor=actor.pk, obj=upload, unit_id=upload.unit_id, after=after)


@intention
def assign_after_roster(upload_id: UUID) -> None:
    """Duties of the area's people follow: of this year for all, of earlier ones for who moved in them. Twice is once."""
    upload = RosterUpload.objects.unscoped(WHY).select_related("unit").get(pk=upload_id)
    actor = Account.objects.filter(pk=upload.found["confirmed_by"]).first()
    today = timezone.localdate()
    inside = Cadre.objects.unscoped(WHY).filter(managing_authority__path__startswith=upload.unit.path, canonical=None)
    years: dict[int, list[UUID]] = defaultdict(list)
    first = years_from(0).start
    years[today.year] = list(inside.values_list("pk", flat=True))
    for who, since in upload.found.get("followed", ()):
        for year in range(max(since, first), today.year):
            years[year].append(UUID(who))
    for year in sorted(years):
        assign_duties(years[year], year, actor=actor)


@intention
def give_up_roster(upload_id: UUID, reason: str) -> None:
    """A batch has failed: the upload says why, and nothing was written."""
    upload = _held(upload_id)
    if upload.state in (State.READING, State.WRITING):
        _refuse(upload, reason, {"sha256": upload.file.sha256})


@intention
def take_report(upload: RosterUpload, *, actor: Account) -> None:
    """The details leave the system: names and units of an area."""
    record("cadre_roster.report", actor=actor.pk, obj=upload, unit_id=upload.unit_id)


def sweep_rosters(now: datetime) -> int:
    """What a rehearsal said goes with the file it was said of; the counts stay."""
    gone = RosterUpload.objects.unscoped("what is over goes, of everybody").filter(file__deleted__isnull=False)
    cleared = list(gone.exclude(found__has_key="cleared").select_for_update(of=["self"]))
    for upload in cleared:
        kept = {name: upload.found[name] for name in ("counts", "written", "refused") if name in upload.found}
        upload.found = kept | {"cleared": True}
        upload.save(update_fields=["found"])
    return len(cleared)


def _plan(upload: RosterUpload) -> Plan:
    day = timezone.localdate(upload.created)
    data, today = load(upload.file), timezone.localdate()
    return judge(data, upload.file_name, upload.unit, today=today, day=day, tell=teller(upload.pk))


def _held(upload_id: UUID) -> RosterUpload:
    rows = RosterUpload.objects.unscoped(WHY).select_for_update(of=["self"]).select_related("unit", "file", "report")
    return rows.get(pk=upload_id)


def _refuse(upload: RosterUpload, message: str, facts: dict[str, Any]) -> None:
    upload.state = State.REFUSED
    upload.found |= {"refused": message}
    upload.save(update_fields=["state", "found"])
    who = {"actor": upload.uploaded_by_id, "obj": upload, "unit_id": upload.unit_id}
    record("cadre_roster.reject", **who, result="refused", reason=message, after=facts)


def _one_at_a_time() -> None:
    """Two rosters never write at once: the second one sees what the first has written, and is refused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('trainees.roster'))")
