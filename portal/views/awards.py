"""学习荣誉: entered, corrected and taken out by the person's department."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import SeenReasonForm
from core.scope import get_in_scope
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.forms_archive import HonourForm
from portal.pages import words
from portal.pages.archive.afterwards import remove_ask
from portal.requests import SignedIn
from portal.rules import demand, may_keep_awards
from portal.views.archive import cadre_and_sight
from reports.gathering.archive import sight_of
from trainees.models import Award, Cadre
from trainees.services.awards import correct_award, give_award, remove_award


@require_http_methods(["GET", "HEAD", "POST"])
def award_add(request: SignedIn, pk: UUID) -> HttpResponse:
    one, sight = cadre_and_sight(request, pk)
    demand(may_keep_awards(sight))
    form = HonourForm(request.POST or None, initial={"op_id": new_op_id()})
    if request.method != "POST" or not form.is_valid():
        return _page(request, one, form)

    def act() -> Answer:
        made = give_award(one, form.facts(), actor=request.user)
        return answer(_back(one), f"已登记“{made.name}”")

    return _kept(request, one, form, "award.give", act, None)


@require_http_methods(["GET", "HEAD", "POST"])
def award_edit(request: SignedIn, pk: int) -> HttpResponse:
    award = _award(request, pk)
    shown = {"name": award.name, "giver": award.giver, "on": award.on, "note": award.note, "seen": award.version}
    form = HonourForm(request.POST or None, initial=shown | {"op_id": new_op_id()})
    if request.method != "POST" or not form.is_valid():
        return _page(request, award.cadre, form, award)

    def act() -> Answer:
        correct_award(award, form.facts(), actor=request.user, seen=form.cleaned_data["seen"])
        return answer(_back(award.cadre), "已更改")

    return _kept(request, award.cadre, form, "award.correct", act, award)


@require_POST
def award_remove(request: SignedIn, pk: int) -> HttpResponse:
    award = _award(request, pk)
    form = SeenReasonForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        remove_award(award, actor=request.user, reason=values["reason"], seen=values["seen"])
        return answer(_back(award.cadre), f"已删去“{award.name}”")

    return perform(request, form, "award.remove", [pk, values["reason"], values["seen"]], act)


def _award(request: SignedIn, pk: int) -> Award:
    """In scope; kept by the department of the person."""
    rows = Award.objects.select_related("cadre__unit", "cadre__managing_authority")
    found: Award = get_in_scope(rows, request.user, pk=pk)
    demand(may_keep_awards(sight_of(request.user, found.cadre)))
    return found


def _kept(
    request: SignedIn, one: Cadre, form: HonourForm, name: str, act: Callable[[], Answer], award: Award | None
) -> HttpResponse:
    payload = [str(one.pk), award.pk if award else 0, str(form.facts())]
    return attempt(request, form, name, payload, act) or _page(request, one, form, award)


def _back(one: Cadre) -> str:
    return f"{reverse('portal:cadre', args=[one.pk])}#honours"


def _page(request: SignedIn, one: Cadre, form: HonourForm, award: Award | None = None) -> HttpResponse:
    context = {
        "form": form,
        "heading": "学习荣誉",
        "lead": one.name,
        "asks": [remove_ask(award.pk, award.name, award.version)] if award else [],
        "back_url": _back(one),
        "crumbs": words.crumbs((one.name, reverse("portal:cadre", args=[one.pk])), ("学习荣誉", "")),
    }
    return render(request, "portal/archive/award_form.html", context)
