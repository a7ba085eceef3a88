"""What the page around an answer needs: the form, who is meant, what to choose from."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from organization.models import Account
from organization.rules import accounts_seen_by
from portal.pages import words
from portal.pages.why.answer import general_needs

MOST = 10


def page(form: Any, others: bool) -> dict[str, Any]:
    crumbs = words.crumbs(("为什么能看到", ""))
    empty: dict[str, Any] = {
        "accounts": None,
        "things": None,
        "thing": None,
        "answer": None,
        "whose": None,
        "needs": [],
    }
    return {"form": form, "others": others, "crumbs": crumbs} | empty


def accounts_named(asker: Account, text: str) -> list[Account]:
    """Oneself where nothing was written, else the accounts of that name that the asker works with."""
    if not text or text == asker.username:
        return [asker]
    rows = Account.objects.filter(accounts_seen_by(asker)).filter(Q(username__iexact=text) | Q(display_name=text))
    return list(rows.select_related("unit").order_by("username")[:MOST])


def choices(request: HttpRequest, name: str, found: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Links that ask the same again with one of them chosen."""
    asked = request.GET.dict()
    return [{"url": f"?{urlencode(asked | {name: value})}", "one": one} for value, one in found]


def nothing(account: Account, asker: Account, kind: str) -> dict[str, Any]:
    """Nothing in the asker's scope: whether it exists is not told."""
    return {"whose": account, "own": account == asker, "needs": general_needs(kind)}


def address_of(path: str) -> str:
    """The page that explains an address, for the pages of refusal."""
    return f"{reverse('portal:why')}?{urlencode({'kind': 'address', 'thing': path[:500]})}"
