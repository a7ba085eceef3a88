"""分组: the class's groups and committee posts, proposed evenly, moved by hand, saved at once."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.acts import Answer, answer, attempt, new_op_id
from portal.forms_groups import GroupsForm
from portal.pages import classes, groups
from portal.requests import SignedIn
from portal.rules import Door, demand, may_group
from portal.views.scope import class_and_door
from training.models import TrainingClass
from training.services.grouping import keep_groups


@require_http_methods(["GET", "HEAD", "POST"])
def class_groups(request: SignedIn, pk: UUID) -> HttpResponse:
    """`?groups=N` shows a proposal, which is saved like anything else on the page: by its button."""
    one, door = class_and_door(request, pk)
    demand(may_group(door))
    if request.method != "POST":
        form = GroupsForm(initial={"op_id": new_op_id(), "seen": one.revision})
        return _page(request, one, door, form, groups.asked(request, one))
    form = GroupsForm(request.POST)
    if not form.is_valid():
        return _page(request, one, door, form)
    back = reverse("portal:class_roster", args=[one.pk])

    def act() -> Answer:
        changed = keep_groups(one, form.places(), actor=request.user, seen=form.cleaned_data["seen"])
        return answer(back, f"分组已保存，{changed} 人有变动" if changed else "分组没有改动")

    payload = [str(one.pk), {key: form.data[key] for key in form.data if key != "op_id"}]
    return attempt(request, form, "enrolment.groups", payload, act) or _page(request, one, door, form)


def _page(
    request: SignedIn, one: TrainingClass, door: Door, form: GroupsForm, proposed: dict[Any, str] | None = None
) -> HttpResponse:
    given = form.given() if form.is_bound else {}
    own = groups.fragment(one, form, proposed or {}, given)
    return render(request, "portal/class_page.html", classes.page(one, door, "class_roster", "groups") | own)
