"""学习任务: how units stand, whose people are under what is asked, and the same as Excel files."""

from collections.abc import Iterator

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.audit import record
from organization.roles import Role
from portal.downloads import XLSX, download
from portal.lists import page_of
from portal.pages import words
from portal.pages.duties import attainment, people
from portal.pages.duties.closed import closed_words
from portal.pages.duties.look import Look, look
from portal.pages.sheets import long_workbook, table_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_export_cadres, may_see_duties

UNITS_A_PAGE = 100


def crumbs(last: str = "") -> list[dict[str, str]]:
    url = reverse("portal:duties") if last else ""
    return words.crumbs(("学习任务", url), *([(last, "")] if last else []))


@require_safe
def duties(request: SignedIn) -> HttpResponse:
    """One line a unit; ten queries, however many units and people."""
    demand(may_see_duties(request.user))
    seen = look(request, request.user)
    board = attainment.board(seen)
    page = page_of(request, attainment.in_order(request, board), UNITS_A_PAGE)
    page.object_list = [attainment.row(line, board) for line in page.object_list]
    chart, asked = attainment.chart(board), request.GET.urlencode()
    context = {
        "page_obj": page,
        "unit": seen.unit,
        "year": seen.view.year,
        "today": seen.view.today,
        "closed": closed_words(seen),
        "statements_url": f"{reverse('portal:statements')}?year={seen.view.year}",
        "filters": seen.filters,
        "codes": board.heads,
        "figures": attainment.figures(board),
        "charts": [chart] if chart else [],
        "people_url": attainment.people_url(seen),
        "export_url": f"{reverse('portal:duties_export')}?{asked}",
        "appraisal_url": f"{reverse('portal:duties_appraisal')}?{asked}",
        "exemptions_url": reverse("portal:exemptions") if request.user.access.has(Role.STAFF) else "",
        "crumbs": crumbs(seen.unit.name if seen.unit and not seen.whole else ""),
    }
    return render(request, "portal/duties/attainment.html", context)


@require_safe
def duties_export(request: SignedIn) -> FileResponse:
    """Exactly what the page shows, all units of it."""
    demand(may_see_duties(request.user))
    board = attainment.board(look(request, request.user))
    lines = [attainment.cells(line, board) for line in [*attainment.in_order(request, board), board.total]]
    _record(request, board.look, len(lines))
    lines += _below_the_table(board.look)
    name = f"{board.look.view.year}年单位达标情况"
    return download(table_workbook("达标情况", attainment.headings(board), lines), f"{name}.xlsx", XLSX)


@require_safe
def duties_appraisal(request: SignedIn) -> FileResponse:
    """年度考核用表 of the units below the one looked at."""
    demand(may_see_duties(request.user))
    board = attainment.board(look(request, request.user))
    lines = attainment.appraisal(board)
    _record(request, board.look, len(lines), form="appraisal")
    lines += _below_the_table(board.look)
    name = f"{board.look.view.year}年干部教育培训考核用表"
    return download(table_workbook("考核用表", attainment.APPRAISAL, lines), f"{name}.xlsx", XLSX)


@require_safe
def duty_people(request: SignedIn) -> HttpResponse:
    """People, those who lack most first; a fixed number of queries."""
    demand(may_see_duties(request.user))
    asked = people.Asked.of(request, look(request, request.user))
    page = page_of(request, asked.keys(), people.PAGE_SIZE)
    page.object_list = [people.row(line, asked.look) for line in people.lines(list(page.object_list), asked.look)]
    context = {
        "page_obj": page,
        "filters": asked.filters,
        "lead": asked.words,
        "year": asked.look.view.year,
        "codes": asked.look.codes.values(),
        "text": asked.text,
        "carried": [(name, value) for name, value in request.GET.items() if name not in ("q", "page")],
        "export_url": f"{reverse('portal:duty_people_export')}?{request.GET.urlencode()}",
        "crumbs": crumbs("干部"),
    }
    return render(request, "portal/duties/people.html", context)


@require_safe
def duty_people_export(request: SignedIn) -> FileResponse:
    """Exactly what the list shows, all pages of it."""
    demand(may_see_duties(request.user))
    asked = people.Asked.of(request, look(request, request.user))
    keys = asked.keys()
    demand(may_export_cadres(len(keys)))

    def lines() -> Iterator[list[object]]:
        return (people.cells(line, asked.look) for line in people.in_batches(keys, asked.look))

    data, count = long_workbook("学习任务", people.headings(asked.look), lines())
    _record(request, asked.look, count, state=asked.state, only=asked.only)
    return download(data, f"{asked.look.view.year}年干部学习任务.xlsx", XLSX)


def _below_the_table(seen: Look) -> list[list[object]]:
    """A file of a closed year says so under its sum."""
    said = closed_words(seen)
    return [[f"注：{said}"]] if said else []


def _record(request: SignedIn, seen: Look, rows: int, **more: str) -> None:
    after = {"rows": rows, **seen.query, **{name: value for name, value in more.items() if value}}
    unit = seen.unit.pk if seen.unit else None
    record("duties.export", actor=request.user.pk, unit_id=unit, after=after)
