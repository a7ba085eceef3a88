"""The remembered phone: a cookie of its own that opens the pages on one list, and nothing else (SEC-05).

Neither a session nor a sign-in: where somebody has no session, `request.user` is the phone's owner for exactly those
pages, and no session is read on, begun or kept alive by it.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organization.models import DeviceCredential
from organization.services import device_of, note_use

View = Callable[..., HttpResponse | Any]


def opens_with_device(view: View) -> View:
    """Mark a view that a remembered phone opens (portal.urls.DEVICE_PAGES)."""
    view.opens_with_device = True  # type: ignore[attr-defined]
    return view


class DeviceKeys:
    """Middleware between authentication and the demand for a sign-in: one query, on the listed pages only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        key = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
        if not key or not getattr(view, "opens_with_device", False):
            return
        now = timezone.now()
        device = device_of(key, DeviceCredential.Kind.PHONE, now=now)
        if device is None:
            return
        request.device = device  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            request.user = device.account
            request.by_device = True  # type: ignore[attr-defined]
            list(messages.get_messages(request))  # why an old session ended is of no interest here
            note_use(device, now=now)


def phone_of(request: HttpRequest) -> DeviceCredential | None:
    """The credential of the phone that asks, whoever is signed in on it."""
    return getattr(request, "device", None)


def by_device(request: HttpRequest) -> bool:
    """Whether nothing but the phone's key says who this is."""
    return getattr(request, "by_device", False)


def remember(response: HttpResponse, key: str) -> None:
    """Leave the key on the phone. `__Host-` (under https) wants the path `/`; the list of pages is the limit."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME, key, max_age=settings.DEVICE_DAYS * 24 * 3600, path="/",
        secure=settings.HTTPS, httponly=True, samesite="Lax",
    )  # fmt: skip
