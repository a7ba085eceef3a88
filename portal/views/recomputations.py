"""重算: the department looks at what new rules change of a posted year, has it done, and keeps the report."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.audit import record
from core.forms import OperationForm, ReasonForm
from organization.freshness import ask_again
from portal.acts import Answer, answer, perform
from portal.downloads import XLSX, download
from portal.pages import ledger_years, recomputations
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_keep_ledger
from trainees.services.recomputing_acts import ask_to_recompute, ask_to_rehearse


@require_http_methods(["GET", "HEAD", "POST"])
def recompute(request: SignedIn, pk: UUID, year: int) -> HttpResponse:
    """What it would do, as it was rehearsed; by POST a worker does it, with the reason."""
    demand(may_keep_ledger(request.user))
    unit = ledger_years.authority_of(request.user, pk, year)
    if request.method != "POST":
        return render(request, "portal/ledger/recompute.html", recomputations.page(unit, year))
    form = ReasonForm(request.POST)
    reason = form.checked()["reason"]

    def act() -> Answer:
        ask_to_recompute(unit, year, actor=request.user, reason=reason)
        return answer(reverse("portal:recompute", args=[unit.pk, year]), "已提交重算，办完后转到报告")

    return perform(request, form, "ledger.recompute", [str(unit.pk), year, reason], act)


@require_POST
def recompute_rehearse(request: SignedIn, pk: UUID, year: int) -> HttpResponse:
    """A worker looks what it would do."""
    demand(may_keep_ledger(request.user))
    unit = ledger_years.authority_of(request.user, pk, year)

    def act() -> Answer:
        ask_to_rehearse(unit, year, actor=request.user)
        return answer(reverse("portal:recompute", args=[unit.pk, year]))

    return perform(request, OperationForm(request.POST), "ledger.rehearse", [str(unit.pk), year], act)


@require_safe
def recomputation(request: SignedIn, pk: UUID) -> HttpResponse:
    demand(may_keep_ledger(request.user))
    row = recomputations.recomputation(request.user, pk)
    return render(request, "portal/ledger/recomputation.html", recomputations.report(row))


@require_safe
def recomputation_export(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    """Every reversal and every award of it."""
    demand(may_keep_ledger(request.user))
    row = recomputations.recomputation(request.user, pk)
    if stale := ask_again(request):
        return stale
    lines = list(recomputations.entry_lines(row))
    after = {"year": row.year, "rows": len(lines), "recomputation": str(row.pk)}
    record("ledger.export", actor=request.user.pk, obj=row, unit_id=row.authority_id, after=after)
    name = f"{row.authority}{row.year}年重算明细.xlsx"
    return download(table_workbook(f"{row.year}年重算", recomputations.ENTRY_COLUMNS, lines), name, XLSX)
