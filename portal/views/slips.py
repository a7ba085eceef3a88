"""登录条: sign-in slips of a class, ordered, made by the worker, taken once."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.forms import OperationForm
from organization.freshness import ask_again
from organization.models import Account
from portal.acts import Answer, answer, perform
from portal.downloads import Sendable, hand_over, opens, stored
from portal.pages import classes, slips
from portal.requests import SignedIn
from portal.rules import demand, may_print_slips
from portal.views.scope import class_and_door
from training.models import SlipSheet, TrainingClass
from training.services.slips import order_slips, take_slips


@require_safe
def class_slips(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_print_slips(door))
    context = classes.page(one, door, "class_roster", "slips") | slips.slips(one, request.user)
    return render(request, "portal/class_page.html", context)


@require_POST
def slips_order(request: SignedIn, pk: UUID) -> HttpResponse:
    """Asks who is there first: a slip opens somebody's account."""
    one, door = class_and_door(request, pk)
    demand(may_print_slips(door))
    back = reverse("portal:class_slips", args=[one.pk])
    if stale := ask_again(request, back):
        return stale

    def act() -> Answer:
        order_slips(one, actor=request.user)
        return answer(back, "登录条正在制作，做好后在本页下载")

    return perform(request, OperationForm(request.POST), "slips.order", str(one.pk), act)


@require_POST
def slips_take(request: SignedIn, pk: UUID, sheet: UUID) -> HttpResponse:
    """The PDF, once: a transfer that broke off can be repeated for some minutes, in the same session."""
    one, door = class_and_door(request, pk)
    demand(may_print_slips(door))
    if stale := ask_again(request, reverse("portal:class_slips", args=[one.pk])):
        return stale
    found = SlipSheet.objects.filter(pk=sheet, training_class=one).first()
    if found is None:
        raise Http404("没有找到这份登录条")
    take_slips(found, actor=request.user)
    return hand_over(request, "slips", sheet)


@opens("slips")
def taken_slips(user: Account, key: str) -> Sendable:
    """Of a sheet that its owner has taken, while they keep the class's roster."""
    classes_open = TrainingClass.objects.visible_to(user)
    sheets = SlipSheet.objects.filter(pk=key, ordered_by=user, training_class__in=classes_open).exclude(taken=None)
    found = sheets.select_related("file", "training_class").first()
    if found is None:
        raise Http404("没有找到这份登录条")
    return stored(found.file, f"{found.training_class.name}登录条.pdf")
