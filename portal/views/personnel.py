"""干部任免审批表: several files uploaded, each looked at against the cadre, taken in one by one."""

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.files import FileGone
from core.scope import get_in_scope
from organization.models import Account
from organization.roles import Role
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.forms_personnel import PersonnelTakeForm, PersonnelUploadForm
from portal.lists import page_of
from portal.pages import personnel as pages
from portal.pages import words
from portal.requests import SignedIn
from portal.rules import demand, units_held
from portal.rules_people import may_take_forms
from trainees.models import Cadre, PersonnelForm
from trainees.personnel.reading import FormFacts
from trainees.services.personnel_forms import Given, keep_forms, known_as, open_form, take_in


@require_http_methods(["GET", "HEAD", "POST"])
def personnel_forms(request: SignedIn) -> HttpResponse:
    """The list; POST keeps what can be read and says why the rest cannot."""
    demand(may_take_forms(request.user))
    form = PersonnelUploadForm(request.POST or None, request.FILES or None, units=units_held(request.user, Role.STAFF))
    if request.method == "POST" and form.is_valid():
        return _upload(request, form)
    page = page_of(request, pages.listed(request.user))
    page.object_list = [pages.row(one) for one in page.object_list]
    context = {
        "form": form,
        "op_id": new_op_id(),
        "page_obj": page,
        "steps": words.steps(pages.STEPS, 0),
        "crumbs": pages.crumbs(),
    }
    return render(request, "portal/personnel/list.html", context, status=422 if form.errors else 200)


def _upload(request: SignedIn, form: PersonnelUploadForm) -> HttpResponse:
    given = [Given(str(one.name), one.read()) for one in form.cleaned_data["papers"]]
    refused = list[tuple[str, str]]()

    def act() -> Answer:
        kept, out = keep_forms(given, form.chosen_unit, actor=request.user)
        refused.extend(out)
        first = reverse("portal:personnel_form", args=[kept[0].pk]) if len(kept) == 1 else ""
        return answer(first or reverse("portal:personnel_forms"), f"收下 {len(kept)} 份，请逐份核对" if kept else "")

    sums = [hashlib.sha256(one.data).hexdigest() for one in given]
    done = perform(request, form, "personnel_form.upload", sums, act)
    for name, why in refused:
        messages.warning(request, f"“{name}”没有收下：{why}")
    return done


@require_http_methods(["GET", "HEAD", "POST"])
def personnel_form(request: SignedIn, pk: UUID) -> HttpResponse:
    """One form: what it says, what would change, what it lacks; POST takes it in."""
    demand(may_take_forms(request.user))
    paper: PersonnelForm = get_in_scope(pages.listed(request.user), request.user, pk=pk)
    try:
        found = None if paper.taken_in else open_form(paper)
    except FileGone:
        found = None
    if found is None:
        own = {"paper": pages.row(paper), "crumbs": pages.crumbs(paper.file_name), "steps": words.steps(pages.STEPS, 3)}
        return render(request, "portal/personnel/done.html", own | {"next_url": pages.next_url(request.user, paper)})
    known = _known(request.user, found)
    form = PersonnelTakeForm(
        request.POST or None, user=request.user, known=known is not None,
        initial=pages.start(found, known) | {"op_id": new_op_id()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and (done := _take(request, form, paper)):
        return done
    context = pages.form_page(paper, found, known) | {"form": form}
    return render(request, "portal/personnel/form.html", context, status=422 if form.errors else 200)


def _known(user: Account, found: FormFacts) -> Cadre | None:
    """The cadre of that ID number, where the account may see them."""
    row = known_as(found)
    rows = Cadre.objects.visible_to(user).select_related("unit", "managing_authority")
    return rows.filter(pk=row.pk).first() if row else None


def _take(request: SignedIn, form: PersonnelTakeForm, paper: PersonnelForm) -> HttpResponse | None:
    taking, seen = form.taking(), form.cleaned_data["seen"]

    def act() -> Answer:
        cadre = take_in(paper, taking, actor=request.user, seen=seen)
        return answer(pages.next_url(request.user, paper), f"已写入{cadre.name}（{cadre.unit.name}）")

    payload: Any = [str(paper.pk), {name: str(value) for name, value in form.cleaned_data.items() if name != "op_id"}]
    return attempt(request, form, "personnel_form.take_in", payload, act)
