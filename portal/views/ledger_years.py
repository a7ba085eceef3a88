"""台账年度: the years of an authority's ledger, closed by its department; statements of closed years."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.audit import record
from core.forms import ReasonForm
from core.scope import get_in_scope
from organization.freshness import ask_again
from organization.models import Unit
from portal.acts import Answer, answer, new_op_id, perform
from portal.downloads import XLSX, ZIP, download, stream
from portal.forms_ledger import CloseYearForm
from portal.lists import page_of
from portal.pages import ledger_years as pages
from portal.pages import statements as papers
from portal.pages.frozen_years import frozen
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_keep_ledger, may_read_statements
from reports.services.statements import zip_statements
from reports.services.year_end import ask_to_close
from trainees.models import FrozenYear
from trainees.services.freezing import release


@require_safe
def ledger_years(request: SignedIn) -> HttpResponse:
    demand(may_keep_ledger(request.user))
    context = {"authorities": pages.listed(request.user, timezone.localdate()), "crumbs": pages.crumbs()}
    return render(request, "portal/ledger/years.html", context | frozen(request, request.user))


@require_POST
def ledger_release(request: SignedIn, pk: int) -> HttpResponse:
    """A frozen year of a cadre, looked at."""
    demand(may_keep_ledger(request.user))
    row = get_in_scope(FrozenYear.objects.select_related("cadre"), request.user, pk=pk)
    form = ReasonForm(request.POST)
    reason = form.checked()["reason"]

    def act() -> Answer:
        release(row, actor=request.user, reason=reason)
        return answer(reverse("portal:ledger_years"), f"已解除{row}台账的冻结，可以入账")

    return perform(request, form, "ledger.release", [row.pk, reason], act)


@require_safe
def ledger_year(request: SignedIn, pk: UUID, year: int) -> HttpResponse:
    return _page(request, _authority(request, pk, year), year)


def _authority(request: SignedIn, pk: UUID, year: int) -> Unit:
    demand(may_keep_ledger(request.user))
    return pages.authority_of(request.user, pk, year)


def _page(request: SignedIn, unit: Unit, year: int, form: CloseYearForm | None = None) -> HttpResponse:
    context: dict[str, Any] = pages.year(request, unit, year, timezone.localdate())
    if not context["closed"]:
        context["form"] = form or CloseYearForm(sentence=pages.sentence(year), initial={"op_id": new_op_id()})
    return render(request, "portal/ledger/year.html", context)


@require_POST
def ledger_close(request: SignedIn, pk: UUID, year: int) -> HttpResponse:
    """A typed sentence and, for what cannot be undone, somebody who is there; a worker does it."""
    unit = _authority(request, pk, year)
    here = reverse("portal:ledger_year", args=[unit.pk, year])
    form = CloseYearForm(request.POST, sentence=pages.sentence(year))
    if not form.is_valid():
        return _page(request, unit, year, form)
    if stale := ask_again(request, here):
        return stale
    accepted = form.cleaned_data["accepted"]

    def act() -> Answer:
        ask_to_close(unit, year, actor=request.user, on=timezone.localdate(), accepted=accepted)
        return answer(here, f"已提交{year}年结账，办完后本页自动更新")

    return perform(request, form, "ledger.close", [str(unit.pk), year, accepted], act)


@require_safe
def ledger_people_export(request: SignedIn, pk: UUID, year: int) -> HttpResponse | FileResponse:
    """Everybody's year as it stands: asks who is there, for it holds the whole authority."""
    unit = _authority(request, pk, year)
    if stale := ask_again(request):
        return stale
    lines = list(pages.people_rows(unit, year))
    record("ledger.export", actor=request.user.pk, obj=unit, unit_id=unit.pk, after={"year": year, "rows": len(lines)})
    return download(
        table_workbook(f"{year}年学时学分", pages.PERSON_COLUMNS, lines), f"{unit}{year}年学时学分.xlsx", XLSX
    )


@require_safe
def ledger_late_export(request: SignedIn, pk: UUID, year: int) -> HttpResponse | FileResponse:
    """What was posted after closing."""
    unit = _authority(request, pk, year)
    if stale := ask_again(request):
        return stale
    lines = [pages.late_cells(one) for one in pages.adjustments(unit, year)]
    after = {"year": year, "rows": len(lines), "adjustments": True}
    record("ledger.export", actor=request.user.pk, obj=unit, unit_id=unit.pk, after=after)
    return download(
        table_workbook(f"{year}年调整期", pages.LATE_COLUMNS, lines), f"{unit}{year}年调整期入账.xlsx", XLSX
    )


# ---- statements ----


@require_safe
def statements(request: SignedIn) -> HttpResponse:
    """Of units: the department's area, the liaison's unit and its sub-units, the leader's area."""
    demand(may_read_statements(request.user))
    rows, filters = papers.statements_for(request, request.user)
    page = page_of(request, rows)
    page.object_list = [papers.statement(row) for row in page.object_list]
    crumbs = [{"label": "首页", "url": reverse("portal:home")}, {"label": "年度学习情况", "url": ""}]
    return render(request, "portal/ledger/statements.html", {"page_obj": page, "filters": filters, "crumbs": crumbs})


@require_safe
def statements_zip(request: SignedIn, pk: UUID, year: int) -> HttpResponse | StreamingHttpResponse:
    """All of a year: packed as it is sent, never stored."""
    unit = _authority(request, pk, year)
    if stale := ask_again(request):
        return stale
    pieces = zip_statements(unit, year, actor=request.user)
    return stream(pieces, f"{unit}{year}年度学习情况.zip", ZIP)
