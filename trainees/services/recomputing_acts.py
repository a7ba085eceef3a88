"""A recomputation by a worker: first what the rules in force would change, then that change, as it was shown."""

from uuid import UUID

from core.operations import Refused, intention
from organization.models import Account, Unit
from trainees.models import LedgerAct
from trainees.services.acts import About, Outcome, ask_for, carry_out, own_waiting
from trainees.services.recomputing import essence, nothing_words, recompute, rehearse_recomputation
from trainees.services.rule_sets import demand_department

State, Kind = LedgerAct.State, LedgerAct.Kind
FIRST_LOOK = "请先核对会有哪些变化，看过以后再办理重算"


@intention
def ask_to_rehearse(authority: Unit, year: int, *, actor: Account) -> LedgerAct:
    """Have a worker find out what a recomputation would change; of the year it writes nothing."""
    demand_department(authority, actor)
    return ask_for(Kind.REHEARSE, About(authority, year), actor=actor, asked={})


def rehearse_as_asked(act_id: UUID) -> None:
    carry_out(act_id, _rehearse)


def _rehearse(act: LedgerAct, actor: Account) -> Outcome:
    return rehearse_recomputation(act.unit, _year(act), actor=actor)


def last_rehearsal(authority: Unit, year: int) -> LedgerAct | None:
    """The one that may be acted on: nothing about the year was asked for since."""
    last = About(authority, year).acts().first()
    return last if last and (last.kind, last.state) == (Kind.REHEARSE, State.DONE) else None


@intention
def ask_to_recompute(authority: Unit, year: int, *, actor: Account, reason: str) -> LedgerAct:
    """Have a worker do what the last rehearsal has shown. Raises Refused without one, and where it changes nothing."""
    demand_department(authority, actor)
    if (own := own_waiting(Kind.RECOMPUTE, About(authority, year), actor)) is not None:
        return own
    rehearsal = last_rehearsal(authority, year)
    if rehearsal is None:
        raise Refused(FIRST_LOOK)
    shown = essence(rehearsal.outcome)
    if not shown["awarded"] and not shown["reversed"]:
        raise Refused(nothing_words(authority, year))
    asked = {"reason": reason, "shown": shown}
    return ask_for(Kind.RECOMPUTE, About(authority, year), actor=actor, asked=asked)


def recompute_as_asked(act_id: UUID) -> None:
    carry_out(act_id, _recompute)


def _recompute(act: LedgerAct, actor: Account) -> Outcome:
    reason, shown = act.asked["reason"], act.asked["shown"]
    made = recompute(act.unit, _year(act), actor=actor, reason=reason, shown=shown)
    return {"recomputation": str(made.pk), "changed": made.report["changed"]}


def _year(act: LedgerAct) -> int:
    if act.year is None:
        raise ValueError("a year is recomputed")
    return act.year
