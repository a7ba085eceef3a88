"""更正申请: a mark of a closed class is asked to be another one, and a second person decides (SEC-22)."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.forms import SeenForm, SeenReasonForm
from core.scope import get_in_scope
from portal.acts import Answer, answer, perform
from portal.forms_closing import CorrectionForm
from portal.lists import page_of
from portal.pages import corrections as pages
from portal.pages import words
from portal.requests import SignedIn
from portal.rescoring import amendment_due
from portal.rules import (
    Door,
    demand,
    may_ask_correction,
    may_decide_correction,
    may_list_corrections,
    may_withdraw_correction,
)
from portal.views.scope import class_and_door
from training.models import CorrectionRequest
from training.services.attendance import UnknownCell
from training.services.corrections import approve_correction, ask_correction, return_correction, withdraw_correction

PAGE_SIZE = 50


@require_POST
def correction_ask(request: SignedIn, pk: UUID, enrolment: UUID, session: UUID) -> HttpResponse:
    """From the drawer of one cell of a closed class."""
    one, door = class_and_door(request, pk)
    demand(may_ask_correction(door))
    form = CorrectionForm(request.POST)
    asked = form.checked()
    facts = {name: asked[name] for name in ("mark", "reason", "seen")}

    def act() -> Answer:
        made = ask_correction(
            one, enrolment, session, facts["mark"], actor=request.user, reason=facts["reason"], seen=facts["seen"]
        )
        return answer(pages.url_of(made), "更正申请已提交，由组织部另一名工作人员审批")

    try:
        return perform(request, form, "correction.ask", [str(pk), str(enrolment), str(session), facts], act)
    except UnknownCell as error:
        raise Http404("这一格不在本班的名册和课程表里") from error


@require_safe
def correction_list(request: SignedIn) -> HttpResponse:
    demand(may_list_corrections(request.user))
    rows, filters = pages.filtered(request, request.user)
    page = page_of(request, rows, PAGE_SIZE)
    page.object_list = pages.lines(list(page.object_list))
    context = {"page_obj": page, "filters": filters, "crumbs": words.crumbs(("更正申请", ""))}
    return render(request, "portal/correction/list.html", context)


def _in_scope(request: SignedIn, pk: UUID) -> CorrectionRequest:
    """The request, or 404."""
    rows = pages.linked(CorrectionRequest.objects.all())
    row: CorrectionRequest = get_in_scope(rows, request.user, pk=pk)  # type: ignore[arg-type]
    return row


def _to_decide(request: SignedIn, pk: UUID) -> CorrectionRequest:
    """The request, for a second person of the department."""
    row = _in_scope(request, pk)
    demand(may_decide_correction(Door.of(request.user, row.training_class), row.asked_by_id == request.user.pk))
    return row


@require_safe
def correction_page(request: SignedIn, pk: UUID) -> HttpResponse:
    row = _in_scope(request, pk)
    return render(request, "portal/correction/page.html", pages.page(row, request.user))


@require_POST
def correction_approve(request: SignedIn, pk: UUID) -> HttpResponse:
    """What the ledger did, and whether the result follows, is told."""
    row = _to_decide(request, pk)
    form = SeenForm(request.POST)
    seen = form.checked()["seen"]

    def act() -> Answer:
        done = approve_correction(row, actor=request.user, seen=seen)
        posted = "台账已按差额更正" if done.awarded or done.reversed else "学时没有变化"
        due = amendment_due(row.training_class, row.enrolment_id)
        return answer(pages.url_of(row), f"考勤已更正，{posted}" + (f"。{due}" if due else ""))

    return perform(request, form, "correction.approve", str(pk), act)


@require_POST
def correction_return(request: SignedIn, pk: UUID) -> HttpResponse:
    row = _to_decide(request, pk)
    form = SeenReasonForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        return_correction(row, actor=request.user, reason=values["reason"], seen=values["seen"])
        return answer(reverse("portal:correction_list"), "已退回更正申请")

    return perform(request, form, "correction.return", [str(pk), values["reason"]], act)


@require_POST
def correction_withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    row = _in_scope(request, pk)
    demand(may_withdraw_correction(row.asked_by_id == request.user.pk))
    form = SeenForm(request.POST)
    seen = form.checked()["seen"]

    def act() -> Answer:
        withdraw_correction(row, actor=request.user, seen=seen)
        return answer(pages.url_of(row), "已撤回更正申请")

    return perform(request, form, "correction.withdraw", str(pk), act)
