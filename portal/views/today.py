"""今天: the trainee's page for the phone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from organization.devices import is_phone
from portal.devices import by_device, phone_of
from portal.pages import today as pages
from portal.requests import SignedIn


@require_safe
def today(request: SignedIn) -> HttpResponse:
    """Opened by a session or by a remembered phone (portal.urls.DEVICE_PAGES)."""
    phone = phone_of(request)
    own = phone is not None and phone.account_id == request.user.pk
    context = pages.today(request.user, timezone.now(), signed_in=not by_device(request))
    on_phone = is_phone(request.headers.get("User-Agent", ""))
    card = pages.phone_card(remembered=own, on_phone=on_phone) if context["classes"] else None
    return render(request, "portal/today.html", context | {"card": card, "remembered": phone if own else None})
