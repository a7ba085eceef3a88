"""Why somebody may see something: everybody asks for themselves, the security administrator and staff for others."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.audit import record
from organization.models import Account
from organization.roles import Role
from portal.forms import WhyForm
from portal.pages.why import Asked, Thing, answer, find, is_blind
from portal.pages.why.page import accounts_named, choices, nothing, page
from portal.requests import SignedIn


@require_safe
def why(request: SignedIn) -> HttpResponse:
    others = request.user.access.has(Role.SECURITY_ADMIN, Role.STAFF)
    form = WhyForm(request.GET if "thing" in request.GET else None, initial=request.GET.dict(), others=others)
    outcome = asked(request, form.cleaned_data) if form.is_valid() else {}
    return render(request, "portal/why.html", page(form, others) | outcome)


def asked(request: SignedIn, values: dict[str, Any]) -> dict[str, Any]:
    """The answer, a list to choose from, or that nothing was found."""
    accounts = accounts_named(request.user, values.get("account", ""))
    if len(accounts) != 1:
        return {"accounts": choices(request, "account", [(one.username, one) for one in accounts])}
    things = find(request.user, values["kind"], values["thing"], values["training_class"])
    chosen = [one for one in things if str(one.row.pk) == request.GET.get("row")] or things
    if len(chosen) > 1:
        return {"things": choices(request, "row", [(one.row.pk, one) for one in chosen])}
    if accounts[0] != request.user or is_blind(request.user):
        keep_in_the_log(request.user, accounts[0], values["kind"], chosen)
    if not chosen:
        return nothing(accounts[0], request.user, values["kind"])
    return {"whose": accounts[0], "own": accounts[0] == request.user, "thing": chosen[0]} | {
        "answer": answer(Asked(accounts[0], chosen[0]))
    }


def keep_in_the_log(asker: Account, account: Account, kind: str, chosen: list[Thing]) -> None:
    things = [f"{one.model._meta.label}:{one.row.pk}" for one in chosen]
    record("access.explain", actor=asker.pk, obj=account, unit_id=account.unit_id, after={"kind": kind, "of": things})
