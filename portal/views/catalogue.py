"""课程库、师资库、教室与教学点: looked through, kept by hand, brought in and taken out by Excel."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.services import note_refused
from core.audit import record
from core.files import load
from core.forms import OperationForm
from core.sheets.refusal import FileRefused
from courses.loading import RESOURCES, columns_of, import_catalogue, rehearse_catalogue
from courses.models import Course
from courses.services import add_to_catalogue, add_version, change_in_catalogue
from organization.models import Unit
from portal.acts import Answer, answer, new_op_id, perform
from portal.downloads import XLSX, download
from portal.forms import CatalogueForm, CatalogueUpload, VersionForm
from portal.lists import page_of
from portal.pages import catalogue
from portal.pages.catalogue import Shelf
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import catalogue_units, demand, may_use_catalogue
from portal.uploads import NOT_FOUND, seal, unseal

SALT = "portal.catalogue"


@require_safe
def catalogue_list(request: SignedIn, kind: str) -> HttpResponse:
    demand(may_use_catalogue(request.user))
    shelf = catalogue.shelf_of(kind)
    every = catalogue.rows_for(shelf, request.user)
    rows, filters, text = catalogue.filtered(request, shelf, every)
    page, writable = page_of(request, rows), catalogue.writable_units(request.user)
    entries = list(page.object_list)
    if kind == "teachers":
        catalogue.rate(entries)
    page.object_list = [catalogue.listed(shelf, row, writable) for row in entries]
    context = {
        "shelf": shelf,
        "page_obj": page,
        "filters": filters,
        "text": text,
        "search_words": f"在{shelf.label}中查找",
        "figures": catalogue.figures(shelf, every),
        "tabs": catalogue.tabs(kind),
        "crumbs": catalogue.crumbs(shelf),
        "export_url": f"{reverse('portal:catalogue_export', args=[kind])}?{request.GET.urlencode()}",
        "add_url": reverse("portal:catalogue_add", args=[kind]) if writable else "",
        "import_url": reverse("portal:catalogue_upload", args=[kind]) if writable else "",
    }
    return render(request, "portal/catalogue/list.html", context)


@require_safe
def catalogue_export(request: SignedIn, kind: str) -> FileResponse:
    """Exactly what the list shows, all pages of it, in the columns that the import reads."""
    demand(may_use_catalogue(request.user))
    shelf = catalogue.shelf_of(kind)
    rows, _, _ = catalogue.filtered(request, shelf, catalogue.rows_for(shelf, request.user))
    lines = catalogue.exported(RESOURCES[kind], rows)
    record("catalogue.export", actor=request.user.pk, after={"kind": kind, "rows": len(lines)})
    return download(table_workbook(shelf.label, columns_of(kind), lines), f"{shelf.label}.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_add(request: SignedIn, kind: str) -> HttpResponse:
    demand(may_use_catalogue(request.user))
    shelf, units = catalogue.shelf_of(kind), catalogue_units(request.user)
    form = shelf.form(request.POST or None, units=units, initial={"op_id": new_op_id()})
    if request.method == "POST" and form.is_valid():
        row = form.entry()

        def act() -> Answer:
            add_to_catalogue(row, actor=request.user, teachers=form.cleaned_data.get("teachers", ()))
            return answer(reverse("portal:catalogue", args=[kind]), f"已增加“{row}”")

        return perform(request, form, f"catalogue.{kind}.add", _payload(form), act)
    return _form_page(request, shelf, form, f"增加{shelf.one}")


@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_entry(request: SignedIn, kind: str, pk: UUID) -> HttpResponse:
    demand(may_use_catalogue(request.user))
    shelf, units = catalogue.shelf_of(kind), catalogue_units(request.user)
    row = _own(shelf, units, pk)
    shown = {"op_id": new_op_id(), "seen": row.version}
    form = shelf.form(request.POST or None, units=units, instance=row, initial=shown)
    if request.method == "POST" and form.is_valid():
        changed = form.entry()

        def act() -> Answer:
            teachers = form.cleaned_data.get("teachers")
            change_in_catalogue(changed, actor=request.user, seen=form.cleaned_data["seen"], teachers=teachers)
            return answer(reverse("portal:catalogue", args=[kind]), f"已更改“{changed}”")

        return perform(request, form, f"catalogue.{kind}.change", [str(pk), *_payload(form)], act)
    return _form_page(request, shelf, form, str(row), row)


def _own(shelf: Shelf, units: list[Unit], pk: UUID) -> Any:
    row = shelf.model._default_manager.filter(pk=pk, unit__in=units).first()
    if row is None:
        raise Http404("没有找到，或不归您维护")
    return row


def _payload(form: CatalogueForm) -> list[str]:
    return [f"{name}={form.data.get(name, '')}" for name in form.fields if name != "op_id"]


def _form_page(request: SignedIn, shelf: Shelf, form: Any, heading: str, row: Any = None) -> HttpResponse:
    context = {
        "shelf": shelf,
        "form": form,
        "heading": heading,
        "crumbs": catalogue.crumbs(shelf, heading),
        "back_url": reverse("portal:catalogue", args=[shelf.key]),
    }
    if isinstance(row, Course):
        context["versions"] = catalogue.versions(row)
        context["version_form"] = VersionForm(initial={"op_id": new_op_id(), "since": timezone.localdate()})
        context["version_url"] = reverse("portal:course_version", args=[row.pk])
    return render(request, "portal/catalogue/form.html", context)


@require_POST
def course_version(request: SignedIn, pk: UUID) -> HttpResponse:
    demand(may_use_catalogue(request.user))
    row = _own(catalogue.shelf_of("courses"), catalogue_units(request.user), pk)
    form = VersionForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        facts = {name: values[name] for name in ("outline", "change")}
        made = add_version(row, values["hours"], values["since"], actor=request.user, **facts)
        return answer(reverse("portal:catalogue_entry", args=["courses", pk]), f"已增加第{made.number}版")

    payload = [str(pk), str(values["hours"]), str(values["since"]), values["outline"], values["change"]]
    return perform(request, form, "catalogue.version", payload, act)


# ---- by Excel ----


@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_upload(request: SignedIn, kind: str) -> HttpResponse:
    """POST rehearses: nothing is written but the sealed bytes, which the import reads again."""
    demand(may_use_catalogue(request.user))
    shelf, units = catalogue.shelf_of(kind), catalogue_units(request.user)
    form = CatalogueUpload(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            return _rehearsal(request, shelf, form)
        except FileRefused as refused:
            form.add_error("sheet", refused.message)
    context = {
        "shelf": shelf,
        "form": form,
        "op_id": new_op_id(),
        "columns": columns_of(kind),
        "required": RESOURCES[kind].required,
        "crumbs": catalogue.crumbs(shelf, "导入"),
        "template_url": reverse("portal:catalogue_template", args=[kind]),
    }
    return render(request, "portal/catalogue/upload.html", context)


def _rehearsal(request: SignedIn, shelf: Shelf, form: CatalogueUpload) -> HttpResponse:
    data, unit = form.cleaned_data["sheet"].read(), form.chosen_unit
    try:
        found = rehearse_catalogue(data, shelf.key, unit, actor=request.user)
    except FileRefused as refused:
        note_refused(data, refused, actor=request.user, unit=unit)
        raise
    token = seal(data, found.digest, shelf.key, str(unit.pk), user=request.user, salt=SALT)
    context = {
        "shelf": shelf,
        "unit": unit,
        "crumbs": catalogue.crumbs(shelf, "核对"),
        "upload_url": reverse("portal:catalogue_upload", args=[shelf.key]),
    }
    url = reverse("portal:catalogue_import", args=[shelf.key])
    return render(request, "portal/catalogue/rehearsal.html", context | catalogue.rehearsed(shelf, found, token, url))


@require_POST
def catalogue_import(request: SignedIn, kind: str) -> HttpResponse:
    """Write what was rehearsed: the same bytes, by the same person, within an hour."""
    demand(may_use_catalogue(request.user))
    catalogue.shelf_of(kind)
    form = OperationForm(request.POST)
    form.checked()
    stored, seen, about = unseal(request.POST.get("token", ""), user=request.user, salt=SALT)
    place = next((one for one in catalogue_units(request.user) if about == [kind, str(one.pk)]), None)
    if place is None:
        raise Http404(NOT_FOUND)

    def act() -> Answer:
        found = import_catalogue(load(stored), kind, place, actor=request.user, seen=seen)
        return answer(reverse("portal:catalogue", args=[kind]), f"已新增 {found.added} 条，更改 {found.changed} 条")

    return perform(request, form, "catalogue.import", [str(stored.pk)], act)


@require_safe
def catalogue_template(request: SignedIn, kind: str) -> FileResponse:
    demand(may_use_catalogue(request.user))
    shelf = catalogue.shelf_of(kind)
    return download(table_workbook(shelf.label, columns_of(kind), []), f"{shelf.label}模板.xlsx", XLSX)
