"""Sensitive acts ask who is there: a sign-in or a confirmation of at most ten minutes ago, with both factors (SEC-04)."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from organization.sessions import FACTOR, PROVED

PROOF_LASTS = 10 * 60  # seconds


def is_fresh(request: HttpRequest) -> bool:
    """Whether the session's owner proved themselves lately, with both factors where two are asked for."""
    age = timezone.now().timestamp() - request.session.get(PROVED, 0)
    both = settings.SECOND_FACTOR == "off" or bool(request.session.get(FACTOR))
    return both and 0 <= age <= PROOF_LASTS


def ask_again(request: HttpRequest, back: str = "") -> HttpResponse | None:
    """The way to the confirmation, or None for whoever needs none; afterwards `back`, else the page, is opened anew.

    Views ask it after scope and right: who may not is told so, and learns nothing by confirming.
    """
    if is_fresh(request):
        return None
    back = back or (request.get_full_path() if request.method in ("GET", "HEAD") else request.path)
    return redirect(f"{reverse(settings.CONFIRM_URL)}?{urlencode({'next': back})}")
