"""Lists of attendance machines: upload and rehearse, look, confirm."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import OperationForm
from core.operations import Refused
from core.scope import get_in_scope
from portal.acts import Answer, answer, new_op_id, perform
from portal.forms import MachineForm
from portal.pages import attendance_machine as pages
from portal.requests import SignedIn
from portal.rescoring import follow_marks
from portal.rules import demand, may_mark
from portal.uploads import take_file
from portal.views.scope import class_and_door
from training.models import MachineUpload, TrainingClass
from training.services.machine import import_machine, rehearse_machine


@require_http_methods(["GET", "HEAD", "POST"])
def machine_upload(request: SignedIn, pk: UUID) -> HttpResponse:
    """POST rehearses: no mark is written, the file and what was found are kept for some days."""
    one, door = class_and_door(request, pk)
    demand(may_mark(door))
    form = MachineForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            if done := rehearse(request, form, one):
                return done
        except Refused as refused:
            form.add_error("records", refused.message)
    context = pages.upload(one) | {"form": form, "op_id": new_op_id()}
    return render(request, "portal/machine/upload.html", context, status=422 if form.errors else 200)


def rehearse(request: SignedIn, form: MachineForm, one: TrainingClass) -> HttpResponse | None:
    def act(data: bytes, file_name: str) -> Answer:
        made = rehearse_machine(data, file_name, one, actor=request.user)
        return answer(reverse("portal:machine_rehearsal", args=[one.pk, made.pk]))

    return take_file(request, form, "records", "machine.rehearse", [str(one.pk)], one.unit, act)


def upload_of(request: SignedIn, one: TrainingClass, upload: UUID) -> MachineUpload:
    found: MachineUpload = get_in_scope(MachineUpload.objects.all(), request.user, pk=upload, training_class=one)
    return found


@require_safe
def machine_rehearsal(request: SignedIn, pk: UUID, upload: UUID) -> HttpResponse:
    """What becomes, or became, of each row."""
    one, door = class_and_door(request, pk)
    demand(may_mark(door))
    context = pages.rehearsal(upload_of(request, one, upload), one)
    return render(request, "portal/machine/rehearsal.html", context)


@require_POST
def machine_confirm(request: SignedIn, pk: UUID, upload: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_mark(door))
    found, form = upload_of(request, one, upload), OperationForm(request.POST)

    def act() -> Answer:
        written = import_machine(found, actor=request.user)
        if written:
            follow_marks(one, actor=request.user)
        words = f"已由考勤机记录登记 {written} 格" if written else "没有可登记的内容，考勤没有变动"
        return answer(reverse("portal:machine_rehearsal", args=[pk, upload]), words)

    return perform(request, form, "machine.import", [str(upload)], act)
