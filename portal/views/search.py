"""Search, and the page of components."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import styleguide
from portal.forms import SearchForm
from portal.pages.search import found
from portal.requests import SignedIn


@require_safe
def search(request: SignedIn) -> HttpResponse:
    form = SearchForm(request.GET)
    q = form.cleaned_data["q"] if form.is_valid() else ""
    return render(request, "portal/search.html", {"q": q, "groups": found(request.user, q)})


@require_safe
def components(request: SignedIn) -> HttpResponse:
    return render(request, "portal/styleguide/page.html", styleguide.context())
