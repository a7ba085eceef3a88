"""述学: filed on the trainee's phone, confirmed or sent back by the unit."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import SeenForm, SeenReasonForm
from core.scope import get_in_scope
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.forms_afterwards import ReportBackForm
from portal.lists import page_of
from portal.pages import report_backs as pages
from portal.rail import Standing
from portal.requests import SignedIn
from portal.rules import demand
from portal.rules_people import may_follow_afterwards, may_judge_report, may_report_back
from training.models import Enrolment, ReportBack
from training.services.report_backs import confirm_report, file_report, return_report

PAGE_SIZE = 50


@require_safe
def my_afterwards(request: SignedIn) -> HttpResponse:
    """The account's own classes afterwards."""
    demand(may_report_back(Standing.of(request.user).learns))
    return render(request, "portal/afterwards/mine.html", pages.mine(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def report_back_file(request: SignedIn, enrolment: UUID) -> HttpResponse:
    rows = Enrolment.objects.select_related("training_class__unit", "cadre", "report_back")
    seat: Enrolment = get_in_scope(rows, request.user, pk=enrolment)
    demand(may_report_back(seat.cadre.account_id == request.user.pk))
    row: ReportBack | None = getattr(seat, "report_back", None)
    form = ReportBackForm(request.POST or None, initial=_start(row))
    if request.method == "POST" and form.is_valid():

        def act() -> Answer:
            file_report(seat, form.told(), actor=request.user, seen=form.cleaned_data["seen"])
            return answer(reverse("portal:my_afterwards"), "述学已填报，等待单位确认")

        payload = [str(seat.pk), {name: str(value) for name, value in form.cleaned_data.items() if name != "op_id"}]
        if done := attempt(request, form, "report_back.file", payload, act):
            return done
    context = {
        "form": form,
        "heading": "填报述学",
        "lead": seat.training_class.name,
        "back_url": reverse("portal:my_afterwards"),
        "crumbs": pages.crumbs("填报述学", ("我的训后", reverse("portal:my_afterwards"))),
    }
    return render(request, "portal/afterwards/form.html", context, status=422 if form.errors else 200)


def _start(row: ReportBack | None) -> dict[str, Any]:
    """What was filed before, where it was sent back."""
    start: dict[str, Any] = {"op_id": new_op_id()}
    if row is not None:
        start |= {name: getattr(row, name) for name in ("on", "occasion", "audience", "text")} | {"seen": row.version}
    return start


@require_safe
def report_backs(request: SignedIn) -> HttpResponse:
    """Reports of the area's units by state; or who is late."""
    demand(may_follow_afterwards(request.user))
    show = pages.show_of(request)
    rows = pages.late(request.user) if show == "late" else pages.listed(request.user, show)
    page = page_of(request, rows, PAGE_SIZE)
    page.object_list = (pages.late_lines if show == "late" else pages.lines)(list(page.object_list))
    context = {"page_obj": page, "filters": pages.filters(show), "tabs": pages.tabs("report_backs")}
    context["crumbs"] = pages.crumbs("述学")
    return render(request, "portal/afterwards/report_backs.html", context)


def _report(request: SignedIn, pk: UUID) -> ReportBack:
    linked = ReportBack.objects.select_related("enrolment__training_class__unit", "enrolment__cadre", "unit")
    row: ReportBack = get_in_scope(linked, request.user, pk=pk)
    return row


@require_safe
def report_back(request: SignedIn, pk: UUID) -> HttpResponse:
    context = pages.page(_report(request, pk), request.user)
    return render(request, "portal/afterwards/report_back.html", context)


@require_POST
def report_back_confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    row, form = _report(request, pk), SeenForm(request.POST)
    demand(may_judge_report(request.user, row))
    seen = form.checked()["seen"]

    def act() -> Answer:
        confirm_report(row, actor=request.user, seen=seen)
        return answer(reverse("portal:report_backs"), f"已确认{row.enrolment.roster_name}的述学")

    return perform(request, form, "report_back.confirm", [str(pk), seen], act)


@require_POST
def report_back_return(request: SignedIn, pk: UUID) -> HttpResponse:
    row, form = _report(request, pk), SeenReasonForm(request.POST)
    demand(may_judge_report(request.user, row))
    values = form.checked()

    def act() -> Answer:
        return_report(row, actor=request.user, reason=values["reason"], seen=values["seen"])
        return answer(reverse("portal:report_backs"), f"已退回{row.enrolment.roster_name}的述学")

    return perform(request, form, "report_back.return", [str(pk), values["reason"], values["seen"]], act)
