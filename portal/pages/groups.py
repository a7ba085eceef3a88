"""分组: everybody on the roster with group and post, what each group is made of, and a proposal that spreads them evenly."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from assessments.workbook.layout import LISTS
from portal.forms_groups import GroupsForm
from training.models import Enrolment, TrainingClass
from training.rules.grouping import MOST_GROUPS, Member, names, spread
from training.services.grouping import Place

WHY = "the roster of a class that was fetched in scope"
POSTS = ("班长", "副班长", "学习委员", "组织委员", "宣传委员", "纪律委员", "生活委员", "文体委员", "组长", "副组长")
USUAL_SIZE = 10
"""People in a group where nobody has said how many groups there shall be."""


def people_of(one: TrainingClass) -> list[Enrolment]:
    return list(Enrolment.objects.unscoped(WHY).of_class(one).on_roster().select_related("unit"))


def used(people: Sequence[Enrolment]) -> list[str]:
    """Names of groups in use, as the roster brings them up."""
    return list(dict.fromkeys(who.group for who in people if who.group))


def asked(request: HttpRequest, one: TrainingClass) -> dict[UUID, str]:
    """A group for everybody, where `?groups=N` asks for a proposal of N groups; else nothing."""
    text, people = request.GET.get("groups", ""), people_of(one)
    if not (text.isascii() and text.isdigit() and people) or len(text) > 2:
        return {}
    count = min(max(1, int(text)), MOST_GROUPS, len(people))
    called = names(count, sorted(used(people), key=_order))
    placed = spread([Member(who.unit_id, who.post_level) for who in people], count)
    return {who.pk: called[group] for who, group in zip(people, placed, strict=True)}


def fragment(
    one: TrainingClass, form: GroupsForm, proposed: Mapping[UUID, str], given: Mapping[UUID, Place]
) -> dict[str, Any]:
    """What templates/portal/class/_groups.html shows: what was sent, else what was proposed, else what is kept."""
    people = people_of(one)
    places = {who.pk: given.get(who.pk) or Place(proposed.get(who.pk, who.group), who.committee_post) for who in people}
    there = sorted({place.group for place in places.values()} - {""}, key=_order)
    kept = sorted(used(people), key=_order)
    rows = [_row(who, places[who.pk]) for who in people]
    return {
        "form": form,
        "rows": rows,
        "options": list(dict.fromkeys([*there, *kept, *names(len(there) + 2, there)])),
        "posts": POSTS,
        "count": len(set(proposed.values())) or len(kept) or max(1, round(len(people) / USUAL_SIZE)),
        "most": min(MOST_GROUPS, max(1, len(people))),
        "proposed": len(set(proposed.values())),
        "changes": sum(row["changed"] for row in rows),
        "summary": summary(people, places, there),
        "levels": _levels(people),
        "back_url": reverse("portal:class_roster", args=[one.pk]),
        "script": "js/groups.js",
        "help": "portal/help/_groups.html",
    }


def _row(who: Enrolment, place: Place) -> dict[str, Any]:
    return {
        "key": str(who.pk),
        "order": who.position,
        "name": who.roster_name,
        "unit": who.unit.name,
        "level": who.post_level,
        "group": place.group,
        "post": place.post,
        "before": who.group,
        "duty": who.committee_post,
        "changed": (place.group, place.post) != (who.group, who.committee_post),
    }


def summary(people: Sequence[Enrolment], places: Mapping[UUID, Place], there: Sequence[str]) -> list[dict[str, Any]]:
    """A line a group: how many, of each level how many, and how many of one unit at most; the ungrouped last."""
    alone = [""] if any(not place.group for place in places.values()) else []
    found = []
    for group in [*there, *alone]:
        members = [who for who in people if places[who.pk].group == group]
        levels = Counter(who.post_level for who in members)
        units = Counter(who.unit_id for who in members)
        counts = [levels[level] for level in _levels(people)]
        found.append({"name": group, "people": len(members), "levels": counts, "same": max(units.values())})
    return found


def _levels(people: Sequence[Enrolment]) -> list[str]:
    """Post levels of the class, the highest first; what the workbook's list does not know comes last."""
    known = LISTS["职务层次"]
    found = {who.post_level for who in people}
    return [*(level for level in known if level in found), *sorted(found.difference(known), reverse=True)]


def _order(name: str) -> tuple[int, str]:
    """第二组 before 第十组: names as they are numbered, others after them by their text."""
    numbered = names(MOST_GROUPS) + names(MOST_GROUPS + 1, ["第0组"])[1:]
    return (numbered.index(name), "") if name in numbered else (len(numbered), name)
