"""The type of a request of somebody who is signed in (LoginRequiredMiddleware has seen to it)."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from organization.models import Account


class SignedIn(HttpRequest):
    """A request that passed the sign-in; `htmx` tells what the page's script asked."""

    user: Account
    htmx: HtmxDetails
