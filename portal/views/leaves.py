"""请假: asked for on the trainee's phone or taken down by the class manager, decided level by level, ended on return."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.services import override_leave_cap
from core.audit import record
from core.forms import OperationForm, SeenForm, SeenReasonForm
from core.operations import demand_current
from core.scope import get_in_scope
from organization.freshness import ask_again
from organization.models import Account
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.downloads import XLSX, Sendable, download, hand_over, opens, stored
from portal.leave_forms import DecideForm, EnteredLeaveForm, LeaveForm, ReturnForm
from portal.lists import page_of
from portal.pages import classes, words
from portal.pages.leaves import asking, cap_of, current_steps, listed, mine, tab, url_of, waiting
from portal.pages.leaves.request import page as request_page
from portal.pages.sheets import table_workbook
from portal.rail import Standing
from portal.requests import SignedIn
from portal.rescoring import follow_marks
from portal.rules import (
    Door,
    demand,
    may_ask_leave,
    may_cancel_leave,
    may_decide_leave,
    may_decide_leaves,
    may_enter_leave,
    may_export_class,
    may_keep_leave,
    may_override_leave,
    may_see_leaves,
)
from portal.views.scope import class_and_door
from training.models import Enrolment, LeaveRequest, LeaveStep, TrainingClass
from training.services.leave import (
    ask_leave,
    cancel_leave,
    decide_leave,
    has_begun,
    remind_leave,
    return_leave,
    shorten_leave,
    withdraw_leave,
)

PAGE_SIZE = 50


# ---- the class's tab ----


@require_safe
def class_leaves(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_see_leaves(door))
    rows, filters = tab.filtered(request, request.user, one)
    page = page_of(request, rows, PAGE_SIZE)
    page.object_list = tab.lines(list(page.object_list))
    url = f"{reverse('portal:class_leaves_export', args=[one.pk])}?{request.GET.urlencode()}"
    own = {"page_obj": page, "filters": filters, "export_url": url} | tab.fragment(request.user, one, door)
    return render(request, "portal/class_page.html", classes.page(one, door, "class_leaves", "leaves") | own)


@require_safe
def class_leaves_export(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    """Exactly what the tab shows, all pages of it."""
    one, door = class_and_door(request, pk)
    demand(may_export_class(door))
    if stale := ask_again(request):
        return stale
    rows, _ = tab.filtered(request, request.user, one)
    found = list(rows)
    steps = current_steps(found)
    lines = [tab.cells(row, waiting(steps.get(row.pk))) for row in found]
    record("leaves.export", actor=request.user.pk, obj=one, unit_id=one.unit_id, after={"rows": len(lines)})
    return download(table_workbook("请假", tab.COLUMNS, lines), f"{one.name}请假.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def leave_enter(request: SignedIn, pk: UUID) -> HttpResponse:
    """By the class manager, for a trainee who called."""
    one, door = class_and_door(request, pk)
    demand(may_enter_leave(door))
    sessions = asking.sessions_of(one)
    people = Enrolment.objects.visible_to(request.user).of_class(one).on_roster()
    known = {"known": {row.pk for row in sessions}, "people": people}
    back = reverse("portal:class_leaves", args=[one.pk])

    def page(form: LeaveForm) -> HttpResponse:
        return _form_page(request, one, form, asking.form_page(one, sessions, None, _ticked(request)), back)

    if request.method != "POST":
        return page(EnteredLeaveForm(initial={"op_id": new_op_id()}, **known))
    form = EnteredLeaveForm(request.POST, request.FILES, **known)
    if not form.is_valid():
        return page(form)
    return _hand_in(request, form, form.cleaned_data["enrolment"], page)


@require_POST
def leave_override(request: SignedIn, enrolment: UUID) -> HttpResponse:
    """特批, also where no result was computed yet."""
    who = get_in_scope(Enrolment.objects.select_related("training_class__unit"), request.user, pk=enrolment)
    one = who.training_class
    demand(may_override_leave(Door.of(request.user, one)))
    form = SeenReasonForm(request.POST)
    reason, seen = form.checked()["reason"], form.checked()["seen"]

    def act() -> Answer:
        TrainingClass.objects.unscoped("held before its trainee").select_for_update(no_key=True).get(pk=one.pk)
        who.refresh_from_db(fields=["version"])
        demand_current(seen, who.version, "这名学员的请假特批")
        override_leave_cap(who, actor=request.user, reason=reason)
        return answer(reverse("portal:class_leaves", args=[one.pk]), f"已特批{who.roster_name}请假超限")

    return perform(request, form, "leave.override", [str(enrolment), reason], act)


# ---- the trainee's own ----


@require_safe
def my_leaves(request: SignedIn) -> HttpResponse:
    demand(may_ask_leave(Standing.of(request.user).learns))
    return render(request, "portal/my_leaves.html", mine.mine(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def leave_new(request: SignedIn, enrolment: UUID) -> HttpResponse:
    who = get_in_scope(Enrolment.objects.select_related("training_class__unit", "cadre"), request.user, pk=enrolment)
    demand(may_ask_leave(who.cadre.account_id == request.user.pk))
    one = who.training_class
    sessions = asking.sessions_of(one)
    known = {"known": {row.pk for row in sessions}}

    def page(form: LeaveForm) -> HttpResponse:
        own = asking.form_page(one, sessions, who, _ticked(request))
        return _form_page(request, one, form, own, reverse("portal:my_leaves"))

    if request.method != "POST":
        return page(LeaveForm(initial={"op_id": new_op_id()}, **known))
    form = LeaveForm(request.POST, request.FILES, **known)
    if not form.is_valid():
        return page(form)
    return _hand_in(request, form, who, page)


def _ticked(request: SignedIn) -> list[str]:
    return request.POST.getlist("sessions")


def _form_page(request: SignedIn, one: TrainingClass, form: LeaveForm, own: dict[str, Any], back: str) -> HttpResponse:
    heading = "请假" if back == reverse("portal:my_leaves") else "代学员请假"
    crumbs = words.crumbs(("我的请假" if heading == "请假" else one.name, back), (heading, ""))
    context = own | {"form": form, "heading": heading, "crumbs": crumbs, "back_url": back}
    return render(request, "portal/leave_form.html", context)


def _hand_in(
    request: SignedIn, form: LeaveForm, who: Enrolment, page: Callable[[LeaveForm], HttpResponse]
) -> HttpResponse:
    """Ask for it, or show the form again with what the rules say."""

    def act() -> Answer:
        made = ask_leave(who, form.wish(), actor=request.user)
        return answer(reverse("portal:leave_page", args=[made.pk]), "请假申请已提交，等待审批")

    return attempt(request, form, "leave.ask", [str(who.pk), form.payload()], act) or page(form)


# ---- one request ----


@require_safe
def leave_inbox(request: SignedIn) -> HttpResponse:
    """What waits for the account's word, in all its classes."""
    demand(may_decide_leaves(Standing.of(request.user)))
    rows, filters = mine.inbox(request, request.user)
    page = page_of(request, rows, PAGE_SIZE)
    page.object_list = tab.lines(list(page.object_list))
    crumbs = words.crumbs(("请假审批", ""))
    return render(request, "portal/leave_inbox.html", {"page_obj": page, "filters": filters, "crumbs": crumbs})


def _request_and_door(request: SignedIn, pk: UUID) -> tuple[LeaveRequest, Door]:
    """The request, or 404."""
    rows = LeaveRequest.objects.visible_to(request.user).filter(pk=pk)
    linked = listed(rows).select_related("enrolment__unit", "enrolment__cadre", "training_class__unit")
    row = linked.first()
    if row is None:
        raise Http404("没有找到这份请假")
    row.enrolment.training_class = row.training_class
    return row, Door.of(request.user, row.training_class)


def _kept_by(request: SignedIn, pk: UUID) -> LeaveRequest:
    """The request, for the trainee and for whoever keeps the class's roster; others are told who can."""
    row, door = _request_and_door(request, pk)
    demand(may_keep_leave(door, row.enrolment.cadre.account_id == request.user.pk))
    return row


@require_safe
def leave_page(request: SignedIn, pk: UUID) -> HttpResponse:
    row, door = _request_and_door(request, pk)
    return render(request, "portal/leave_page.html", request_page(row, door, request.user))


@opens("leave_proof")
def leave_proof_file(user: Account, key: str) -> Sendable:
    row = get_in_scope(LeaveRequest.objects.exclude(proof=None).select_related("proof"), user, pk=key)
    return stored(row.proof, row.proof_name)


@require_safe
def leave_proof(request: SignedIn, pk: UUID) -> HttpResponse:
    row, _ = _request_and_door(request, pk)
    if row.proof_id is None:
        raise Http404("这份请假没有证明材料")
    record("leave.proof", actor=request.user.pk, obj=row, unit_id=row.training_class.unit_id)
    return hand_over(request, "leave_proof", pk)


@require_POST
def leave_decide(request: SignedIn, pk: UUID) -> HttpResponse:
    row, _ = _request_and_door(request, pk)
    if step := current_steps([row]).get(row.pk):
        decides = LeaveStep.objects.filter(pk=step.pk).decided_by(request.user).exists()
        demand(may_decide_leave(decides, step.get_level_display()))
    form = DecideForm(request.POST)
    seen = form.checked()["seen"]
    said = form.said()

    def act() -> Answer:
        decided = decide_leave(row, said, actor=request.user, seen=seen, cap=cap_of(row.training_class))
        if decided.state == LeaveRequest.State.GRANTED:
            follow_marks(row.training_class, actor=request.user)
        return answer(url_of(row), _decided_words(decided, said.granted))

    return perform(request, form, "leave.decide", [str(pk), said.granted, said.comment], act)


def _decided_words(decided: LeaveRequest, granted: bool) -> str:
    if not granted:
        return "已登记：不同意"
    return "已准假，考勤已登记" if decided.state == LeaveRequest.State.GRANTED else "已同意，转下一级审批"


@require_POST
def leave_withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    row = _kept_by(request, pk)
    form = SeenForm(request.POST)
    seen = form.checked()["seen"]

    def act() -> Answer:
        withdraw_leave(row, actor=request.user, seen=seen)
        return answer(url_of(row), "已撤回请假申请")

    return perform(request, form, "leave.withdraw", str(pk), act)


@require_POST
def leave_cancel(request: SignedIn, pk: UUID) -> HttpResponse:
    row = _kept_by(request, pk)
    demand(may_cancel_leave(row.enrolment.cadre.account_id == request.user.pk, has_begun(row)))
    form = SeenReasonForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        cancel_leave(row, actor=request.user, reason=values["reason"], seen=values["seen"])
        follow_marks(row.training_class, actor=request.user)
        return answer(url_of(row), "已取消请假，登记的考勤已撤销")

    return perform(request, form, "leave.cancel", [str(pk), values["reason"]], act)


@require_POST
def leave_return(request: SignedIn, pk: UUID) -> HttpResponse:
    """销假, or shortening while the trainee is still away (`planned`)."""
    row = _kept_by(request, pk)
    form = ReturnForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        if values["planned"] and values["since"]:
            shorten_leave(row, values["since"], actor=request.user, seen=values["seen"])
        else:
            return_leave(row, values["since"], actor=request.user, seen=values["seen"])
        follow_marks(row.training_class, actor=request.user)
        return answer(url_of(row), "已缩短请假" if values["planned"] and values["since"] else "已销假")

    return perform(request, form, "leave.return", [str(pk), str(values["since"]), values["planned"]], act)


@require_POST
def leave_remind(request: SignedIn, pk: UUID) -> HttpResponse:
    row = _kept_by(request, pk)

    def act() -> Answer:
        step = remind_leave(row, actor=request.user)
        return answer(url_of(row), f"已催办{step.get_level_display()}")

    return perform(request, OperationForm(request.POST), "leave.remind", str(pk), act)
