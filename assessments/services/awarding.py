"""Points for an activity: an entry for each who took part, taken back and given again as the activity changes."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from assessments.models import ClassAssessment, Item, ScoreEntry
from core.amounts import plain
from core.audit import record
from core.operations import Refused, intention
from organization.models import Account
from training.models import Activity, ActivityPart, TrainingClass

LARGEST = Decimal(20)


@intention
def award_activity(activity: Activity, item: Item, points: Mapping[str, Decimal], *, actor: Account) -> tuple[int, int]:
    """Give each participant the points of their part (part → points; a part without points gets no entry).

    Done again, it brings the entries to what the activity and the points say now: what does not fit any more is
    reversed, what is missing is added, the rest stays. Returns (added, reversed). Raises Refused once results are
    confirmed: then it is an amendment.
    """
    held = TrainingClass.objects.select_for_update().get(pk=activity.training_class_id)
    assessment = ClassAssessment.objects.select_for_update().filter(pk=held.pk).first()
    _demand(activity, assessment, item, points)
    wanted = _wanted(activity, points)
    standing = ScoreEntry.objects.filter(activity=activity).standing()
    there = {(row.enrolment_id, row.item_id, row.points): row for row in standing}
    added = [
        _entry(activity, item, enrolment, value, actor)
        for enrolment, value in wanted.items()
        if (enrolment, item.pk, value) not in there
    ]
    gone = [row for (who, what, value), row in there.items() if what != item.pk or wanted.get(who) != value]
    ScoreEntry.objects.bulk_create([*added, *(_reversal(row, actor) for row in gone)], batch_size=1000)
    if assessment and not assessment.entries_kept and wanted:
        assessment.entries_kept = True
        assessment.save(update_fields=["entries_kept"])
    held.revision += 1
    held.save(update_fields=["revision"])
    after = {"item": item.pk, "added": len(added), "reversed": len(gone)}
    record("activity.award", actor=actor.pk, obj=activity, unit_id=held.unit_id, after=after)
    return len(added), len(gone)


@intention
def take_points_back(activity: Activity, *, actor: Account) -> int:
    """A cancelled activity counts for nothing: its entries are reversed; how many were."""
    activity.refresh_from_db()
    entry = ScoreEntry.objects.filter(activity=activity).standing().select_related("item__block").first()
    return award_activity(activity, entry.item, {}, actor=actor)[1] if entry else 0


def _demand(activity: Activity, assessment: ClassAssessment | None, item: Item, points: Mapping[str, Decimal]) -> None:
    if assessment is None:
        raise Refused("本班还没有量化方案，导入班次工作簿后才能记分")
    if assessment.confirmed_at:
        raise Refused("本班成绩已经确认，活动记分须走“更正成绩”")
    if activity.cancelled and any(points.values()):
        raise Refused("这次活动已取消，不能记分")
    if item.rule not in (Item.Rule.FULL_PLUS_ENTRIES, Item.Rule.BASE_PLUS_ENTRIES, Item.Rule.SUM_OF_ENTRIES):
        raise Refused(f"“{item}”不按加减分记录计分，请选择别的指标项")
    if item.block.scheme_id != assessment.scheme_id:
        raise Refused("指标项不属于本班的量化方案，请刷新页面后重试")
    largest = min(LARGEST, item.maximum or LARGEST)  # as in a workbook: −满分 to 满分 (CLASS_WORKBOOK.md §1)
    if any(abs(value) > largest or value != value.quantize(Decimal("0.01")) for value in points.values()):
        bound = plain(largest)
        raise Refused(f"“{item.name}”一次的分值在 −{bound} 到 {bound} 之间，最多两位小数")


def _wanted(activity: Activity, points: Mapping[str, Decimal]) -> dict[UUID, Decimal]:
    """Points of each who took part; nobody in a cancelled activity."""
    if activity.cancelled:
        return {}
    parts = ActivityPart.objects.filter(activity=activity).values_list("enrolment_id", "part")
    given = {who: points.get(part, Decimal(0)).quantize(Decimal("0.01")) for who, part in parts}
    return {who: value for who, value in given.items() if value}


def _entry(activity: Activity, item: Item, who: UUID, points: Decimal, actor: Account) -> ScoreEntry:
    return ScoreEntry(
        training_class_id=activity.training_class_id, enrolment_id=who, item=item, on=activity.date, points=points,
        reason=f"{activity.get_kind_display()}：{activity.title}", recorder=str(actor), source=ScoreEntry.Source.PAGE,
        activity=activity, actor_id=actor.pk,
    )  # fmt: skip


def _reversal(row: ScoreEntry, actor: Account) -> ScoreEntry:
    return ScoreEntry(
        training_class_id=row.training_class_id, enrolment_id=row.enrolment_id, item_id=row.item_id, on=row.on,
        points=row.points, rating=row.rating, reason="活动记分更正", source=ScoreEntry.Source.PAGE,
        activity_id=row.activity_id, reverses=row, actor_id=actor.pk,
    )  # fmt: skip
