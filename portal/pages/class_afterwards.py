"""训后: the class's tab: each graduate's report-back and both follow-ups."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from organization.models import Account
from portal.pages import follow_ups, words
from portal.pages.report_backs import TONES
from portal.rules import Door
from training.models import Enrolment, FollowUp, ReportBack, TrainingClass
from training.services.report_backs import report_due

State = ReportBack.State


def seats(user: Account, one: TrainingClass) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.visible_to(user).of_class(one).filter(state=Enrolment.State.COMPLETED)
    return rows.select_related("unit", "report_back")


def fragment(user: Account, one: TrainingClass, page: Any, door: Door) -> dict[str, Any]:
    """The fragment's own context; the page's rows become lines."""
    people = list(page.object_list)
    visits = FollowUp.objects.visible_to(user).filter(enrolment__in=people)
    by_seat = {(visit.enrolment_id, visit.months): visit for visit in visits}
    page.object_list = [line(seat, by_seat, door) for seat in people]
    return {"page_obj": page, "figures": figures(user, one), "notes": notes(one)}


def line(seat: Enrolment, visits: dict[Any, FollowUp], door: Door) -> dict[str, Any]:
    first, second = (visit_of(visits.get((seat.pk, months)), door) for months in FollowUp.MONTHS)
    told = told_of(getattr(seat, "report_back", None))
    return {"name": seat.roster_name, "unit": seat.unit.name, "told": told, "first": first, "second": second}


def told_of(row: ReportBack | None) -> dict[str, str] | None:
    if row is None:
        return None
    url = reverse("portal:report_back", args=[row.pk])
    return {"state": row.get_state_display(), "tone": TONES[row.state], "url": url}


def visit_of(row: FollowUp | None, door: Door) -> dict[str, str] | None:
    if row is None:
        return None
    tone, state = ("good", "已办结") if row.closed_at else ("warn", "待办结")
    if not door.staff:
        return {"state": state, "tone": tone, "url": ""}
    tone = follow_ups.TONES[FollowUp.Outcome(row.outcome)] if row.outcome else tone
    return {
        "state": row.get_outcome_display() or state,
        "tone": tone,
        "url": reverse("portal:follow_up", args=[row.pk]),
    }


def figures(user: Account, one: TrainingClass) -> list[dict[str, object]]:
    rows = Enrolment.objects.visible_to(user).filter(training_class=one, state=Enrolment.State.COMPLETED)
    found = rows.aggregate(
        people=Count("pk"), told=Count("report_back"),
        confirmed=Count("report_back", filter=Q(report_back__state=State.CONFIRMED)),
    )  # fmt: skip
    visits = FollowUp.objects.visible_to(user).filter(enrolment__training_class=one)
    return [
        words.figure("已述学", found["told"], "人", f"结业 {found['people']} 人，单位已确认 {found['confirmed']} 人"),
        *follow_ups.figures(visits)[1:],
    ]


def notes(one: TrainingClass) -> list[dict[str, str]]:
    if one.closed_on is None:
        return [words.note("info", "班次结班以后，学员开始填报述学；满三个月、十二个月自动列出回访。")]
    return [words.note("info", f"述学期限：{words.day(report_due(one))}。")]
