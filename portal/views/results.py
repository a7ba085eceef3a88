"""Results: one trainee's page, and what is done with a class's results."""

from collections.abc import Collection
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.models import Result
from assessments.services import decide_candidate, override_leave_cap, show_results
from core.forms import SeenForm, SeenReasonForm
from core.scope import get_in_scope
from organization.freshness import ask_again
from portal.acts import Answer, answer, perform
from portal.downloads import CSV, XLSX, download
from portal.forms import CandidateForm
from portal.pages.result import detail
from portal.pages.results import is_confirmed
from portal.requests import SignedIn
from portal.rules import (
    Door,
    demand,
    may_confirm,
    may_export_summary,
    may_override_leave,
    may_see_points,
    may_show_results,
)
from portal.views.scope import class_and_door
from reports.services import amend_and_replace, confirm_and_issue, read_summary
from training.models import TrainingClass

LINKED = ("enrolment__unit", "enrolment__cadre", "training_class__unit", "scheme")


def result_and_door(request: SignedIn, enrolment: UUID) -> tuple[Result, Door]:
    """The trainee's result, or 404."""
    rows = Result.objects.select_related(*LINKED)
    result = get_in_scope(rows, request.user, enrolment=enrolment)
    return result, Door.of(request.user, result.training_class)


@require_safe
def result_detail(request: SignedIn, enrolment: UUID) -> HttpResponse:
    result, door = result_and_door(request, enrolment)
    own = result.enrolment.cadre.account_id == request.user.pk
    demand(may_see_points(door, own))
    return render(request, "portal/result_detail.html", detail(result, door, request.user))


@require_safe
def class_summary_csv(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    one, door = class_and_door(request, pk)
    demand(may_export_summary(door))
    if stale := ask_again(request):
        return stale
    return download(read_summary(one, "csv", actor=request.user), f"{one.name}成绩汇总.csv", CSV)


@require_safe
def class_summary_xlsx(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    one, door = class_and_door(request, pk)
    demand(may_export_summary(door))
    if stale := ask_again(request):
        return stale
    return download(read_summary(one, "xlsx", actor=request.user), f"{one.name}成绩汇总.xlsx", XLSX)


def results_url(one: TrainingClass) -> str:
    return reverse("portal:class_results", args=[one.pk])


def files_url(one: TrainingClass) -> str:
    return reverse("portal:class_files", args=[one.pk])


@require_POST
def results_show(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_show_results(door))
    form = SeenForm(request.POST)
    seen = form.checked()["seen"]

    def act() -> Answer:
        shown = show_results(one, actor=request.user, seen=seen)
        return answer(results_url(one), f"已公示 {shown} 名学员的成绩")

    return perform(request, form, "results.show", [str(one.pk), seen], act)


@require_POST
def results_confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_confirm(door))
    form = SeenForm(request.POST)
    seen = form.checked()["seen"]

    def act() -> Answer:
        confirm_and_issue(one, actor=request.user, on=timezone.localdate(), seen=seen)
        return answer(files_url(one) if door.papers else results_url(one), "成绩已确认，文件正在生成")

    return perform(request, form, "results.confirm", [str(one.pk), seen], act)


@require_POST
def results_amend(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_confirm(door))
    form = SeenReasonForm(request.POST)
    reason, seen = form.checked()["reason"], form.checked()["seen"]

    def act() -> Answer:
        amend_and_replace(one, actor=request.user, reason=reason, on=timezone.localdate(), seen=seen)
        return answer(files_url(one) if door.papers else results_url(one), "成绩已更正，涉及的文件正在重新生成")

    return perform(request, form, "results.amend", [str(one.pk), reason], act)


def amend_if_confirmed(request: SignedIn, result: Result, reason: str, touched: Collection[UUID] = ()) -> None:
    """Where documents are issued already, those that the act touches are replaced in the same transaction."""
    if is_confirmed(result.training_class):
        day = timezone.localdate()
        amend_and_replace(result.training_class, actor=request.user, reason=reason, on=day, touched=touched)


@require_POST
def result_candidate(request: SignedIn, enrolment: UUID) -> HttpResponse:
    result, door = result_and_door(request, enrolment)
    demand(may_confirm(door))
    form = CandidateForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        decide_candidate(result, values["chosen"], actor=request.user, minute=values["reason"], seen=values["seen"])
        amend_if_confirmed(request, result, values["reason"], touched=[enrolment])
        return answer(reverse("portal:result_detail", args=[enrolment]), "已记录考评工作小组的决定")

    return perform(request, form, "result.candidate", [str(enrolment), values["chosen"], values["reason"]], act)


@require_POST
def result_leave(request: SignedIn, enrolment: UUID) -> HttpResponse:
    result, door = result_and_door(request, enrolment)
    demand(may_override_leave(door))
    form = SeenReasonForm(request.POST)
    reason, seen = form.checked()["reason"], form.checked()["seen"]

    def act() -> Answer:
        override_leave_cap(result.enrolment, actor=request.user, reason=reason, seen=seen)
        amend_if_confirmed(request, result, reason)
        return answer(reverse("portal:result_detail", args=[enrolment]), "已特批，成绩已重新计算")

    return perform(request, form, "result.leave", [str(enrolment), reason], act)
