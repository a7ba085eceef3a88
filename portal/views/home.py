"""The first page: by role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from organization.roles import Role
from portal.pages import homes
from portal.pages.trainee import trainee
from portal.rail import Standing
from portal.requests import SignedIn


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """The department's desk before the class manager's list, before figures, letters and the own archive."""
    standing = Standing.of(request.user)
    if standing.has(Role.STAFF):
        return render(request, "portal/home_staff.html", homes.staff(request, request.user))
    if standing.manages or standing.assesses or standing.has(Role.SCHOOL):
        return redirect("portal:class_list")
    if standing.has(Role.LEADER):
        return render(request, "portal/home_leader.html", homes.leader(request, request.user))
    if standing.has(Role.LIAISON):
        return render(request, "portal/home_liaison.html", homes.liaison(request, request.user))
    if standing.approves:
        return redirect("portal:leave_inbox")
    if standing.learns:
        return render(request, "portal/home_trainee.html", trainee(request.user))
    if request.user.is_staff:
        return redirect("admin:index")
    return render(request, "portal/home_nobody.html")
