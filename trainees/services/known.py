"""What was known when: a year's sums as they stood at a moment, whatever the entries are dated."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from trainees.models.ledger import Channel, CreditEntry, CreditEntryQuerySet

ZERO = Decimal(0)
COLUMNS = {
    "off_job_days": Sum("days", filter=Q(channel=Channel.OFF_JOB)),
    "off_job_hours": Sum("hours", filter=Q(channel=Channel.OFF_JOB)),
    "online_hours": Sum("hours", filter=Q(channel=Channel.ONLINE)),
    "other_hours": Sum("hours", filter=~Q(channel__in=[Channel.OFF_JOB, Channel.ONLINE])),
    "required": Sum("credits", filter=Q(kind=CreditEntry.Kind.REQUIRED)),
    "elective": Sum("credits", filter=Q(kind=CreditEntry.Kind.ELECTIVE)),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """A year of a person, adjustments included."""

    off_job_days: Decimal = ZERO
    off_job_hours: Decimal = ZERO
    online_hours: Decimal = ZERO
    other_hours: Decimal = ZERO
    required: Decimal = ZERO
    elective: Decimal = ZERO


def known_at(entries: CreditEntryQuerySet, year: int, moment: datetime) -> dict[UUID, Sums]:
    """Of the entries given (one cadre's, an authority's, in the caller's scope): each person's sums as known then.

    A merged double counts for who lives on today. One query.
    """
    rows = entries.known_at(moment).filter(year=year).order_by()
    persons = rows.annotate(person=Coalesce("cadre__canonical_id", "cadre_id")).values("person")
    found = persons.annotate(**{f"sum_{name}": column for name, column in COLUMNS.items()})
    return {one["person"]: Sums(**{name: one[f"sum_{name}"] or ZERO for name in COLUMNS}) for one in found}
