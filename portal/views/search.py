"""Search, and the page of components."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.audit import record
from core.idnumber import is_id_number
from portal import styleguide
from portal.forms import NumberForm, SearchForm
from portal.pages.search import found, with_number
from portal.requests import SignedIn

MISPLACED = "号码写在了网址里，没有查找。网址会留在浏览器和服务器的记录里：请在下面重新输入，并清除这一条浏览记录。"


@require_safe
def search(request: SignedIn) -> HttpResponse:
    """By name; an ID number that came in an address is not looked for, and not shown again (SEC-32)."""
    form = SearchForm(request.GET)
    q = form.cleaned_data["q"] if form.is_valid() else ""
    if is_id_number(q):
        return render(request, "portal/search_number.html", {"form": NumberForm(), "fault": MISPLACED})
    return render(request, "portal/search.html", {"q": q, "groups": found(request.user, q)})


@require_POST
def search_number(request: SignedIn) -> HttpResponse:
    """By the whole ID number, only in scope; the log says who looked and whether somebody was found, never the number."""
    form = NumberForm(request.POST)
    if not form.is_valid():
        words = {"form": NumberForm(), "fault": form.errors["number"][0]}  # what was typed is not shown again
        return render(request, "portal/search_number.html", words, status=422)
    groups = with_number(request.user, form.cleaned_data["number"])
    record("search.id_number", actor=request.user.pk, after={"found": sum(len(group["rows"]) for group in groups)})
    return render(request, "portal/search_number.html", {"form": NumberForm(), "groups": groups, "asked": True})


@require_safe
def components(request: SignedIn) -> HttpResponse:
    return render(request, "portal/styleguide/page.html", styleguide.context())
