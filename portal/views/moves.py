"""结班、重新打开、取消: a class moves on by somebody's word, with the reason where one is owed."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.forms import SeenForm, SeenReasonForm
from portal.acts import Answer, answer, perform
from portal.requests import SignedIn
from portal.rules import Door, Refusal, demand, may_cancel_class, may_close_class, may_reopen_class
from portal.views.scope import class_and_door
from training.models import TrainingClass
from training.services.moves import cancel_class, close_class, reopen_class

Rule = Callable[[Door], Refusal | None]
Move = Callable[[TrainingClass, str, int], TrainingClass]


def _moved(request: SignedIn, pk: UUID, name: str, rule: Rule, move: Move, said: str) -> HttpResponse:
    """Fetch, ask the rule, move once, say so on the class's page."""
    one, door = class_and_door(request, pk)
    demand(rule(door))
    form = SeenForm(request.POST) if name == "class.close" else SeenReasonForm(request.POST)
    values = form.checked()
    reason = values.get("reason", "")

    def act() -> Answer:
        moved = move(one, reason, values["seen"])
        return answer(reverse("portal:class_page", args=[moved.pk]), f"“{moved.name}”{said}")

    return perform(request, form, name, [str(pk), reason, values["seen"]], act)


@require_POST
def class_close(request: SignedIn, pk: UUID) -> HttpResponse:
    def move(one: TrainingClass, reason: str, seen: int) -> TrainingClass:
        return close_class(one, actor=request.user, on=timezone.localdate(), seen=seen)

    return _moved(request, pk, "class.close", may_close_class, move, "已结班")


@require_POST
def class_reopen(request: SignedIn, pk: UUID) -> HttpResponse:
    def move(one: TrainingClass, reason: str, seen: int) -> TrainingClass:
        return reopen_class(one, actor=request.user, reason=reason, seen=seen)

    return _moved(request, pk, "class.reopen", may_reopen_class, move, "已重新打开，可以更正")


@require_POST
def class_cancel(request: SignedIn, pk: UUID) -> HttpResponse:
    def move(one: TrainingClass, reason: str, seen: int) -> TrainingClass:
        return cancel_class(one, actor=request.user, reason=reason, seen=seen)

    return _moved(request, pk, "class.cancel", may_cancel_class, move, "已取消")
