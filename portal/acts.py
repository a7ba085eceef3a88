"""How a page changes something: at most once for an op_id, then a message and the next page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from core.forms import OperationForm
from core.keys import new_key
from core.operations import Refused, once
from organization.models import Account
from portal.requests import SignedIn

Answer = dict[str, Any]


def answer(url: str, message: str = "", *, warning: bool = False) -> Answer:
    """Where to go next and what to say there; kept with the op_id, so that a repeat is told the same."""
    return {"url": url, "message": message} | ({"warning": True} if warning else {})


def perform(
    request: SignedIn, form: OperationForm, name: str, payload: object, act: Callable[[], Answer]
) -> HttpResponse:
    """Run `act` once for the form's op_id and go where its answer says. Raises BadRequest for a faulty form."""
    values = form.checked()
    given = once(values["op_id"], request.user.pk, name, payload, act)
    if given.get("message"):
        tell = messages.warning if given.get("warning") else messages.success
        tell(request, given["message"])
    return redirect(given["url"])


def attempt(
    request: SignedIn, form: OperationForm, name: str, payload: object, act: Callable[[], Answer]
) -> HttpResponse | None:
    """`perform`, or None where the rules say no: their sentence stands on the form then, which is shown again."""
    try:
        return perform(request, form, name, payload, act)
    except Refused as refused:
        form.add_error(None, refused.message)
        return None


def new_op_id() -> str:
    """A number for a form that is about to be shown."""
    return str(new_key())


def ask(key: str, url: str, opener: str, title: str, text: str, **more: Any) -> dict[str, Any]:
    """A dialog that says what it will do before it is done (components/confirm.html)."""
    words = {"points": [], "reason": "", "action": opener, "hidden": {}}
    return {"id": f"ask-{key}", "url": url, "opener": opener, "title": title, "text": text, "op_id": new_op_id()} | (
        words | more
    )


def age_in_words(since: Any) -> str:
    """How long something has waited, for people: 今天, 3 天."""
    days = (timezone.now() - since).days
    return f"{days} 天" if days > 0 else "今天"


def names_of(keys: set[Any]) -> dict[Any, str]:
    """Display names of accounts by key, in one query."""
    found = Account.objects.filter(pk__in=keys - {None}).values_list("pk", "display_name")
    return dict(found)
