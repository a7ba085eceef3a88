"""活动: what the class did together, who took part how often, elections; and the form of one activity."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse

from assessments.models import ClassAssessment, Item, ScoreEntry
from core.amounts import plain
from portal.acts import ask, new_op_id
from portal.forms_activities import ELECTED, VOTES, ElectionForm
from portal.lists import chips, chosen
from portal.pages import words
from portal.rules import Door, may_keep_activities
from training.models import Activity, ActivityPart, CommitteeElection, Enrolment, TrainingClass

WHY = "activities of a class that was fetched in scope"
Part = ActivityPart.Part
SHOWN_PEOPLE = 12
COUNTED = (("参加", ""), ("发言", Part.SPOKE), ("组织", Part.ORGANISED), ("获奖", Part.AWARDED))
"""What is counted for each person: heading, and the part it is about; being there counts whatever one did."""
AWARDABLE = (Item.Rule.FULL_PLUS_ENTRIES, Item.Rule.BASE_PLUS_ENTRIES, Item.Rule.SUM_OF_ENTRIES)


def fragment(request: HttpRequest, one: TrainingClass, door: Door) -> dict[str, Any]:
    """The tab: figures, activities by kind, how often everybody took part, elections. Five queries."""
    kind = chosen(request, "kind", Activity.Kind.values)
    every = Activity.objects.unscoped(WHY).filter(training_class=one)
    rows = every.annotate(people=Count("parts", distinct=True), papers=Count("files", distinct=True))
    listed = list(rows.order_by("-date", "-id"))
    standing = [row for row in listed if not row.cancelled]
    kinds = Counter(row.kind for row in standing)
    writes = may_keep_activities(door) is None
    shown = [row for row in listed if not kind or row.kind == kind]
    people = shares(one)
    return {
        "figures": [
            words.figure("活动", len(standing), "次"),
            words.figure("参加", sum(row.people for row in standing), "人次"),
            words.figure("从未参加", sum(1 for who in people if not who["counts"][0]), "人"),
        ],
        "filters": [chips("kind", "类别", [(key, Activity.Kind(key).label) for key in kinds], kind)],
        "rows": [_row(row) for row in shown],
        "people": people[:SHOWN_PEOPLE],
        "more_people": people[SHOWN_PEOPLE:],
        "part_heads": [heading for heading, _ in COUNTED],
        "help": "portal/help/_activities.html",
        "elections": elections(one),
        "add_url": reverse("portal:activity_add", args=[one.pk]) if writes else "",
        "election_url": reverse("portal:election_add", args=[one.pk]) if writes else "",
    }


def _row(row: Any) -> dict[str, Any]:
    return {
        "url": reverse("portal:activity", args=[row.training_class_id, row.pk]),
        "title": row.title,
        "kind": row.get_kind_display(),
        "when": words.day(row.date),
        "place": row.place,
        "people": row.people,
        "papers": row.papers,
        "cancelled": row.cancelled,
    }


def shares(one: TrainingClass) -> list[dict[str, Any]]:
    """Everybody on the roster with `counts` as COUNTED; who took part least comes first."""
    live = Q(activity_parts__activity__cancelled="")
    counts = {
        heading: Count("activity_parts", filter=live & (Q(activity_parts__part=part) if part else Q()))
        for heading, part in COUNTED
    }
    rows = Enrolment.objects.unscoped(WHY).of_class(one).on_roster().annotate(**counts)
    listed = rows.order_by(COUNTED[0][0], "position").values("roster_name", "group", *counts)
    return [row | {"counts": [row[heading] for heading in counts]} for row in listed]


def elections(one: TrainingClass) -> list[dict[str, Any]]:
    rows = CommitteeElection.objects.unscoped(WHY).filter(training_class=one).prefetch_related("counts__enrolment")
    return [
        {
            "post": row.post,
            "when": words.day(row.date),
            "voters": row.voters,
            "counts": sorted(
                ({"name": one.enrolment.roster_name, "votes": one.votes, "elected": one.elected} for one in row.counts.all()),
                key=lambda told: -told["votes"],
            ),
        }
        for row in rows.order_by("-date", "post")
    ]  # fmt: skip


# ---- one activity ----


def people_of(one: TrainingClass, chosen_parts: dict[Any, str]) -> list[dict[str, Any]]:
    """The roster by group, each with what they did."""
    rows = Enrolment.objects.unscoped(WHY).of_class(one).on_roster().order_by("group", "position")
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        told = {"key": str(row.pk), "name": row.roster_name, "part": chosen_parts.get(row.pk, "")}
        groups.setdefault(row.group or "未分组", []).append(told)
    return [{"name": name, "people": people} for name, people in groups.items()]


def parts_of(activity: Activity | None) -> dict[Any, str]:
    return dict(activity.parts.values_list("enrolment_id", "part")) if activity else {}


def page(one: TrainingClass, activity: Activity, door: Door) -> dict[str, Any]:
    """One activity as it is shown: facts, people, papers, points given."""
    writes = may_keep_activities(door) is None and not activity.cancelled
    parts = parts_of(activity)
    names = dict(Enrolment.objects.unscoped(WHY).filter(pk__in=parts).values_list("pk", "roster_name"))
    told = [
        {"label": Part(part).label, "names": sorted(names[key] for key, does in parts.items() if does == part)}
        for part in Part.values
    ]
    facts = [
        words.fact("类别", activity.get_kind_display()),
        words.fact("日期", words.day(activity.date)),
        words.fact("地点", activity.place),
        words.fact("时长", f"{words.hours(activity.hours)} 学时" if activity.hours else ""),
        words.fact("情况", activity.note),
    ]
    return {
        "activity": activity,
        "facts": facts,
        "parts": [one for one in told if one["names"]],
        "papers": [
            {"name": row.name, "kind": row.kind, "url": reverse("portal:activity_file", args=[one.pk, row.pk])}
            for row in activity.files.order_by("pk")
        ],
        "award": award(one, activity) if writes and door.records else None,
        "entries": entries(activity) if door.records else [],
        "edit_url": reverse("portal:activity_edit", args=[one.pk, activity.pk]) if writes else "",
        "file_url": reverse("portal:activity_file_add", args=[one.pk, activity.pk]) if writes else "",
        "op_id": new_op_id(),
        "asks": [_cancel(one, activity)] if writes else [],
    }


def _cancel(one: TrainingClass, activity: Activity) -> dict[str, Any]:
    url = reverse("portal:activity_cancel", args=[one.pk, activity.pk])
    text = "活动留在列表里并注明已取消，不再计入次数；已经记的分会冲销。"
    hidden = {"seen": activity.version}
    return ask("cancel", url, "取消活动", f"取消“{activity.title}”？", text, reason="取消的原因", hidden=hidden)


def award(one: TrainingClass, activity: Activity) -> dict[str, Any] | None:
    """The form that gives points: items of the class's scheme that take points, one field a part."""
    assessment = ClassAssessment.objects.unscoped(WHY).filter(pk=one.pk, confirmed_at=None).first()
    if assessment is None:
        return None
    items = Item.objects.filter(block__scheme=assessment.scheme_id, rule__in=AWARDABLE).select_related("block")
    item, given = given_points(activity)
    return {
        "url": reverse("portal:activity_award", args=[one.pk, activity.pk]),
        "items": [{"key": one.pk, "label": f"{one.block.name}·{one.name}", "chosen": one.pk == item} for one in items],
        "parts": [{"key": part.value, "label": part.label, "points": given.get(part.value, "")} for part in Part],
        "op_id": new_op_id(),
    }


def given_points(activity: Activity) -> tuple[int | None, dict[str, str]]:
    """The item and the points that most people of each part were given: giving them again takes nothing away."""
    rows = ScoreEntry.objects.unscoped(WHY).filter(activity=activity).standing().order_by("-id")
    found = list(rows.values_list("enrolment_id", "item_id", "points"))
    parts, counts = parts_of(activity), defaultdict[str, Counter[Decimal]](Counter)
    for who, _, points in found:
        if who in parts and points:
            counts[parts[who]][points] += 1
    given = {part: plain(count.most_common(1)[0][0]) for part, count in counts.items()}
    return (found[0][1] if found else None), given


def entries(activity: Activity) -> list[dict[str, Any]]:
    rows = ScoreEntry.objects.unscoped(WHY).filter(activity=activity).standing().select_related("item", "enrolment")
    listed = rows.order_by("enrolment__position")
    return [{"name": row.enrolment.roster_name, "item": row.item.name, "points": row.points} for row in listed]


def election_page(one: TrainingClass, form: ElectionForm) -> dict[str, Any]:
    """The roster with what was typed: a fault costs nobody the votes they entered."""
    groups = people_of(one, {})
    for who in (who for group in groups for who in group["people"]):
        who["votes"] = form.data.get(f"{VOTES}{who['key']}", "")
        who["elected"] = f"{ELECTED}{who['key']}" in form.data
    return {"groups": groups}
