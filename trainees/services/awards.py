"""学习荣誉: given by the department, corrected, taken out with a reason."""

from dataclasses import asdict, dataclass
from datetime import date

from core.audit import record
from core.operations import demand_current, intention, last_word
from organization.models import Account
from trainees.models import Award, Cadre

TWICE = {"award_once": "该干部当天的这项荣誉已经登记过，没有重复登记"}


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """What is known of an award: name, who gave it, when."""

    name: str
    giver: str
    on: date
    note: str = ""


@intention
def give_award(cadre: Cadre, facts: AwardFacts, *, actor: Account) -> Award:
    """Raises Refused where the same award of the same day is there."""
    with last_word(TWICE):
        made = Award.objects.create(cadre=cadre, actor_id=actor.pk, **asdict(facts))
    record("award.give", actor=actor.pk, obj=made, unit_id=cadre.unit_id, after=_told(made))
    return made


@intention
def correct_award(award: Award, facts: AwardFacts, *, actor: Account, seen: int | None = None) -> Award:
    """Other facts. Raises Conflict when somebody was quicker."""
    held = Award.objects.select_for_update(of=("self",)).select_related("cadre").get(pk=award.pk)
    demand_current(seen, held.version, "这项荣誉")
    before = _told(held)
    held.name, held.giver, held.on, held.note = facts.name, facts.giver, facts.on, facts.note
    held.version += 1
    with last_word(TWICE):
        held.save()
    record("award.correct", actor=actor.pk, obj=held, unit_id=held.cadre.unit_id, before=before, after=_told(held))
    return held


@intention
def remove_award(award: Award, *, actor: Account, reason: str, seen: int | None = None) -> None:
    """Entered by mistake: the row goes, the history of rows and the log keep that it was there."""
    held = Award.objects.select_for_update(of=("self",)).select_related("cadre").get(pk=award.pk)
    demand_current(seen, held.version, "这项荣誉")
    record(
        "award.remove", actor=actor.pk, obj=held, unit_id=held.cadre.unit_id, reason=reason, before=_told(held)
    )  # fmt: skip
    held.delete()


def _told(award: Award) -> dict[str, str]:
    """Without the note, which may tell of a person."""
    return {"name": award.name, "on": str(award.on), "cadre": str(award.cadre_id)}
