"""The list of classes, and one class as a page with tabs."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessments.services import export_class
from core.audit import record
from organization.freshness import ask_again
from portal.downloads import XLSX, download
from portal.lists import page_of
from portal.pages import classes, files, overview, results, roster, satisfaction, words
from portal.pages.homes import leave_wait, unclosed_wait
from portal.pages.leaves.tab import verdicts
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import (
    demand,
    may_export_class,
    may_group,
    may_import,
    may_list_classes,
    may_print_slips,
    may_see_papers,
    may_see_roster,
)
from portal.views.scope import class_and_door

LIST_COLUMNS = ("班次名称", "编号", "主办单位", "起止日期", "学员", "状态", "成绩")


@require_safe
def class_list(request: SignedIn) -> HttpResponse:
    demand(may_list_classes(request.user))
    rows, filters = classes.filtered(request, request.user, classes.listed_for(request.user))
    page = page_of(request, rows)
    page.object_list = [classes.row(one) for one in page.object_list]
    context = {
        "page_obj": page,
        "filters": filters,
        "export_url": f"{reverse('portal:class_list_export')}?{request.GET.urlencode()}",
        "upload_url": "" if may_import(request.user) else reverse("portal:workbook_upload"),
        "scope_words": "您范围内的班次",
        "waits": [wait for wait in [leave_wait(request.user), unclosed_wait(request.user)] if wait],
        "crumbs": words.crumbs(("班次", "")),
    }
    return render(request, "portal/class_list.html", context)


@require_safe
def class_list_export(request: SignedIn) -> FileResponse:
    """Exactly what the list shows, all pages of it."""
    demand(may_list_classes(request.user))
    rows, _ = classes.filtered(request, request.user, classes.listed_for(request.user))
    lines = [classes.cells(one) for one in rows]
    record("class_list.export", actor=request.user.pk, after={"rows": len(lines)})
    return download(table_workbook("班次", LIST_COLUMNS, lines), "班次.xlsx", XLSX)


@require_safe
def class_page(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    context = classes.page(one, door, "class_page", "overview") | overview.overview(one, door)
    return render(request, "portal/class_page.html", context)


@require_safe
def class_roster(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_see_roster(door))
    rows, filters = roster.roster(request, request.user, one)
    page = page_of(request, rows, roster.PAGE_SIZE)
    over = verdicts(one)
    page.object_list = [roster.row(who, over) for who in page.object_list]
    url = f"{reverse('portal:class_roster_export', args=[one.pk])}?{request.GET.urlencode()}"
    slips_url = "" if may_print_slips(door) else reverse("portal:class_slips", args=[one.pk])
    groups_url = "" if may_group(door) else reverse("portal:class_groups", args=[one.pk])
    own = {
        "page_obj": page, "filters": filters, "export_url": url, "slips_url": slips_url, "groups_url": groups_url
    }  # fmt: skip
    return render(request, "portal/class_page.html", classes.page(one, door, "class_roster", "roster") | own)


@require_safe
def class_roster_export(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    """The roster as filtered, ID numbers masked."""
    one, door = class_and_door(request, pk)
    demand(may_export_class(door))
    if stale := ask_again(request):
        return stale
    rows, _ = roster.roster(request, request.user, one)
    lines = [roster.cells(who) for who in rows]
    record("roster.export", actor=request.user.pk, obj=one, unit_id=one.unit_id, after={"rows": len(lines)})
    return download(table_workbook("学员名册", roster.COLUMNS, lines), f"{one.name}学员名册.xlsx", XLSX)


@require_safe
def class_results(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    context = classes.page(one, door, "class_results", "results") | results.fragment(request, one, door)
    return render(request, "portal/class_page.html", context)


@require_safe
def class_files(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_see_papers(door))
    context = classes.page(one, door, "class_files", "files") | files.files(one, door, request.user)
    return render(request, "portal/class_page.html", context)


@require_safe
def class_satisfaction(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    own = satisfaction.satisfaction(one, request.user)
    return render(
        request, "portal/class_page.html", classes.page(one, door, "class_satisfaction", "satisfaction") | own
    )


@require_safe
def class_export(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    """The class as its workbook; it holds full ID numbers, asks who is there, and the service records who took it."""
    one, door = class_and_door(request, pk)
    demand(may_export_class(door))
    if stale := ask_again(request):
        return stale
    return download(export_class(one, actor=request.user), f"{one.name}.xlsx", XLSX)
