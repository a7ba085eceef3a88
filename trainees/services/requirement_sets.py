"""Requirement sets: the shipped one is the first version of a tree's root; an authority adopts its own from a day on."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max

from core.audit import record
from core.operations import Refused, intention
from organization.models import Account, Unit
from trainees.models import RequirementSet
from trainees.rules.requirements import FaultyRequirements, Requirements, read_requirements, shipped

FROM_THE_BEGINNING = date(2000, 1, 1)
SHIPPED_NAME = "干部学习要求"


@intention
def adopt_requirement_set(
    unit: Unit, *, name: str, since: date, rules: Mapping[str, Any], note: str, actor: Account
) -> RequirementSet:
    """Another version of an authority's requirements, from a day on; what was asked before that day stays.

    Duties follow when they are assigned next (trainees.services.duties). Raises Refused with what cannot be read.
    """
    try:
        read_requirements(dict(rules))
    except FaultyRequirements as fault:
        raise Refused(f"学习要求没有保存：{fault}") from fault
    demand_default([unit.path])
    Unit.objects.select_for_update().get(pk=unit.pk)
    last = RequirementSet.objects.filter(unit=unit).aggregate(last=Max("version"))["last"] or 0
    made = RequirementSet.objects.create(
        unit=unit, name=name, version=last + 1, since=since, rules=dict(rules), note=note, actor_id=actor.pk
    )
    after = {"version": made.version, "since": since.isoformat(), "name": name}
    record("requirements.adopt", actor=actor.pk, obj=made, unit_id=unit.pk, after=after)
    return made


def demand_default(paths: Iterable[str]) -> None:
    """Every tree's root has a first version; of two at once, one writes it."""
    wanted = sorted({path[: Unit.steplen] for path in paths})
    roots = Unit.objects.filter(path__in=wanted)
    held = set(RequirementSet.objects.filter(unit__path__in=wanted).values_list("unit__path", flat=True))
    missing = [
        RequirementSet(unit=root, name=SHIPPED_NAME, version=1, since=FROM_THE_BEGINNING, rules=shipped())
        for root in roots
        if root.path not in held
    ]
    RequirementSet.objects.bulk_create(missing, ignore_conflicts=True)


def requirements_of(authorities: Collection[UUID], on: date) -> dict[UUID, Requirements]:
    """What each authority asks on a day: the nearest unit upward, its latest day. Three queries, however many ask."""
    paths = dict(Unit.objects.filter(pk__in=authorities).values_list("pk", "path"))
    demand_default(paths.values())
    above = {path for own in paths.values() for path in Unit.upward(own)}
    rows = RequirementSet.objects.filter(unit__path__in=above, since__lte=on).order_by("since", "version")
    sets = {row.unit.path: row for row in rows.select_related("unit")}
    read = {path: read_requirements(row.rules) for path, row in sets.items()}
    return {key: _nearest(read, own) for key, own in paths.items()}


def _nearest(sets: Mapping[str, Requirements], path: str) -> Requirements:
    return next((sets[one] for one in reversed(Unit.upward(path)) if one in sets), read_requirements(shipped()))
