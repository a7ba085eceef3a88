"""The attendance tab: the grid, saving cells, what others changed meanwhile, the story of a cell."""

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.operations import Conflict, Refused, once
from core.scope import get_in_scope
from portal.pages import attendance as pages
from portal.pages.attendance_history import history
from portal.pages.classes import page
from portal.pages.corrections import locked_words
from portal.requests import SignedIn
from portal.rescoring import follow_marks
from portal.rules import demand, may_ask_correction, may_mark, may_see_attendance, may_send_marks, may_touch_marks
from portal.views.scope import class_and_door
from training.models import AttendanceMark, Enrolment, Session, TrainingClass
from training.services.attendance import MOST_CELLS, Edit, Saving, UnknownCell, save_marks

MARKS = frozenset(AttendanceMark.Mark.values)
MOVED_ON = "名册或课程表已有变动，这些格不在本班；没有保存任何内容，请刷新页面"


@require_safe
def class_attendance(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_see_attendance(door))
    refusal = may_mark(door) or may_touch_marks(one)
    grid = pages.grid_of(request, one)
    why = refusal.why if refusal else ""
    if one.state == TrainingClass.State.CLOSED and may_ask_correction(door) is None:
        why = locked_words(one)
    own = pages.fragment(grid, door, why)
    return render(request, "portal/class_page.html", page(one, door, "class_attendance", "attendance") | own)


@require_POST
def attendance_marks(request: SignedIn, pk: UUID) -> JsonResponse:
    """Save cells: `{op_id, cells: [{enrolment, session, mark|null, version, over_leave}]}`, at most 4,000 of them.

    Answers `{saved, refused, sessions, people}`: new versions, both values of what was refused, the figures that follow.
    Cells of a closed class or of confirmed results are locked: 409 and `over`, which tells the page not to try again.
    """
    one, door = class_and_door(request, pk)
    demand(may_send_marks(door))
    op_id, edits = asked(request.body)
    payload = [[str(edit.enrolment), str(edit.session), edit.mark, edit.version, edit.over_leave] for edit in edits]

    saving: Saving | None = None  # stays None where the same request came before

    def act() -> dict[str, Any]:
        nonlocal saving
        saving = save_marks(one, edits, actor=request.user)
        if saving.written:
            follow_marks(one, actor=request.user)
        return pages.saving_words(saving, request.user)

    try:
        answer = once(op_id, request.user.pk, "attendance.save", [str(pk), payload], act)
    except UnknownCell:
        return JsonResponse({"message": MOVED_ON}, status=404)
    except Refused as refused:
        return JsonResponse({"message": refused.message, "over": True}, status=409)
    except Conflict as conflict:
        return JsonResponse({"message": conflict.message}, status=409)
    return JsonResponse(answer | pages.following(one, edits, saving))


def asked(body: bytes) -> tuple[UUID, list[Edit]]:
    """The request's number and its edits. Raises BadRequest with a sentence."""
    try:
        told = json.loads(body)
        op_id, cells = UUID(told["op_id"]), told["cells"]
        if not isinstance(cells, list) or not 0 < len(cells) <= MOST_CELLS:
            raise BadRequest(f"一次最多保存 {MOST_CELLS} 格，至少一格")
        edits = [edit_of(cell) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadRequest("保存的内容不符合格式") from error
    if len({edit.cell for edit in edits}) != len(edits):
        raise BadRequest("同一格在一次保存中出现了两次")
    return op_id, edits


def edit_of(cell: dict[str, Any]) -> Edit:
    mark, version, over = cell["mark"], cell["version"], cell.get("over_leave", False)
    whole = type(version) is int and 0 <= version < 2**31
    if not (mark is None or (isinstance(mark, str) and mark in MARKS)) or not whole or type(over) is not bool:
        raise ValueError
    return Edit(UUID(cell["enrolment"]), UUID(cell["session"]), mark, version, over)


@require_safe
def attendance_changes(request: SignedIn, pk: UUID) -> JsonResponse:
    """What changed on the page's cells since its cursor; the query is the page's own."""
    one, door = class_and_door(request, pk)
    demand(may_see_attendance(door))
    return JsonResponse(pages.changed_since(pages.grid_of(request, one), request.GET.get("since", "")[:20_000]))


@require_safe
def attendance_history(request: SignedIn, pk: UUID, enrolment: UUID, session: UUID) -> HttpResponse:
    """Every change of one cell, for the drawer."""
    one, door = class_and_door(request, pk)
    demand(may_see_attendance(door))
    who = get_in_scope(
        Enrolment.objects.select_related("training_class"), request.user, pk=enrolment, training_class=one
    )
    when = get_in_scope(Session.objects.all(), request.user, pk=session, training_class=one)
    return render(request, "portal/class/_attendance_history.html", history(who, when, door))
