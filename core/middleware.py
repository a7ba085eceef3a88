"""What every request carries: facts for the audit log, the scope guard, and `no-store` on pages of signed-in people."""

from collections.abc import Callable
from ipaddress import ip_address
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.audit import Facts, facts_of_request
from core.scope import guarded

Next = Callable[[HttpRequest], HttpResponse]


class ClientAddress:
    """Puts the client's own address into REMOTE_ADDR behind the office's proxies (`TRUSTED_PROXIES`).

    X-Forwarded-For is read from its right end, where our proxies write, and only when one of them asks; what a client
    wrote to the left of that is never believed (SEC-03).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trusted = settings.TRUSTED_PROXIES
        if request.META.get("REMOTE_ADDR") in trusted:
            told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
            client = next((part for part in reversed(told) if part not in trusted), "")
            if is_address(client):
                request.META["REMOTE_ADDR"] = client
        return self.get_response(request)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class Permissions:
    """No page uses the camera, the place or anything else of a device, and nobody may make it do so (SEC-09).

    It stands outermost: answers that later middleware gives itself carry the header as well.
    """

    POLICY = ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
            "microphone", "midi", "payment", "publickey-credentials-get", "usb", "xr-spatial-tracking",
        )
    )  # fmt: skip

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = self.POLICY
        return response


class RequestFacts:
    """Keeps who, from where and which request at hand for `core.audit.record`."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session_key = request.session.session_key or ""
        facts = Facts(source_ip=request.META.get("REMOTE_ADDR") or None, session_key=session_key, request_id=uuid4())
        with facts_of_request(facts):
            return self.get_response(request)


class ScopeGuard:
    """Inside a request, people's data without `visible_to` raises (core.scope)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with guarded():
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()  # templates evaluate querysets: render while the guard is on
            return response


class NoStore:
    """Pages and downloads of signed-in people are never kept by a browser or a proxy (SEC-09)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response
