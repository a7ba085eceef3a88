"""An authority asks something else of its people: the set is adopted, and their duties of this year follow at once."""

from datetime import date
from typing import Any

from core.operations import Refused, intention
from organization.models import Account, Unit
from trainees.models import Cadre, RequirementSet
from trainees.services.duties import assign_duties
from trainees.services.requirement_sets import SHIPPED_NAME, adopt_requirement_set
from trainees.services.rule_sets import demand_department

WHY = "who is asked by the rules of an authority that the caller found in scope"
AT_ONCE = 3000
"""More people than these are looked after by the nightly round: a page does not wait for a city."""


@intention
def change_requirements(
    unit: Unit, rules: dict[str, Any], since: date, note: str, *, actor: Account, today: date
) -> tuple[RequirementSet, int | None]:
    """The next version, and how many duties changed with it; None where the night sees to them.

    Raises Refused where the actor is not of the authority's department, and with all that cannot be read.
    """
    demand_department(unit, actor)
    if not note.strip():
        raise Refused("请写明依据，如文件名称和文号")
    made = adopt_requirement_set(unit, name=SHIPPED_NAME, since=since, rules=rules, note=note.strip(), actor=actor)
    asked = Cadre.objects.unscoped(WHY).filter(managing_authority__path__startswith=unit.path)
    if since > today:
        return made, 0
    if asked.count() > AT_ONCE:
        return made, None
    return made, assign_duties(asked.values_list("pk", flat=True), today.year, actor=actor)
