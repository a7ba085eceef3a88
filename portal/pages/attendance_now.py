"""Calling a class over on a phone: one session, big buttons by group."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone

from portal.pages import words
from portal.pages.attendance import SOURCES
from portal.pages.attendance_totals import LABELS, SIGNS, WHY, seats_of, session_counts
from training.models import AttendanceMark, Enrolment, Session, TrainingClass
from training.rules.timetable import Bell, times

CYCLE = ("present", "late", "absent", None)
"""What a tap makes of a mark, in turn; leave is given elsewhere."""


def session_at(sessions: Sequence[Session], bell: Bell, now: datetime) -> Session | None:
    """The session that is on, else the next one, else the last of all."""
    spans = times(sessions, bell)
    coming = [each for each in sorted(spans, key=lambda one: spans[one]) if spans[each][1] > now]
    return coming[0] if coming else (list(sessions)[-1] if sessions else None)


def call_over(one: TrainingClass, asked: str, now: datetime) -> dict[str, Any]:
    """What templates/portal/attendance_now.html needs; five queries."""
    sessions = list(Session.objects.unscoped(WHY).of_class(one))
    named = next((each for each in sessions if str(each.pk) == asked), None)
    bell = Bell.of(one.unit, timezone.localdate(now))
    when = named or session_at(sessions, bell, now)
    crumbs = words.crumbs(
        (one.name, reverse("portal:class_page", args=[one.pk])),
        ("考勤", reverse("portal:class_attendance", args=[one.pk])),
        ("现场点名", ""),
    )
    head = {"class_name": one.name, "crumbs": crumbs, "when": None}
    return head if when is None else head | session_words(one, sessions, when, times(sessions, bell)[when])


def session_words(
    one: TrainingClass, sessions: Sequence[Session], when: Session, span: tuple[datetime, datetime]
) -> dict[str, Any]:
    place = sessions.index(when)
    here = reverse("portal:attendance_now", args=[one.pk])
    beside = {"before": place - 1, "after": place + 1}
    urls = {
        name: f"{here}?session={sessions[other].pk}" if 0 <= other < len(sessions) else ""
        for name, other in beside.items()
    }
    counts = session_counts(one, [when.pk], seats_of(one))[str(when.pk)]
    begin, end = (timezone.localtime(moment) for moment in span)
    return {
        "when": {"day": words.day(when.date), "period": when.get_period_display(), "title": when.title,
                 "times": f"{begin:%H:%M}—{end:%H:%M}", "teacher": when.teacher_name, "place": when.place_name},
        "beside": urls, "groups": groups(one, when), "counts": counts,
        "settings": {
            "saveUrl": reverse("portal:attendance_marks", args=[one.pk]), "session": str(when.pk), "cycle": CYCLE,
            "labels": LABELS, "signs": SIGNS, "sources": SOURCES,
        },
    }  # fmt: skip


def groups(one: TrainingClass, when: Session) -> list[dict[str, Any]]:
    """Trainees by group in roster order, each with the mark that stands; two queries."""
    rows = AttendanceMark.objects.unscoped(WHY).filter(training_class=one, session=when)
    marks = {row.enrolment_id: row for row in rows}
    people = Enrolment.objects.unscoped(WHY).of_class(one).on_roster().order_by("group", "position")
    return [
        {"name": name or "学员", "people": [person(who, marks.get(who.pk)) for who in members]}
        for name, members in groupby(people, key=lambda who: who.group)
    ]


def person(who: Enrolment, mark: AttendanceMark | None) -> dict[str, Any]:
    stands = {"mark": "", "label": "未记", "version": 0, "source": ""}
    if mark is not None:
        stands = {"mark": mark.mark, "label": LABELS[mark.mark], "version": mark.version, "source": mark.source}
    return {"key": who.pk, "name": who.roster_name, "number": who.position} | stands
