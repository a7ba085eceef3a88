"""Writes about the catalogue: it names no trainee and is shared by everybody below its unit."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.audit import record
from core.operations import Refused, demand_current, intention
from courses.models import (
    Course,
    CourseCategory,
    CourseModule,
    CourseSystem,
    CourseVersion,
    Room,
    Teacher,
    TeacherTitle,
)
from organization.models import Account

Entry = CourseCategory | Course | Teacher | Room | CourseSystem | CourseModule | TeacherTitle
FORMS = {"course": Course, "teacher": Teacher, "room": Room}


@intention
def add_to_catalogue(row: Entry, *, actor: Account, teachers: Sequence[Teacher] = ()) -> Entry:
    """A new entry; the database refuses one that is there already. A course begins with its first version."""
    row.save(force_insert=True)
    if isinstance(row, Course):
        row.teachers.set(teachers)
        CourseVersion.objects.create(course=row, number=1, since=timezone.localdate(), hours=row.hours)
    event = f"{row._meta.model_name}.add"
    record(event, actor=actor.pk, obj=row, unit_id=getattr(row, "unit_id", None), after={"name": str(row)})
    return row


@intention
def change_in_catalogue(
    row: Entry, *, actor: Account, seen: int | None = None, teachers: Sequence[Teacher] | None = None
) -> Entry:
    """Write the entry as it is in memory over the one in the database. Raises Conflict when somebody was quicker.

    Hours of a course change by a new version only.
    """
    held: Entry = type(row)._base_manager.select_for_update().get(pk=row.pk)  # type: ignore[misc]
    demand_current(seen, getattr(held, "version", 0), str(held))
    before, after = _difference(held, row)
    if isinstance(row, Course) and "hours" in after:
        raise Refused("学时随版次变化，请增加新的版次")
    if isinstance(row, Course | Teacher | Room):
        row.version = getattr(held, "version", 0) + bool(after)
    row.save()
    if isinstance(row, Course) and teachers is not None:
        row.teachers.set(teachers)
    if after:
        event = f"{row._meta.model_name}.change"
        record(event, actor=actor.pk, obj=row, unit_id=getattr(row, "unit_id", None), before=before, after=after)
    return row


@intention
def add_version(
    course: Course, hours: Decimal, since: date, *, actor: Account, outline: str = "", change: str = ""
) -> CourseVersion:
    """A new version of a course from a day on; the course's own hours follow."""
    held = Course.objects.select_for_update().get(pk=course.pk)
    latest = held.versions.order_by("-number").first()
    if latest and since < latest.since:
        raise Refused(f"新版次的日期不能早于第{latest.number}版（{latest.since}）")
    number = latest.number + 1 if latest else 1
    made = CourseVersion.objects.create(
        course=held, number=number, hours=hours, since=since, outline=outline, change=change
    )
    before = held.hours
    held.hours, held.version = hours, held.version + 1
    held.save(update_fields=["hours", "version"])
    record(
        "course.version", actor=actor.pk, obj=held, unit_id=held.unit_id, before={"hours": str(before)},
        after={"hours": str(hours), "number": number},
    )  # fmt: skip
    return made


def _difference(held: Entry, row: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns that differ, as text; a teacher's name is told as changed, not quoted."""
    before, after = {}, {}
    for field in row._meta.concrete_fields:
        if field.name in ("version", "id"):
            continue
        old, new = getattr(held, field.attname), getattr(row, field.attname)
        if old != new:
            quiet = isinstance(row, Teacher) and field.name == "name"
            before[field.name] = "（不记姓名）" if quiet else str(old)
            after[field.name] = "（不记姓名）" if quiet else str(new)
    return before, after
