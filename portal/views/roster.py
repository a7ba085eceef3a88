"""干部花名册's way in: uploaded and rehearsed by a worker, looked at, confirmed, written by a worker."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.scope import get_in_scope
from organization.freshness import ask_again
from organization.models import Account
from portal.acts import Answer, answer, new_op_id, perform
from portal.downloads import XLSX, Sendable, download, hand_over, opens, stored
from portal.forms import RosterConfirmForm, RosterForm
from portal.pages import roster_upload as pages
from portal.requests import SignedIn
from portal.rules import demand, may_import_roster, roster_units
from portal.uploads import take_file
from trainees.models import RosterUpload
from trainees.roster.template import template_workbook
from trainees.services.rosters import confirm_roster, take_report, take_roster


def upload_in_scope(user: Account, pk: UUID | str) -> RosterUpload:
    rows = RosterUpload.objects.select_related("unit", "file", "report")
    found: RosterUpload = get_in_scope(rows, user, pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def roster_upload(request: SignedIn) -> HttpResponse:
    """POST keeps the file and has it rehearsed; asks who is there first: it opens a whole area's records."""
    demand(may_import_roster(request.user))
    if stale := ask_again(request):
        return stale
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RosterForm(*sent, units=roster_units(request.user))
    if request.method == "POST" and form.is_valid() and (done := taken(request, form)):
        return done
    context = pages.upload(request.user) | {"form": form, "op_id": new_op_id()}
    return render(request, "portal/rosters/upload.html", context, status=422 if form.errors else 200)


def taken(request: SignedIn, form: RosterForm) -> HttpResponse | None:
    unit = form.chosen_unit

    def act(data: bytes, file_name: str) -> Answer:
        upload = take_roster(data, file_name, actor=request.user, unit=unit)
        return answer(reverse("portal:roster_page", args=[upload.pk]))

    return take_file(request, form, "roster", "roster.take", [str(unit.pk)], unit, act)


@require_safe
def roster_page(request: SignedIn, pk: UUID) -> HttpResponse:
    """One address from the upload to the end: what waits, what was found, what was written."""
    upload = upload_in_scope(request.user, pk)
    return render(request, "portal/rosters/page.html", pages.page(upload))


@require_safe
def roster_progress(request: SignedIn, pk: UUID) -> HttpResponse:
    """The bar; what is ready is no longer asked for and brings the page around it up to date, once."""
    upload = upload_in_scope(request.user, pk)
    bar = pages.progress(upload)
    response = render(request, "components/_waiting.html", {"bar": bar})
    if bar is None:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def roster_confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    upload = upload_in_scope(request.user, pk)
    if stale := ask_again(request, reverse("portal:roster_page", args=[pk])):
        return stale
    rows = [one["row"] for one in upload.found.get("renames", ())]
    form = RosterConfirmForm(request.POST, rows=rows)
    accepted = form.checked()["accepted"]

    def act() -> Answer:
        confirm_roster(upload, accepted, actor=request.user)
        return answer(reverse("portal:roster_page", args=[pk]), "已开始导入")

    return perform(request, form, "roster.confirm", [str(pk), sorted(accepted)], act)


@require_safe
def roster_report(request: SignedIn, pk: UUID) -> HttpResponse:
    upload = upload_in_scope(request.user, pk)
    if stale := ask_again(request):
        return stale
    take_report(upload, actor=request.user)
    return hand_over(request, "roster_report", pk)


@opens("roster_report")
def report_of(user: Account, key: str) -> Sendable:
    upload = upload_in_scope(user, key)
    return stored(upload.report, f"核对明细_{upload.file_name.rpartition('.')[0]}.xlsx")


@require_safe
def roster_template(request: SignedIn) -> FileResponse:
    demand(may_import_roster(request.user))
    return download(template_workbook(), "干部花名册模板.xlsx", XLSX)
