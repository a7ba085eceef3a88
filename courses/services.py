"""Writes about the catalogue: it names no trainee and is shared by everybody below its unit."""

from core.audit import record
from core.operations import intention
from courses.models import Course, CourseCategory, Room, Teacher
from organization.models import Account

Entry = CourseCategory | Course | Teacher | Room


@intention
def add_to_catalogue(row: Entry, *, actor: Account) -> Entry:
    """A new category, course, teacher or room; the database refuses one that is there already."""
    row.save(force_insert=True)
    event = f"{row._meta.model_name}.add"
    record(event, actor=actor.pk, obj=row, unit_id=getattr(row, "unit_id", None), after={"name": str(row)})
    return row
