"""Every request of somebody signed in: is the session still theirs, and what must they do before anything else?"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from organization.models import Account, SecondFactor
from organization.roles import MANAGEMENT
from organization.sessions import ADDRESS, DEVICE, ENDED, FACTOR, PROVED, SEEN, SINCE
from portal.devices import by_device

Next = Callable[[HttpRequest], HttpResponse]

ABSOLUTE = 12 * 3600  # seconds
SEEN_STEP = 30  # seconds: how exactly “last used” is known; a write per request would be dear
POLLED = (
    "portal:batch_progress",
    "portal:ledger_act",
    "portal:roster_progress",
    "portal:check_in_live",
    "portal:attendance_changes",
)  # a page that asks by itself keeps nobody signed in
OVER = "您的登录已超过时限，请重新登录"


def begin(request: HttpRequest) -> None:
    """Mark a session that has just been signed in to: when, from where, with what."""
    now = int(timezone.now().timestamp())
    device = request.headers.get("User-Agent", "")[:200]
    request.session.update({SINCE: now, SEEN: now, PROVED: now, DEVICE: device})
    request.session[ADDRESS] = request.META.get("REMOTE_ADDR") or None


def idle_seconds(account: Account) -> int:
    """How long the account may pause: a shorter time for management."""
    minutes = settings.SESSION_IDLE_MANAGEMENT if account.access.has(*MANAGEMENT) else settings.SESSION_IDLE_OTHERS
    return int(minutes) * 60


def is_over(session: SessionBase, account: Account) -> bool:
    """After a pause, or twelve hours after the sign-in; clocks that jump back end a session, too."""
    now = timezone.now().timestamp()
    pause, age = now - session.get(SEEN, 0), now - session.get(SINCE, 0)
    return not (-SEEN_STEP <= pause <= idle_seconds(account) and age <= ABSOLUTE)


class SessionBounds:
    """Ends sessions that are over, tells why they were ended elsewhere, and notes when they are used (SEC-05)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if why := request.session.get(ENDED):
            request.session.flush()
            messages.warning(request, why)
        elif request.user.is_authenticated and is_over(request.session, request.user):
            logout(request)
            messages.warning(request, OVER)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        used = request.resolver_match and request.resolver_match.view_name not in POLLED
        if used and request.user.is_authenticated and not by_device(request):
            now = int(timezone.now().timestamp())
            if now - request.session[SEEN] >= SEEN_STEP:
                request.session[SEEN] = now


FREE = ("portal:sign_out",)
PASSWORD_PAGES = (*FREE, "portal:password_change")
FACTOR_PAGES = (*FREE, "portal:second_factor", "portal:second_factor_set_up")


class Duties:
    """Leads to what must be done first: another password, then the second factor; only signing out is free (SEC-02, SEC-04)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not isinstance(request.user, Account) or by_device(request):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if must_change_password(request.user):
            return None if name in PASSWORD_PAGES else redirect("portal:password_change")
        if needs_factor(request.user) and not request.session.get(FACTOR):
            return None if name in FACTOR_PAGES else redirect("portal:second_factor")
        return None


def must_change_password(account: Account) -> bool:
    return account.has_initial_password or account.password_is_old(timezone.now())


def needs_factor(account: Account) -> bool:
    """Department staff and the three administrators sign in with two factors."""
    return settings.SECOND_FACTOR != "off" and account.access.has(*MANAGEMENT)


def has_factor(account: Account) -> bool:
    """Whether the account has a second factor in use."""
    return SecondFactor.objects.filter(account=account).exists()
