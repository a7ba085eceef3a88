"""今天: a trainee's sessions, how to check in, what is due. Made for a phone; a remembered one opens it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from assessments.models import Result
from organization.models import Account
from organization.preferences import preference
from portal.acts import new_op_id
from portal.pages import words
from training.models import AttendanceMark, CheckIn, Enrolment, LeaveRequest, Session, TrainingClass
from training.rules import Bell, Times, times

AHEAD = timedelta(days=30)
"""How far the page looks for the next day with a session."""
WEEKDAYS = "一二三四五六日"
Mark = AttendanceMark.Mark
Timed = list[tuple[Session, Times]]


def bells_of(classes: Iterable[TrainingClass], day: date) -> dict[TrainingClass, Bell]:
    """Each class's bell, read once a school."""
    listed = list(classes)
    schools = {one.unit_id: one.unit for one in listed}
    bells = {key: Bell.of(unit, day) for key, unit in schools.items()}
    return {one: bells[one.unit_id] for one in listed}


def today(user: Account, now: datetime, *, signed_in: bool) -> dict[str, Any]:
    """The page's own context. Links to what wants a sign-in are there for those who have one."""
    day = timezone.localdate(now)
    seats = seats_on(user, day)
    ahead = sessions_from(user, seats, day)
    here = [pair for pair in ahead if pair[0].date == day]
    return {
        "day": f"{words.day(day)} 星期{WEEKDAYS[day.weekday()]}",
        "classes": [class_words(one.training_class, day) for one in seats],
        "sessions": session_rows(user, here, now),
        "next": next_words([pair for pair in ahead if pair[0].date > day], day),
        "due": due(user, signed_in=signed_in) if seats else [],
    }


def first_ahead(user: Account, now: datetime) -> dict[str, Any] | None:
    """For the first card of the own home: what comes next, today or later; None without a class."""
    day = timezone.localdate(now)
    seats = seats_on(user, day)
    ahead = [pair for pair in sessions_from(user, seats, day) if pair[1][1] > now] if seats else []
    if not seats:
        return None
    when = "今天" if ahead and ahead[0][0].date == day else (next_words(ahead, day) or {}).get("when", "")
    return {"url": reverse("portal:today"), "when": when, "row": session_row(*ahead[0]) if ahead else None}


def seats_on(user: Account, day: date) -> list[Enrolment]:
    """The own seats in classes that run that day or begin within a month."""
    rows = Enrolment.objects.visible_to(user).on_roster().filter(cadre__account=user)
    running = rows.filter(since__lte=day + AHEAD, until__gte=day).exclude(
        training_class__state=TrainingClass.State.CANCELLED
    )
    return list(running.select_related("training_class__unit").order_by("since", "pk"))


def sessions_from(user: Account, seats: Sequence[Enrolment], day: date) -> Timed:
    """Sessions of these classes from a day on, in the order of time."""
    classes = {one.training_class for one in seats}
    rows = Session.objects.visible_to(user).filter(training_class__in=classes, date__gte=day, date__lte=day + AHEAD)
    found = list(rows.select_related("room", "training_class"))
    spans: dict[Session, Times] = {}
    for one, bell in bells_of(classes, day).items():
        spans |= times([session for session in found if session.training_class_id == one.pk], bell)
    return sorted(spans.items(), key=lambda pair: pair[1][0])


def class_words(one: TrainingClass, day: date) -> dict[str, Any]:
    begins = one.start > day
    return {"name": one.name, "place": one.place, "period": words.period(one.start, one.end), "begins": begins}


def session_rows(user: Account, here: Timed, now: datetime) -> list[dict[str, Any]]:
    """Today's sessions with what stands for this person: checked in, on leave, open, over. Two queries."""
    keys = [session.pk for session, _ in here]
    marks = AttendanceMark.objects.visible_to(user).filter(enrolment__cadre__account=user, session__in=keys)
    marked = {row.session_id: row for row in marks}
    opened = {row.session_id: row for row in CheckIn.objects.filter(session__in=keys)}
    return [
        session_row(session, span) | {"state": state_of(opened.get(session.pk), marked.get(session.pk), now),
                                      "now": span[0] <= now < span[1], "over": span[1] <= now}
        for session, span in here
    ]  # fmt: skip


def session_row(session: Session, span: Times) -> dict[str, Any]:
    room = session.room
    away = room is not None and (room.is_site or bool(room.route))
    how = [session.teacher_name, session.form, f"{words.hours(session.hours)} 学时"]
    return {
        "begins": clock(span[0]), "ends": clock(span[1]), "title": session.title, "how": " · ".join(filter(None, how)),
        "place": session.place_name or str(room or ""), "address": room.address if room and away else "",
        "route": room.route if room and away else "", "minutes": room.travel_minutes if room and away else 0,
    }  # fmt: skip


def state_of(check_in: CheckIn | None, mark: AttendanceMark | None, now: datetime) -> dict[str, str] | None:
    """Tone, word and sentence; None where there is nothing to say."""
    if mark is not None:
        return marked_words(mark)
    if check_in is None:
        return None
    if now < check_in.opens:
        return {"tone": "off", "label": f"{clock(check_in.opens)} 开始签到", "text": ""}
    if now >= check_in.closes:
        return {"tone": "bad", "label": "未签到", "text": "签到已经结束。如已到课，请当面告知班主任登记。"}
    late = "现在签到记为迟到" if now >= check_in.late_from else f"{clock(check_in.late_from)} 前签到不算迟到"
    text = f"请用手机扫描教室大屏上的二维码。{late}，{clock(check_in.closes)} 截止。"
    return {"tone": "strong", "label": "正在签到", "text": text}


def marked_words(mark: AttendanceMark) -> dict[str, str]:
    tone = {Mark.PRESENT: "good", Mark.ABSENT: "bad", Mark.LATE: "warn", Mark.EARLY: "warn"}.get(
        Mark(mark.mark), "info"
    )
    scanned = mark.source == AttendanceMark.Source.SCAN and mark.at is not None
    label = "已签到" if scanned and mark.mark == Mark.PRESENT else mark.get_mark_display()
    return {"tone": tone, "label": f"{label} {clock(mark.at)}" if scanned and mark.at else label, "text": ""}


def next_words(ahead: Timed, day: date) -> dict[str, Any] | None:
    """The first session of the next day that has one."""
    if not ahead:
        return None
    session, span = ahead[0]
    days = (session.date - day).days
    when = "明天" if days == 1 else f"{session.date.month}月{session.date.day}日 星期{WEEKDAYS[session.date.weekday()]}"
    return session_row(session, span) | {"when": when, "class_name": session.training_class.name}


def due(user: Account, *, signed_in: bool) -> list[dict[str, str]]:
    """Leave that waits for its answer; results that may be objected to."""
    asked = (
        LeaveRequest.objects.unscoped("the own leave, by the account that asks")
        .filter(enrolment__cadre__account=user, state="asked")
        .order_by("first")
    )
    rows = [
        {
            "icon": "hourglass",
            "title": f"{one.get_kind_display()}待审批",
            "text": words.period(one.first, one.last),
            "url": reverse("portal:leave_page", args=[one.pk]) if signed_in else "",
        }
        for one in asked
    ]
    shown = Result.objects.visible_to(user).filter(enrolment__cadre__account=user, state=Result.State.SHOWN)
    for one in shown.select_related("training_class__unit").order_by("pk"):
        days = preference(one.training_class.unit, "objection_days", timezone.localdate())
        url = reverse("portal:result_detail", args=[one.enrolment_id]) if signed_in else ""
        text = f"{one.training_class.name}；自公示起 {days} 天内可以提出异议"
        rows.append({"icon": "scale", "title": "成绩公示中", "text": text, "url": url})
    return rows


def phone_card(*, remembered: bool, on_phone: bool) -> dict[str, Any] | None:
    """The offer to remember this phone; at a desk, the way to open the page on one. None where it is remembered."""
    if remembered:
        return None
    address = settings.PUBLIC_URL + reverse("portal:today")
    picture = "" if on_phone else segno.make_qr(address, error="l").svg_data_uri(scale=3)
    url = reverse("portal:device_remember") if on_phone else ""
    return {"url": url, "picture": picture, "days": settings.DEVICE_DAYS, "op_id": new_op_id()}


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"
