"""What the closing of a year waits for, in its list: `?ledger=<authority>.<year>` shows exactly what the number counts."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from organization.models import Account, Unit
from portal.lists import chips
from portal.pages.ledger_years import authority_of

Ledger = tuple[Unit, int]
"""An authority and a year of its ledger."""


def asked(request: HttpRequest, user: Account) -> Ledger | None:
    """The year asked for, None for all. Raises Http404 for an authority out of the account's area."""
    key, _, year = request.GET.get("ledger", "").partition(".")
    try:
        pk, number = UUID(key), int(year[:4])
    except ValueError:
        return None
    return authority_of(user, pk, number), number


def chip(ledger: Ledger) -> dict[str, Any]:
    """The filter that says so, and takes it off again."""
    authority, year = ledger
    own = f"{authority.pk}.{year}"
    return chips("ledger", "台账", [(own, f"{authority.name}{year}年")], own)
