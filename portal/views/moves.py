"""结班、重新打开、取消: a class moves on by somebody's word, with the reason where one is owed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.forms import SeenReasonForm
from core.operations import Refused
from portal.acts import Answer, answer, perform
from portal.forms_closing import CloseForm
from portal.requests import SignedIn
from portal.rules import Door, Refusal, demand, may_cancel_class, may_close_class, may_reopen_class
from portal.views.scope import class_and_door
from training.models import TrainingClass
from training.services.moves import cancel_class, close_class, reopen_class

Rule = Callable[[Door], Refusal | None]
Move = Callable[[TrainingClass, dict[str, Any]], TrainingClass]


def _moved(request: SignedIn, pk: UUID, name: str, rule: Rule, move: Move, said: str) -> HttpResponse:
    """Fetch, ask the rule, move once, say so on the class's page; a no of the service is said there as well."""
    one, door = class_and_door(request, pk)
    demand(rule(door))
    form = CloseForm(request.POST) if name == "class.close" else SeenReasonForm(request.POST)
    values = form.checked()
    asked = {name: value for name, value in values.items() if name != "op_id"}

    page = reverse("portal:class_closing" if name == "class.close" else "portal:class_page", args=[pk])

    def act() -> Answer:
        return answer(page, f"“{move(one, asked).name}”{said}")

    try:
        return perform(request, form, name, [str(pk), asked], act)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(page)


@require_POST
def class_close(request: SignedIn, pk: UUID) -> HttpResponse:
    def move(one: TrainingClass, asked: dict[str, Any]) -> TrainingClass:
        on, by_dates = timezone.localdate(), asked["by_dates"]
        return close_class(one, actor=request.user, on=on, seen=asked["seen"], by_dates=by_dates)

    return _moved(request, pk, "class.close", may_close_class, move, "已结班，学时已记入每名学员的台账")


@require_POST
def class_reopen(request: SignedIn, pk: UUID) -> HttpResponse:
    def move(one: TrainingClass, asked: dict[str, Any]) -> TrainingClass:
        return reopen_class(one, actor=request.user, reason=asked["reason"], seen=asked["seen"])

    return _moved(
        request,
        pk,
        "class.reopen",
        may_reopen_class,
        move,
        "已重新打开，可以更正；学时已从台账冲销，再次结班时重新记入",
    )


@require_POST
def class_cancel(request: SignedIn, pk: UUID) -> HttpResponse:
    def move(one: TrainingClass, asked: dict[str, Any]) -> TrainingClass:
        return cancel_class(one, actor=request.user, reason=asked["reason"], seen=asked["seen"])

    return _moved(request, pk, "class.cancel", may_cancel_class, move, "已取消")
