"""学习荣誉、任职、学习任务减免: looked through, taken out and brought in by Excel, by the department alone."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.services import note_refused
from core.audit import record
from core.files import load
from core.forms import OperationForm
from core.sheets.refusal import FileRefused
from organization.freshness import ask_again
from portal.acts import Answer, answer, new_op_id, perform
from portal.downloads import XLSX, download
from portal.forms_people import TableUpload
from portal.lists import page_of
from portal.pages import cadre_tables as pages
from portal.pages.cadre_tables import Table
from portal.pages.catalogue import rehearsed
from portal.pages.sheets import long_workbook, table_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_export_rows
from portal.rules_people import may_keep_tables
from portal.uploads import NOT_FOUND, seal, unseal
from trainees.tables import columns_of, import_table, rehearse_table, required_of

SALT = "portal.cadre_tables"


@require_safe
def cadre_table(request: SignedIn, kind: str) -> HttpResponse:
    demand(may_keep_tables(request.user))
    table, resource = pages.table_of(kind), pages.resource_of(kind, request.user)
    rows, text = pages.asked(request, table, resource)
    page = page_of(request, rows)
    page.object_list = pages.listed(resource, list(page.object_list))
    context = {
        "shelf": pages.shown(table, resource),
        "page_obj": page,
        "text": text,
        "tabs": pages.tabs(table),
        "crumbs": pages.crumbs(table),
        "export_url": f"{reverse('portal:cadre_table_export', args=[kind])}?{request.GET.urlencode()}",
        "upload_url": reverse("portal:cadre_table_upload", args=[kind]),
    }
    return render(request, "portal/cadre_tables/list.html", context)


@require_safe
def cadre_table_export(request: SignedIn, kind: str) -> FileResponse:
    """Exactly what the list shows, all pages of it; numbers are masked."""
    demand(may_keep_tables(request.user))
    table, resource = pages.table_of(kind), pages.resource_of(kind, request.user)
    rows, text = pages.asked(request, table, resource)
    demand(may_export_rows(table.label, rows.count()))
    data, count = long_workbook(table.label, resource.get_export_headers(), resource.lines(rows))
    record("cadre_table.export", actor=request.user.pk, after={"kind": kind, "rows": count, "filter": text})
    return download(data, f"{table.label}.xlsx", XLSX)


@require_safe
def cadre_table_template(request: SignedIn, kind: str) -> FileResponse:
    demand(may_keep_tables(request.user))
    table = pages.table_of(kind)
    return download(table_workbook(table.label, columns_of(kind, request.user), []), f"{table.label}模板.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def cadre_table_upload(request: SignedIn, kind: str) -> HttpResponse:
    """POST rehearses: nothing is written but the sealed bytes; asks who is there first, as the roster does."""
    demand(may_keep_tables(request.user))
    table = pages.table_of(kind)
    if stale := ask_again(request):
        return stale
    form = TableUpload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _rehearsal(request, table, form)
        except FileRefused as refused:
            form.add_error("sheet", refused.message)
    context = {
        "shelf": table,
        "form": form,
        "op_id": new_op_id(),
        "columns": columns_of(kind, request.user),
        "required": required_of(kind),
        "crumbs": pages.crumbs(table, "导入"),
        "template_url": reverse("portal:cadre_table_template", args=[kind]),
    }
    return render(request, "portal/cadre_tables/upload.html", context)


def _rehearsal(request: SignedIn, table: Table, form: TableUpload) -> HttpResponse:
    data = form.cleaned_data["sheet"].read()
    try:
        found = rehearse_table(data, table.key, actor=request.user)
    except FileRefused as refused:
        note_refused(data, refused, actor=request.user, unit=None)
        raise
    token = seal(data, found.digest, table.key, user=request.user, salt=SALT)
    context = {
        "shelf": table,
        "crumbs": pages.crumbs(table, "核对"),
        "upload_url": reverse("portal:cadre_table_upload", args=[table.key]),
    }
    url = reverse("portal:cadre_table_import", args=[table.key])
    return render(request, "portal/cadre_tables/rehearsal.html", context | rehearsed(table, found, token, url))


@require_POST
def cadre_table_import(request: SignedIn, kind: str) -> HttpResponse:
    """Write what was rehearsed: the same bytes, by the same person, within an hour."""
    demand(may_keep_tables(request.user))
    pages.table_of(kind)
    if stale := ask_again(request, reverse("portal:cadre_table_upload", args=[kind])):
        return stale
    form = OperationForm(request.POST)
    form.checked()
    stored, seen, about = unseal(request.POST.get("token", ""), user=request.user, salt=SALT)
    if about != [kind]:
        raise Http404(NOT_FOUND)

    def act() -> Answer:
        found = import_table(load(stored), kind, actor=request.user, seen=seen)
        return answer(reverse("portal:cadre_table", args=[kind]), f"已新增 {found.added} 条，更改 {found.changed} 条")

    return perform(request, form, "cadre_table.import", [str(stored.pk)], act)
