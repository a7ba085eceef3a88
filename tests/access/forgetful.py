"""Addresses of a view whose author forgot `visible_to`: the guard must notice."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from trainees.models import Cadre


def forgetful(request: HttpRequest) -> HttpResponse:
    return HttpResponse("、".join(Cadre.objects.values_list("name", flat=True)))


urlpatterns = [path("forgetful/", forgetful), path("", include("config.urls"))]
handler500 = "portal.errors.server_error"
