"""同期在班: a full-time class on whose roster the cadre stands in the very days of an off-the-job filing; it only warns."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from organization.models import Account
from portal.pages import words
from trainees.models import Cadre, Recognition
from trainees.models.ledger import Channel
from training.models import Enrolment


def clashes(rows: Iterable[Recognition], user: Account) -> dict[UUID, str]:
    """By filing, in words; one query however many filings there are."""
    asked = [row for row in rows if row.channel == Channel.OFF_JOB and row.state not in Recognition.GONE]
    if not asked:
        return {}
    cadres = {row.cadre_id for row in asked}
    seats = _seats(cadres, min(row.since for row in asked), max(row.until for row in asked), user)
    found = {row.pk: _told(seats, row.cadre_id, row.since, row.until) for row in asked}
    return {key: told for key, told in found.items() if told}


def clash_of(cadre: Cadre, channel: str, since: date, until: date, user: Account) -> str:
    """Of what is about to be filed."""
    if channel != Channel.OFF_JOB:
        return ""
    return _told(_seats({cadre.pk}, since, until, user), cadre.pk, since, until)


def _seats(cadres: set[UUID], since: date, until: date, user: Account) -> list[Enrolment]:
    rows = Enrolment.objects.visible_to(user).on_roster().filter(cadre__in=cadres, full_time=True)
    rows = rows.filter(since__lte=until, until__gte=since)
    return list(rows.select_related("training_class").order_by("since", "pk"))


def _told(seats: Iterable[Enrolment], cadre: UUID, since: date, until: date) -> str:
    own = [seat for seat in seats if seat.cadre_id == cadre and seat.since <= until and seat.until >= since]
    named = [f"{seat.training_class.name}（{words.period(seat.since, seat.until)}）" for seat in own]
    return "；".join(named)
