"""台账办理: the bar of an act that a worker carries out."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.scope import get_in_scope
from portal.pages import ledger_acts as pages
from portal.requests import SignedIn
from trainees.models import LedgerAct


@require_safe
def ledger_act(request: SignedIn, pk: UUID) -> HttpResponse:
    """What is done is no longer asked for and brings the page around it up to date, once, or leads on to what was made."""
    act: LedgerAct = get_in_scope(LedgerAct.objects.all(), request.user, pk=pk)
    bar = pages.bar(act)
    response = render(request, "components/_waiting.html", {"bar": bar})
    if onward := pages.next_page(act):
        response["HX-Redirect"] = onward
    elif bar is None:
        response["HX-Refresh"] = "true"
    return response
