"""人事变动: move, status, verification and merging of one cadre; each is looked at before it is done."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import SeenForm
from core.operations import Refused
from core.scope import get_in_scope
from portal.acts import Answer, answer, new_op_id, perform
from portal.forms_people import DO, CadreMergeForm, CadreMoveForm, CadreStatusForm, SteppedForm
from portal.pages import cadre_moves as pages
from portal.requests import SignedIn
from portal.rules import demand
from portal.rules_people import may_keep_cadre
from trainees.models import Cadre
from trainees.services.moves import change_status, correct_appointment, move_cadre, verify_cadre
from training.services.merging import merge_person

Rows = Callable[[], tuple[list[dict[str, Any]], list[dict[str, str]]]]
ROWS = Cadre.objects.select_related("unit", "managing_authority", "canonical")


def cadre_of(request: SignedIn, pk: UUID) -> Cadre:
    """The cadre, or 404; 403 where another department manages them."""
    cadre: Cadre = get_in_scope(ROWS.all(), request.user, pk=pk)
    demand(may_keep_cadre(request.user, cadre))
    return cadre


@require_http_methods(["GET", "HEAD", "POST"])
def cadre_move(request: SignedIn, pk: UUID) -> HttpResponse:
    cadre = cadre_of(request, pk)
    form = CadreMoveForm(request.POST or None, user=request.user, initial=pages.initial(cadre))

    def write() -> str:
        said, place = form.cleaned_data, form.place()
        if said["kind"] == "correct":
            facts = {"actor": request.user, "reason": said["reason"], "seen": said["seen"]}
            correct_appointment(cadre, place, said["since"], **facts)
            return f"已更正{cadre.name}的任职登记"
        move_cadre(
            cadre, **place.facts(), since=said["since"], managing_authority=place.authority, actor=request.user,
            seen=said["seen"],
        )  # fmt: skip
        return f"已登记{cadre.name}的任职变动"

    def rows() -> Any:
        place, since = form.place(), form.cleaned_data["since"]
        return pages.move_rows(cadre, place, since), pages.move_notes(cadre, place, since)

    lead = "单位、职务、职务层次和职级的变动。先看会改变什么，再确认。"
    return stepped(request, form, "cadre.move", pages.page(cadre, "任职变动", lead), rows, write)


@require_http_methods(["GET", "HEAD", "POST"])
def cadre_status(request: SignedIn, pk: UUID) -> HttpResponse:
    cadre = cadre_of(request, pk)
    start = {"seen": cadre.version, "since": timezone.localdate(), "status": cadre.status}
    form = CadreStatusForm(request.POST or None, initial=start)

    def write() -> str:
        said = form.cleaned_data
        facts = {"actor": request.user, "reason": said["reason"], "seen": said["seen"]}
        changed = change_status(cadre, said["status"], said["since"], **facts)
        back = "；请接着登记现任职务" if changed.status == Cadre.Status.SERVING else ""
        return f"{cadre.name}的状态已改为“{changed.get_status_display()}”{back}"

    def rows() -> Any:
        return pages.status_rows(cadre, form.cleaned_data["status"], form.cleaned_data["since"]), []

    lead = "退休、去世、调离、借调，或回到在职。"
    return stepped(request, form, "cadre.status", pages.page(cadre, "状态变动", lead), rows, write)


@require_http_methods(["GET", "HEAD", "POST"])
def cadre_merge(request: SignedIn, pk: UUID) -> HttpResponse:
    cadre = cadre_of(request, pk)
    form = CadreMergeForm(request.POST or None, initial={"seen": cadre.version})

    def other() -> Cadre:
        found = ROWS.visible_to(request.user).with_id_number(form.cleaned_data["number"]).first()
        if found is None:
            raise Refused("您的范围内没有这个身份证号的干部，请核对号码")
        return found

    def write() -> str:
        said = form.cleaned_data
        stays = merge_person(cadre, other(), actor=request.user, reason=said["reason"], seen=said["seen"])
        return f"已合并：以后以{stays.name}（{stays.unit.name}）这一条为准"

    def rows() -> Any:
        return pages.merge_rows(cadre, other()), []

    lead = "同一个人建了两条时，把这一条并到另一条。班次、学时和荣誉都留着，合在一起算；两条都在同一个班的，这个班只计一次。"
    return stepped(request, form, "cadre.merge", pages.page(cadre, "合并重复建档", lead), rows, write)


@require_POST
def cadre_verify(request: SignedIn, pk: UUID) -> HttpResponse:
    """核实: this cadre was compared with the file."""
    cadre, form = cadre_of(request, pk), SeenForm(request.POST)
    seen = form.checked()["seen"]

    def act() -> Answer:
        verify_cadre(cadre, actor=request.user, seen=seen)
        return answer(pages.url_of(cadre), f"已核实{cadre.name}的信息")

    return perform(request, form, "cadre.verify", [str(pk), seen], act)


def stepped(
    request: SignedIn, form: SteppedForm, name: str, page: dict[str, Any], rows: Rows, write: Callable[[], str]
) -> HttpResponse:
    """The form; what it would change, tried and undone; then the act itself. A refusal goes back to the form."""
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, page)
    try:
        if form.done:
            payload = [page["back_url"], form.payload()]
            return perform(request, form, name, payload, lambda: answer(page["back_url"], write()))
        shown, notes = rows()
        _try(write)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _form(request, form, page)
    own = {"rows": shown, "notes": notes, "hidden": [*form.hidden(), ("step", DO)], "op_id": new_op_id()}
    return render(request, "portal/people/look.html", page | own)


def _try(write: Callable[[], str]) -> None:
    """Do it and take it back: the preview promises nothing that the act would refuse."""
    with transaction.atomic():
        write()
        transaction.set_rollback(True)


def _form(request: SignedIn, form: SteppedForm, page: dict[str, Any]) -> HttpResponse:
    form.initial["op_id"] = new_op_id()
    context = page | {"form": form}
    return render(request, "portal/people/form.html", context, status=422 if form.errors else 200)
