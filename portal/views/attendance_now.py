"""Calling a class over, on the manager's phone."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.pages.attendance_now import call_over
from portal.requests import SignedIn
from portal.rules import demand, may_mark
from portal.views.scope import class_and_door


@require_safe
def attendance_now(request: SignedIn, pk: UUID) -> HttpResponse:
    """The session that is on, or the next one; `?session=` another."""
    one, door = class_and_door(request, pk)
    demand(may_mark(door))
    context = call_over(one, request.GET.get("session", ""), timezone.now())
    return render(request, "portal/attendance_now.html", context)
