"""Groups and committee posts of a class (组别、班委职务), written together; a workbook's roster writes the same two fields."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.audit import record
from core.operations import Refused, demand_current, intention
from organization.models import Account
from training.models import Enrolment, TrainingClass
from training.services.schedule import count_revision

CHANGED = ("group", "committee_post")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody belongs and what they do for the class; both may be empty."""

    group: str = ""
    post: str = ""


@intention
def keep_groups(
    training_class: TrainingClass, places: Mapping[UUID, Place], *, actor: Account, seen: int | None = None
) -> int:
    """Bring the trainees named to their groups and posts; how many changed. Who is not named stays as they are.

    `seen`: the class's revision that was on the page. Raises Conflict when it moved on, Refused for strangers.
    """
    held = _hold(training_class, seen)
    roster = list(Enrolment.objects.of_class(held).on_roster())
    if set(places) - {row.pk for row in roster}:
        raise Refused("有人不在本班名册上，请刷新页面后重试")
    changed = [row for row in roster if row.pk in places and _move(row, places[row.pk])]
    if changed:
        Enrolment.objects.bulk_update(changed, [*CHANGED, "version"], batch_size=500)
        count_revision(held)
        sizes = Counter(row.group for row in roster if row.group)
        after = {"changed": len(changed), "groups": dict(sorted(sizes.items()))}
        record("enrolment.groups", actor=actor.pk, obj=held, unit_id=held.unit_id, after=after)
    return len(changed)


def _move(row: Enrolment, place: Place) -> bool:
    """Whether this changed anything."""
    if (row.group, row.committee_post) == (place.group, place.post):
        return False
    row.group, row.committee_post, row.version = place.group, place.post, row.version + 1
    return True


def _hold(training_class: TrainingClass, seen: int | None) -> TrainingClass:
    held = TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    demand_current(seen, held.revision, "本班的名册")
    if held.state in (TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED):
        raise Refused(f"班次“{held.name}”{held.get_state_display()}，分组不能再改；请组织部先重新打开班次")
    return held
