"""What a trainee still has to do: duties, learning sent back, leave to end, reports at the unit, follow-ups, reminders."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from organization.models import Account
from portal.pages import words
from portal.pages.archive.duties import state_of
from portal.pages.online import own_reminders
from reports.papers.archive import DutyLine
from reports.papers.archive_classes import Archive
from training.models import FollowUp, LeaveRequest, ReportBack, TrainingClass
from training.services.report_backs import owed_by, report_terms

Due = dict[str, Any]
SOON = timedelta(days=60)


def due_of(archive: Archive, user: Account, archive_url: str) -> list[Due]:
    """In the order of their days; six queries."""
    rows = [
        *_returned_recognitions(archive),
        *_leave_to_end(user, archive.on),
        *_reports(user, archive.on),
        *_follow_ups(user, archive.on),
        *_reminders(user, archive.on, archive_url),
        *_duties(archive.duties, archive.on, archive_url),
    ]
    return sorted(rows, key=lambda row: row["on"] or date.max)


def _one(icon: str, title: str, text: str, url: str, on: date | None, *, late: bool = False) -> Due:
    return {"icon": icon, "title": title, "text": text, "url": url, "on": on, "late": late}


def _duties(lines: Iterable[DutyLine], today: date, url: str) -> list[Due]:
    """What is not met and due within two months, or past: the others stand above it as gauges."""
    open_ones = [line for line in lines if not line.met and not line.exempt and line.due - today <= SOON]
    return [
        _one("target", line.name, f"还差 {words.hours(line.missing)} {line.unit}", f"{url}#duties", line.due,
             late=state_of(line, today)[0] == "bad")
        for line in open_ones
    ]  # fmt: skip


def _returned_recognitions(archive: Archive) -> list[Due]:
    return [
        _one(
            "arrow-back-up",
            f"学分认定被退回：{line.title}",
            line.reason,
            reverse("portal:recognition_page", args=[line.key]),
            None,
            late=True,
        )
        for line in archive.recognised
        if line.state == "returned"
    ]


def _leave_to_end(user: Account, today: date) -> list[Due]:
    rows = LeaveRequest.objects.visible_to(user).filter(
        enrolment__cadre__account=user, state=LeaveRequest.State.GRANTED
    )
    rows = rows.filter(last__lt=today, training_class__state=TrainingClass.State.RUNNING)
    return [
        _one("clipboard-check", f"{row.get_kind_display()}待销假", words.period(row.first, row.last),
             reverse("portal:leave_page", args=[row.pk]), row.last, late=True)
        for row in rows.order_by("last", "pk")
    ]  # fmt: skip


def _reports(user: Account, today: date) -> list[Due]:
    """述学 of classes that were closed lately and of which nothing is told yet; what was sent back."""
    mine = {"enrolment__cadre__account": user, "state": ReportBack.State.RETURNED}
    back = ReportBack.objects.visible_to(user).filter(**mine).select_related("enrolment__training_class")
    rows = [
        _one("arrow-back-up", "述学被退回", f"{row.enrolment.training_class.name}：{row.state_reason}",
             reverse("portal:report_back_file", args=[row.enrolment_id]), None, late=True)
        for row in back.order_by("on", "pk")
    ]  # fmt: skip
    owed = list(owed_by(user, today))
    terms = report_terms(seat.training_class for seat in owed)
    return rows + [
        _one("presentation", "向单位述学", seat.training_class.name,
             reverse("portal:report_back_file", args=[seat.pk]), terms[seat.training_class_id],
             late=terms[seat.training_class_id] < today)
        for seat in owed
    ]  # fmt: skip


def _follow_ups(user: Account, today: date) -> list[Due]:
    rows = FollowUp.objects.visible_to(user).filter(enrolment__cadre__account=user, own_at=None, closed_at=None)
    rows = rows.filter(due__lte=today).select_related("enrolment__training_class").order_by("due", "pk")
    return [
        _one("message-circle", f"训后 {row.months} 个月回访", row.enrolment.training_class.name,
             reverse("portal:follow_up_answer", args=[row.pk]), row.due, late=today - row.due > SOON)
        for row in rows
    ]  # fmt: skip


def _reminders(user: Account, today: date, url: str) -> list[Due]:
    """督学提醒 of virtual on-line classes: how far one is stands in the archive."""
    return [
        _one("bell", f"督学提醒：{row['class_name']}", row["text"], f"{url}#online", None, late=True)
        for row in own_reminders(user, today)
    ]
