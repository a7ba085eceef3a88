"""Filing outside learning: on the cadre's own phone, or by the liaison for the unit's people."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import SeenForm
from organization.roles import Role
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.forms_recognition import ClaimForm, ForOthersForm
from portal.pages import words
from portal.pages.recognitions import lists
from portal.pages.recognitions.clashes import clash_of
from portal.rail import Standing
from portal.requests import SignedIn
from portal.rules import demand
from portal.rules_recognition import (
    may_file_again,
    may_file_for_others,
    may_file_own,
    may_take_back,
    platforms_for,
    platforms_used_by,
)
from portal.views.recognitions import recognition_and_part
from trainees.models import Cadre, Recognition
from trainees.services.recognition import file_again, file_recognition, withdraw_recognition

Page = Callable[[ClaimForm], HttpResponse]


@require_safe
def my_recognitions(request: SignedIn) -> HttpResponse:
    demand(may_file_own(Standing.of(request.user)))
    return render(request, "portal/recognition/mine.html", lists.mine(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def recognition_new(request: SignedIn) -> HttpResponse:
    """The own learning."""
    demand(may_file_own(Standing.of(request.user)))
    cadre = Cadre.objects.visible_to(request.user).select_related("unit").get(account=request.user)
    known = {"platforms": platforms_for(cadre.unit)}
    back = ("我的学时申报", reverse("portal:my_recognitions"))

    def page(form: ClaimForm) -> HttpResponse:
        return _form_page(request, form, "申报学时", back, cadre)

    if request.method != "POST":
        return page(ClaimForm(initial={"op_id": new_op_id()}, **known))
    form = ClaimForm(request.POST, request.FILES, **known)
    return _file(request, form, cadre, page) if form.is_valid() else page(form)


@require_http_methods(["GET", "HEAD", "POST"])
def recognition_file(request: SignedIn) -> HttpResponse:
    """By the liaison, for one of the unit's people."""
    demand(may_file_for_others(request.user))
    known = {"platforms": platforms_used_by(request.user).filter(retired=None), "people": _people(request)}
    back = ("学分认定", reverse("portal:recognition_list"))

    def page(form: ClaimForm) -> HttpResponse:
        cadre = form.cleaned_data.get("cadre") if form.is_bound else None
        return _form_page(request, form, "代本单位干部申报", back, cadre)

    if request.method != "POST":
        return page(ForOthersForm(initial={"op_id": new_op_id()}, **known))
    form = ForOthersForm(request.POST, request.FILES, **known)
    return _file(request, form, form.cleaned_data["cadre"], page) if form.is_valid() else page(form)


def _people(request: SignedIn) -> QuerySet[Cadre]:
    rows = Cadre.objects.visible_to(request.user).filter(request.user.access.within("unit", Role.LIAISON))
    return rows.filter(canonical=None).select_related("unit").order_by("pinyin", "pk")


def _file(request: SignedIn, form: ClaimForm, cadre: Cadre, page: Page) -> HttpResponse:
    """File it, or show the form again with what the rules say."""

    def act() -> Answer:
        made = file_recognition(cadre, form.claim(), actor=request.user)
        words = "已申报，等待组织部确认" if made.state == Recognition.State.VETTED else "已申报，等待单位审核"
        return answer(reverse("portal:recognition_page", args=[made.pk]), words)

    return attempt(request, form, "recognition.file", [str(cadre.pk), *form.payload()], act) or page(form)


def _form_page(
    request: SignedIn, form: ClaimForm, heading: str, back: tuple[str, str], cadre: Cadre | None
) -> HttpResponse:
    context = {"form": form, "heading": heading, "back_url": back[1], "crumbs": words.crumbs(back, (heading, ""))}
    clash = _clash(request, form, cadre)
    return render(request, "portal/recognition/form.html", context | {"clash": clash})


def _clash(request: SignedIn, form: ClaimForm, cadre: Cadre | None) -> str:
    """In which class the cadre was in the days of a form that comes back."""
    values = form.cleaned_data if form.is_bound else {}
    channel, since, until = (values.get(name) for name in ("channel", "since", "until"))
    if cadre is None or not (channel and since and until):
        return ""
    return clash_of(cadre, channel, since, until, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def recognition_again(request: SignedIn, pk: UUID) -> HttpResponse:
    """What was returned, corrected and filed once more."""
    row, part = recognition_and_part(request, pk)
    demand(may_file_again(part))
    known = {"platforms": platforms_for(row.cadre.unit)}
    back = (row.title, reverse("portal:recognition_page", args=[row.pk]))

    def page(form: ClaimForm) -> HttpResponse:
        return _form_page(request, form, "重新申报", back, row.cadre)

    if request.method != "POST":
        return page(ClaimForm(initial=_initial(row), **known))
    form = ClaimForm(request.POST, request.FILES, **known)
    if not form.is_valid():
        return page(form)

    def act() -> Answer:
        file_again(row, form.claim(), actor=request.user, seen=form.cleaned_data["seen"])
        return answer(back[1], "已重新申报")

    return attempt(request, form, "recognition.again", [str(pk), *form.payload()], act) or page(form)


def _initial(row: Recognition) -> dict[str, Any]:
    names = ("channel", "title", "provider", "platform", "since", "until", "minutes", "share")
    found = {name: getattr(row, name) for name in names}
    found |= {name: getattr(row, name) or None for name in ("hours", "days", "sessions")}
    return found | {"op_id": new_op_id(), "seen": row.version}


@require_POST
def recognition_withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    row, part = recognition_and_part(request, pk)
    demand(may_take_back(part, row.filed_by_id == request.user.pk))
    form = SeenForm(request.POST)
    seen = form.checked()["seen"]

    def act() -> Answer:
        withdraw_recognition(row, actor=request.user, seen=seen)
        return answer(reverse("portal:recognition_page", args=[row.pk]), "已撤回申报")

    return perform(request, form, "recognition.withdraw", str(pk), act)
