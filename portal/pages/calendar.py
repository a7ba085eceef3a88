"""A person's sessions as a calendar feed (RFC 5545): own classes of a trainee, managed classes of a manager."""

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from icalendar import Calendar, Event

from organization.models import Account
from portal.pages.today import bells_of
from training.models import ClassRole, Enrolment, Session, TrainingClass
from training.rules import Times, times

KEPT = timedelta(days=90)
"""How long a class that has ended stays in the calendar."""
NAME = "干部教育培训"


def calendar_of(user: Account, now: datetime) -> tuple[bytes, str]:
    """The feed and its ETag, by the sessions as they are: the same sessions give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//portal//timetable//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", NAME)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", timedelta(hours=2), parameters={"VALUE": "DURATION"})
    for session, span in sessions_of(user, now):
        calendar.add_component(event_of(session, span))
    calendar.add_missing_timezones()
    body: bytes = calendar.to_ical()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def sessions_of(user: Account, now: datetime) -> list[tuple[Session, Times]]:
    """Sessions in the order of time, each with its from–to."""
    day = timezone.localdate(now)
    seats = Enrolment.objects.visible_to(user).filter(cadre__account=user)
    seats = seats.filter(Q(training_class__state=TrainingClass.State.CANCELLED) | Q(pk__in=seats.on_roster()))
    roles = ClassRole.objects.on(day).filter(account=user, kind=ClassRole.Kind.MANAGER)
    own = Q(training_class__in=seats.values("training_class")) | Q(training_class__in=roles.values("training_class"))
    rows = Session.objects.visible_to(user).filter(own, training_class__end__gte=day - KEPT)
    found = list(rows.select_related("training_class__unit", "room"))
    spans: dict[Session, Times] = {}
    for one, bell in bells_of({session.training_class for session in found}, day).items():
        spans |= times([session for session in found if session.training_class == one], bell)
    return sorted(spans.items(), key=lambda pair: (pair[1][0], str(pair[0].pk)))


def event_of(session: Session, span: Times) -> Event:
    """One session. Its stamp is when it was put in, so that nothing changes but what changed."""
    one, room = session.training_class, session.room
    event = Event()
    event.add("uid", f"{session.pk}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("dtstamp", datetime.fromtimestamp((session.pk.int >> 80) / 1000, UTC).replace(microsecond=0))
    event.add("sequence", session.version - 1)
    event.add("dtstart", timezone.localtime(span[0]))
    event.add("dtend", timezone.localtime(span[1]))
    event.add("summary", session.title)
    if place := (room.address or room.name) if room and room.is_site else session.place_name or str(room or ""):
        event.add("location", place)
    facts = [one.name, session.teacher_name and f"授课：{session.teacher_name}", session.form]
    facts.append(f"路线：{room.route}" if room and room.route else "")
    event.add("description", "\n".join(filter(None, facts)))
    if one.state == TrainingClass.State.CANCELLED:
        event.add("status", "CANCELLED")
    return event
