"""干部: the list by the person door, and the same as an Excel file."""

from collections.abc import Iterator

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.audit import record
from core.idnumber import hidden
from organization.roles import Role
from portal.downloads import XLSX, download
from portal.lists import page_of
from portal.pages import cadres, words
from portal.pages.sheets import long_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_export_cadres, may_import_roster, may_list_cadres
from portal.rules_people import may_keep_tables
from trainees.resources import CadreResource, batches


@require_safe
def cadre_list(request: SignedIn) -> HttpResponse:
    demand(may_list_cadres(request.user))
    found, columns = cadres.asked(request, request.user), cadres.COLUMNS[cadres.door_of(request.user)]
    page = page_of(request, found.rows)
    page.object_list = [cadres.listed(line, columns) for line in cadres.lines_of(list(page.object_list), found.look)]
    context = {
        "page_obj": page,
        "columns": [(one.sort, one.heading, one.css) for one in columns],
        "filters": found.filters,
        "units": found.units,
        "text": found.text,
        "carried": [(name, value) for name, value in request.GET.items() if name not in ("q", "unit", "page")],
        "export_url": f"{reverse('portal:cadre_list_export')}?{request.GET.urlencode()}",
        "upload_url": "" if may_import_roster(request.user) else reverse("portal:roster_upload"),
        "tables_url": "" if may_keep_tables(request.user) else reverse("portal:cadre_table", args=["awards"]),
        "crumbs": words.crumbs(("干部", "")),
    }
    return render(request, "portal/cadres/list.html", context)


@require_safe
def cadre_list_export(request: SignedIn) -> FileResponse:
    """Exactly what the list shows, all pages of it: the department's columns, or those of the page."""
    demand(may_list_cadres(request.user))
    found = cadres.asked(request, request.user)
    demand(may_export_cadres(found.rows.count()))
    door = cadres.door_of(request.user)
    if door == Role.STAFF:
        resource = CadreResource(request.user)
        heads, lines = resource.get_export_headers(), resource.lines(found.rows)
    else:
        heads, lines = [one.heading for one in cadres.COLUMNS[door]], exported(found, door)
    data, count = long_workbook("干部", heads, lines)
    asked = {name: hidden(request.GET[name][:50]) for name in ("q", *cadres.FILTERS) if request.GET.get(name)}
    record("cadre_list.export", actor=request.user.pk, role=door, after={"rows": count, "filter": asked})
    return download(data, "干部.xlsx", XLSX)


def exported(found: cadres.Asked, door: str) -> Iterator[list[object]]:
    """The page's own columns, some thousand people at a time."""
    for people in batches(found.rows):
        for line in cadres.lines_of(people, found.look):
            yield [column.cell(line) for column in cadres.COLUMNS[door]]
