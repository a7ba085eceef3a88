"""The class workbook's way in: upload and rehearse, look at the faults, confirm, done."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.models import WorkbookImport
from assessments.services import (
    commit_workbook,
    marked_up_workbook,
    rehearse_workbook,
    take_marked_workbook,
    template_workbook,
)
from core.forms import OperationForm, ReasonForm
from core.scope import get_in_scope
from organization.models import Account
from portal.acts import Answer, answer, new_op_id, perform
from portal.downloads import XLSX, Sendable, download, hand_over, opens
from portal.forms import WorkbookForm
from portal.pages import words, workbook
from portal.pages.results import is_confirmed
from portal.requests import SignedIn
from portal.rules import demand, may_commit, may_import, may_take_marked, units_for_import
from portal.uploads import take_file
from reports.services import amend_by_workbook

LINKED = ("training_class__unit", "unit", "file")


def import_in_scope(user: Account, pk: UUID | str) -> WorkbookImport:
    imported: WorkbookImport = get_in_scope(WorkbookImport.objects.select_related(*LINKED), user, pk=pk)
    return imported


@require_http_methods(["GET", "HEAD", "POST"])
def workbook_upload(request: SignedIn) -> HttpResponse:
    """POST rehearses: nothing is written about the class, the file and what was found are kept for some days."""
    demand(may_import(request.user))
    units = units_for_import(request.user)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WorkbookForm(*sent, units=units, initial=initial(request))
    if request.method == "POST" and form.is_valid() and (done := rehearse(request, form)):
        return done
    context = {
        "form": form,
        "op_id": new_op_id(),
        "steps": words.steps(workbook.STEPS, 0),
        "template_url": reverse("portal:workbook_template"),
        "recent": workbook.recent(request.user),
        "crumbs": workbook.crumbs(),
    }
    return render(request, "portal/workbook/upload.html", context, status=422 if form.errors else 200)


def initial(request: SignedIn) -> dict[str, str]:
    """The unit that a class's page names in its link."""
    return {"unit": request.GET.get("unit", "")}


def rehearse(request: SignedIn, form: WorkbookForm) -> HttpResponse | None:
    unit = form.chosen_unit

    def act(data: bytes, file_name: str) -> Answer:
        imported = rehearse_workbook(data, file_name, actor=request.user, unit=unit)
        return answer(reverse("portal:workbook_rehearsal", args=[imported.pk]))

    return take_file(request, form, "workbook", "workbook.rehearse", [str(unit.pk)], unit, act)


@require_safe
def workbook_rehearsal(request: SignedIn, pk: UUID) -> HttpResponse:
    imported = import_in_scope(request.user, pk)
    if imported.state == WorkbookImport.State.COMMITTED:
        return redirect("portal:workbook_done", pk=pk)
    ready = imported.state == WorkbookImport.State.REHEARSED and may_commit(request.user, imported) is None
    return render(request, "portal/workbook/rehearsal.html", workbook.rehearsal(imported, ready))


@require_safe
def workbook_marked(request: SignedIn, pk: UUID) -> HttpResponse:
    imported = import_in_scope(request.user, pk)
    demand(may_take_marked(request.user, imported))
    take_marked_workbook(imported, actor=request.user)
    return hand_over(request, "marked_workbook", pk)


@opens("marked_workbook")
def marked_workbook(user: Account, key: str) -> Sendable:
    imported = import_in_scope(user, key)
    demand(may_take_marked(user, imported))
    return Sendable(marked_up_workbook(imported), f"已标注_{imported.file_name}", XLSX)


@require_POST
def workbook_confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    """Write what was rehearsed; where results are confirmed, it is an amendment with its reason."""
    imported = import_in_scope(request.user, pk)
    demand(may_commit(request.user, imported))
    known, open_yet = imported.training_class, imported.state != WorkbookImport.State.COMMITTED
    amending = known is not None and open_yet and is_confirmed(known)
    form = ReasonForm(request.POST) if amending else OperationForm(request.POST)
    reason = form.checked().get("reason", "")

    def act() -> Answer:
        if amending:
            amend_by_workbook(imported, actor=request.user, reason=reason, on=timezone.localdate())
        else:
            commit_workbook(imported, actor=request.user)
        return answer(reverse("portal:workbook_done", args=[pk]))

    return perform(request, form, "workbook.confirm", [str(pk), request.POST.get("reason", "")], act)


@require_safe
def workbook_done(request: SignedIn, pk: UUID) -> HttpResponse:
    imported = import_in_scope(request.user, pk)
    if imported.state != WorkbookImport.State.COMMITTED or imported.training_class is None:
        return redirect("portal:workbook_rehearsal", pk=pk)
    return render(request, "portal/workbook/done.html", workbook.done(imported, imported.training_class))


@require_safe
def workbook_template(request: SignedIn) -> FileResponse:
    demand(may_import(request.user))
    return download(template_workbook(), "班次工作簿模板.xlsx", XLSX)
