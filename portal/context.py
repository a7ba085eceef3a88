"""What the base frame needs on every page: rail, account, search, addresses."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from core.idnumber import is_id_number
from portal.devices import by_device
from portal.rail import Standing, account_of, rail_of, rail_of_phone


def frame(request: HttpRequest) -> dict[str, Any]:
    """A context processor; the admin's pages get it too. Nothing is asked for somebody who is not signed in."""
    user = getattr(request, "user", None)
    words: dict[str, Any] = {
        "demo": settings.DEMO,
        "one_factor": settings.SECOND_FACTOR == "off",
        "home_url": reverse("portal:home"),
        "account": None,
    }
    if user is None or not user.is_authenticated:
        return words
    if by_device(request):
        return words | {"rail": rail_of_phone(), "search_url": "", "foot_links": [], "q": ""}
    standing = Standing.of(user)
    return words | {
        "rail": rail_of(standing, request.path),
        "account": account_of(standing),
        "search_url": reverse("portal:search") if standing.searches else "",
        "number_search_url": reverse("portal:search_number"),
        "sign_out_url": reverse("portal:sign_out"),
        "password_url": reverse("portal:password_change"),
        "messages_url": "",
        "unread": 0,
        "q": "" if is_id_number(q := request.GET.get("q", "")[:50]) else q,
        "foot_links": [{"label": "组件", "url": reverse("portal:styleguide")}],
    }
