"""Activities of a class, who took part and how; the election of its committee."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.audit import record
from core.files import keep
from core.keys import new_key
from core.operations import Refused, demand_current, intention
from core.pictures import Upload
from organization.models import Account
from training.models import (
    Activity,
    ActivityFile,
    ActivityPart,
    CommitteeElection,
    ElectionCount,
    Enrolment,
    TrainingClass,
)
from training.services.schedule import demand_day

MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What an activity was; `hours` may be left open."""

    kind: str
    title: str
    date: date
    place: str = ""
    hours: Decimal | None = None
    note: str = ""


@intention
def add_activity(
    training_class: TrainingClass, facts: ActivityFacts, parts: Mapping[UUID, str], *, actor: Account
) -> Activity:
    """A new activity; `parts` says what each enrolment did (took_part, spoke, organised, awarded)."""
    held = _hold(training_class)
    demand_day(held, facts.date)
    made = Activity(id=new_key(), training_class=held, by_id=actor.pk, **asdict(facts))
    made.save(force_insert=True)
    counts = _write_parts(made, parts)
    record("activity.add", actor=actor.pk, obj=made, unit_id=held.unit_id, after=_told(made) | counts)
    return made


@intention
def change_activity(
    activity: Activity, facts: ActivityFacts, parts: Mapping[UUID, str], *, actor: Account, seen: int | None = None
) -> Activity:
    """Other facts or other people. Raises Conflict when somebody was quicker."""
    one = _hold(activity.training_class)
    held = _hold_activity(activity, seen)
    demand_day(one, facts.date)
    before = _told(held)
    for name, value in asdict(facts).items():
        setattr(held, name, value)
    held.version += 1
    held.save()
    counts = _write_parts(held, parts)
    record(
        "activity.change", actor=actor.pk, obj=held, unit_id=one.unit_id, before=before, after=_told(held) | counts
    )  # fmt: skip
    return held


@intention
def cancel_activity(activity: Activity, *, actor: Account, reason: str, seen: int | None = None) -> Activity:
    """It did not take place, or was entered by mistake; it stays in the list, struck through, and counts for nothing."""
    one = _hold(activity.training_class)
    held = _hold_activity(activity, seen)
    held.cancelled, held.version = reason.strip()[:200], held.version + 1
    held.save(update_fields=["cancelled", "version"])
    record("activity.cancel", actor=actor.pk, obj=held, unit_id=one.unit_id, reason=reason)
    return held


@intention
def add_file(activity: Activity, upload: Upload, *, actor: Account) -> ActivityFile:
    """A picture, minute or report that was looked at (core.pictures)."""
    one = _hold(activity.training_class)
    held = _hold_activity(activity, None)
    if held.files.count() >= MOST_FILES:
        raise Refused(f"一次活动最多放 {MOST_FILES} 个文件")
    kind = "照片" if upload.name.endswith(".jpg") else "文件"
    made = ActivityFile.objects.create(activity=held, file=keep(upload.data), name=upload.name, kind=kind)
    record("activity.file", actor=actor.pk, obj=held, unit_id=one.unit_id, after={"files": held.files.count()})
    return made


def _write_parts(activity: Activity, parts: Mapping[UUID, str]) -> dict[str, int]:
    """Bring the participants to `parts`, in four statements; (how many of each)."""
    roster = set(
        Enrolment.objects.of_class(activity.training_class).on_roster().order_by().values_list("pk", flat=True)
    )
    strangers = set(parts) - roster
    if strangers:
        raise Refused("有人不在本班名册上，请刷新页面后重试")
    there = {row.enrolment_id: row for row in ActivityPart.objects.filter(activity=activity)}
    gone = [row.pk for key, row in there.items() if key not in parts]
    changed = [row for key, row in there.items() if key in parts and row.part != parts[key]]
    for row in changed:
        row.part = parts[row.enrolment_id]
    fresh = [
        ActivityPart(activity=activity, enrolment_id=key, part=part) for key, part in parts.items() if key not in there
    ]
    ActivityPart.objects.filter(pk__in=gone).delete()
    ActivityPart.objects.bulk_update(changed, ["part"], batch_size=500)
    ActivityPart.objects.bulk_create(fresh, batch_size=500)
    return {"people": len(parts)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate's votes, and whether they were elected."""

    enrolment: UUID
    votes: int
    elected: bool


@intention
def keep_election(
    training_class: TrainingClass, post: str, day: date, voters: int, candidates: Sequence[Candidate], *, actor: Account
) -> CommitteeElection:
    """The result of an election; who was elected holds the post from then on, whoever held it before does not.

    Nobody gets more votes than people voted, and who has fewer votes is not elected before who has more.
    """
    held = _hold(training_class)
    demand_day(held, day)
    _demand_counts(voters, candidates)
    roster = {row.pk: row for row in Enrolment.objects.of_class(held).on_roster()}
    if voters > len(roster):
        raise Refused(f"本班共 {len(roster)} 名学员，投票人数不能是 {voters}")
    if any(one.enrolment not in roster for one in candidates):
        raise Refused("候选人不在本班名册上，请刷新页面后重试")
    if CommitteeElection.objects.filter(training_class=held, post=post, date=day).exists():
        raise Refused(f"{day}已经登记过“{post}”的选举")
    made = CommitteeElection.objects.create(training_class=held, post=post, date=day, voters=voters)
    ElectionCount.objects.bulk_create(
        ElectionCount(election=made, enrolment_id=one.enrolment, votes=one.votes, elected=one.elected)
        for one in candidates
    )
    elected = {one.enrolment for one in candidates if one.elected}
    _seat(roster, post, elected)
    held.revision += 1  # a workbook holds the posts: one that was rehearsed before is rehearsed again
    held.save(update_fields=["revision"])
    after = {"post": post, "voters": voters, "elected": [str(key) for key in elected]}
    record("election.keep", actor=actor.pk, obj=made, unit_id=held.unit_id, after=after)
    return made


def _demand_counts(voters: int, candidates: Sequence[Candidate]) -> None:
    elected = [one.votes for one in candidates if one.elected]
    others = [one.votes for one in candidates if not one.elected]
    if not elected:
        raise Refused("请选出当选的人")
    if any(one.votes > voters for one in candidates):
        raise Refused(f"有人的得票超过了投票人数 {voters}")
    if others and max(others) > min(elected):
        raise Refused("得票少的人不能先于得票多的人当选")


def _seat(roster: Mapping[UUID, Enrolment], post: str, elected: set[UUID]) -> None:
    """The post leaves those who held it and goes to the elected."""
    changed = [row for key, row in roster.items() if (row.committee_post == post) != (key in elected)]
    for row in changed:
        row.committee_post = post if row.pk in elected else ""
        row.version += 1
    Enrolment.objects.bulk_update(changed, ["committee_post", "version"], batch_size=500)


def _hold(training_class: TrainingClass) -> TrainingClass:
    held = TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    if held.state in (TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED):
        raise Refused(f"班次“{held.name}”{held.get_state_display()}，活动不能再改；请组织部先重新打开班次")
    return held


def _hold_activity(activity: Activity, seen: int | None) -> Activity:
    held = Activity.objects.select_for_update(of=("self",)).select_related("training_class").get(pk=activity.pk)
    demand_current(seen, held.version, "这次活动")
    if held.cancelled:
        raise Refused(f"“{held}”已取消：{held.cancelled}")
    return held


def _told(row: Activity) -> dict[str, Any]:
    return {"kind": row.kind, "title": row.title, "date": str(row.date)}
