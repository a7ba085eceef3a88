"""划去未报到: who never came to a class is struck off its roster before it is closed (DOMAIN.md §3)."""

from core.audit import entry, record_many
from core.operations import Refused, demand_current, intention
from organization.models import Account
from training.models import Enrolment, Session, TrainingClass
from training.services.attendance import hold_for_marks, settle
from training.services.dossier import never_came

OVER = (TrainingClass.State.ENDED, TrainingClass.State.REOPENED)
CONFIRMED = "本班成绩已确认，名册不能再直接更改；请以工作簿“更正成绩”方式办理，名册上不再列出未报到的人"


@intention
def strike_no_shows(training_class: TrainingClass, *, actor: Account, reason: str, seen: int | None = None) -> int:
    """Everybody without any attended session becomes 未报到, with the reason; how many were struck off.

    `seen`: the revision of the class on the page that listed them. Raises Conflict when it moved on.
    """
    held = hold_for_marks(training_class)
    demand_current(seen, held.revision, "本班的名册和考勤")
    if held.state not in OVER:
        raise Refused(f"班次“{held.name}”{held.get_state_display()}，还没有结束，不能认定谁没有来；结束后再划去")
    gone = list(never_came([held.pk]))
    if not gone:
        raise Refused("名册上的人都到过课，没有要划去的")
    if Enrolment.objects.of_class(held).on_roster().exclude(grade="").exists():
        raise Refused(CONFIRMED)
    _strike(held, gone, reason.strip()[:200], actor)
    seats = Enrolment.objects.of_class(held).on_roster().count()
    settle(held, set(Session.objects.filter(training_class=held).values_list("pk", flat=True)), seats)
    return len(gone)


def _strike(held: TrainingClass, gone: list[Enrolment], reason: str, actor: Account) -> None:
    before = {who.pk: who.state for who in gone}
    for who in gone:
        who.state, who.version = Enrolment.State.NO_SHOW, who.version + 1
    Enrolment.objects.bulk_update(gone, ["state", "version"], batch_size=500)
    record_many(
        entry(
            "enrolment.no_show", actor=actor.pk, obj=who, unit_id=held.unit_id, reason=reason,
            before={"state": before[who.pk]}, after={"state": str(who.state)},
        )
        for who in gone
    )  # fmt: skip
