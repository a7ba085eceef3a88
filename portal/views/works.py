"""学习成果: handed in by the trainee or by whoever keeps the class, taken away, withdrawn."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import OperationForm
from core.operations import Refused
from core.pictures import take_upload
from core.scope import get_in_scope
from organization.models import Account
from portal.acts import Answer, answer, new_op_id, perform
from portal.downloads import Sendable, hand_over, opens, stored
from portal.forms_archive import WorkForm
from portal.pages import words
from portal.pages.archive.afterwards import withdraw_ask
from portal.requests import SignedIn
from portal.rules import Door, demand, may_hand_in
from training.models import Enrolment, LearningWork
from training.services.works import hand_in, take_work, withdraw_work

LINKED = ("training_class__unit", "cadre")


@require_http_methods(["GET", "HEAD", "POST"])
def work_add(request: SignedIn, enrolment: UUID) -> HttpResponse:
    seat = get_in_scope(Enrolment.objects.select_related(*LINKED), request.user, pk=enrolment)
    demand(may_hand_in(Door.of(request.user, seat.training_class), _own(request, seat)))
    if request.method != "POST":
        return _page(request, seat, WorkForm(initial={"op_id": new_op_id()}))
    form = WorkForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, seat, form)
    said = form.cleaned_data
    try:
        upload = take_upload(said["paper"].read(), said["paper"].name)

        def act() -> Answer:
            made = hand_in(seat, said["kind"], said["title"], upload, actor=request.user)
            return answer(_back(request, seat), f"已交“{made.title}”")

        payload = [str(seat.pk), said["kind"], said["title"], upload.name, len(upload.data)]
        return perform(request, form, "work.hand_in", payload, act)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _page(request, seat, form)


def _own(request: SignedIn, seat: Enrolment) -> bool:
    return bool(seat.cadre.account_id == request.user.pk)


def _back(request: SignedIn, seat: Enrolment) -> str:
    """The trainee's own archive, or the list of the class's works."""
    if _own(request, seat):
        return f"{reverse('portal:cadre', args=[seat.cadre_id])}#works"
    return reverse("portal:work_add", args=[seat.pk])


def _page(request: SignedIn, seat: Enrolment, form: WorkForm) -> HttpResponse:
    """The form, and what this trainee has handed in for the class."""
    rows = LearningWork.objects.visible_to(request.user).filter(enrolment=seat, withdrawn=None).order_by("-at", "pk")
    works = [
        {
            "line": row,
            "kind": row.get_kind_display(),
            "url": reverse("portal:work_take", args=[row.pk]),
            "ask": withdraw_ask(row.pk, row.title, place),
        }
        for place, row in enumerate(rows)
    ]
    context = {
        "form": form,
        "works": works,
        "class_name": seat.training_class.name,
        "who": seat.roster_name,
        "back_url": reverse("portal:cadre", args=[seat.cadre_id]) if _own(request, seat) else "",
        "crumbs": words.crumbs(("交学习成果", "")),
    }
    return render(request, "portal/archive/work_form.html", context)


@require_safe
def work_take(request: SignedIn, pk: UUID) -> HttpResponse:
    take_work(_work(request.user, pk), actor=request.user)
    return hand_over(request, "work", pk)


@opens("work")
def opened_work(user: Account, key: str) -> Sendable:
    found = _work(user, key)
    return stored(found.file, found.file_name)


def _work(user: Account, key: UUID | str) -> LearningWork:
    rows = LearningWork.objects.visible_to(user).filter(pk=key, withdrawn=None)
    found = rows.select_related("file", "enrolment__training_class__unit", "enrolment__cadre").first()
    if found is None:
        raise Http404("没有找到这份学习成果")
    return found


@require_POST
def work_withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    found = _work(request.user, pk)
    seat = found.enrolment
    demand(may_hand_in(Door.of(request.user, seat.training_class), _own(request, seat)))

    def act() -> Answer:
        withdraw_work(found, actor=request.user)
        return answer(_back(request, seat), f"已撤回“{found.title}”")

    return perform(request, OperationForm(request.POST), "work.withdraw", str(found.pk), act)
