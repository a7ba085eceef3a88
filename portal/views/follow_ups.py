"""回访: lists and figures, both questionnaires, the outcome."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.audit import record
from core.scope import get_in_scope
from organization.freshness import ask_again
from organization.roles import Role
from portal.acts import Answer, answer, attempt, new_op_id
from portal.downloads import XLSX, download
from portal.forms_afterwards import AnswersForm, CloseFollowUpForm
from portal.lists import chosen, page_of
from portal.pages import class_afterwards as class_afterwards_page
from portal.pages import classes
from portal.pages import follow_ups as pages
from portal.pages.report_backs import crumbs, tabs
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_export_rows, may_see_roster
from portal.rules_people import may_answer, may_answer_for_superior, may_close_follow_up, may_follow_afterwards
from portal.views.scope import class_and_door
from training.models import FollowUp
from training.services.follow_ups import answer_follow_up, answer_for_superior, close_follow_up

PAGE_SIZE = 50
LINKED = ("enrolment__training_class__unit", "enrolment__cadre__unit", "enrolment__cadre__managing_authority")


@require_safe
def follow_ups(request: SignedIn) -> HttpResponse:
    """Who is to be followed up; by class or by unit as figures."""
    demand(may_follow_afterwards(request.user))
    rows, filters = pages.filtered(request, request.user)
    by, reads = chosen(request, "by", ["class", "unit"]), request.user.access.has(Role.STAFF)
    page = page_of(request, pages.totals(rows, by) if by else rows, PAGE_SIZE)
    made = [
        pages.total_line(one, by, outcomes=reads) if by else pages.line(one, request.user) for one in page.object_list
    ]
    page.object_list = made
    url = f"{reverse('portal:follow_up_export')}?{request.GET.urlencode()}"
    context = {
        "page_obj": page,
        "filters": filters,
        "figures": pages.figures(rows, outcomes=reads),
        "by": by,
        "export_url": url,
    }
    return render(
        request, "portal/afterwards/follow_ups.html", context | {"crumbs": crumbs("回访"), "tabs": tabs("follow_ups")}
    )


@require_safe
def class_afterwards(request: SignedIn, pk: UUID) -> HttpResponse:
    """训后: the class's tab."""
    one, door = class_and_door(request, pk)
    demand(may_see_roster(door))
    page = page_of(request, class_afterwards_page.seats(request.user, one), PAGE_SIZE)
    own = class_afterwards_page.fragment(request.user, one, page, door) | {"help": "portal/help/_afterwards.html"}
    return render(request, "portal/class_page.html", classes.page(one, door, "class_afterwards", "afterwards") | own)


@require_safe
def follow_up_export(request: SignedIn) -> HttpResponse | FileResponse:
    """Exactly what the list shows, all pages of it; outcomes are the department's."""
    demand(may_follow_afterwards(request.user))
    if stale := ask_again(request):
        return stale
    rows, _ = pages.filtered(request, request.user)
    demand(may_export_rows("回访", rows.count()))
    lines = [pages.cells(row) for row in rows if may_close_follow_up(request.user, row) is None]
    unit = request.user.access.held[0].unit_id
    record("follow_up.export", actor=request.user.pk, unit_id=unit, after={"rows": len(lines)})
    return download(table_workbook("回访", pages.COLUMNS, lines), "训后回访.xlsx", XLSX)


def _row(request: SignedIn, pk: UUID) -> FollowUp:
    row: FollowUp = get_in_scope(FollowUp.objects.select_related(*LINKED), request.user, pk=pk)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: SignedIn, pk: UUID) -> HttpResponse:
    """The department's page, where it is closed; a liaison comes here to answer for the superior."""
    row = _row(request, pk)
    demand(may_answer_for_superior(request.user, row) and may_close_follow_up(request.user, row))
    form = CloseFollowUpForm(request.POST or None, initial={"seen": row.version, "op_id": new_op_id()})
    if request.method == "POST":
        demand(may_close_follow_up(request.user, row))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act() -> Answer:
            facts = {"actor": request.user, "seen": said["seen"]}
            close_follow_up(row, said["outcome"], said["promoted"], said["remark"], **facts)
            return answer(reverse("portal:follow_ups"), f"已办结{row.enrolment.roster_name}的回访")

        payload = [str(pk), said["outcome"], said["promoted"], said["remark"]]
        if done := attempt(request, form, "follow_up.close", payload, act):
            return done
    context = pages.page(row, request.user) | {"form": form}
    return render(request, "portal/afterwards/follow_up.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_answer(request: SignedIn, pk: UUID) -> HttpResponse:
    """The cadre's own, on the phone."""
    row = _row(request, pk)
    demand(may_answer(row.enrolment.cadre.account_id == request.user.pk))
    form = AnswersForm(request.POST or None, who="own", initial=pages.start(row, row.own_answers))
    back = reverse("portal:my_afterwards")
    return _answered(request, row, form, answer_follow_up, "follow_up.answer", ("我的训后", back))


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_superior(request: SignedIn, pk: UUID) -> HttpResponse:
    """What the superior says, entered by the liaison."""
    row = _row(request, pk)
    demand(may_answer_for_superior(request.user, row))
    form = AnswersForm(request.POST or None, who="superior", initial=pages.start(row, row.superior_answers))
    back = reverse("portal:follow_up", args=[pk])
    return _answered(request, row, form, answer_for_superior, "follow_up.superior", ("回访", back))


def _answered(
    request: SignedIn, row: FollowUp, form: AnswersForm, write: Callable[..., Any], name: str, back: tuple[str, str]
) -> HttpResponse:
    form.initial["op_id"] = new_op_id()
    if request.method == "POST" and form.is_valid():

        def act() -> Answer:
            write(row, form.given(), actor=request.user, seen=form.cleaned_data["seen"])
            return answer(back[1], "已保存，办结以前可以修改")

        if done := attempt(request, form, name, [str(row.pk), form.given()], act):
            return done
    heading = f"{row.enrolment.roster_name}：训后 {row.months} 个月回访"
    context = {
        "form": form, "heading": heading, "lead": row.enrolment.training_class.name, "back_url": back[1],
        "crumbs": crumbs("填写", back),
    }  # fmt: skip
    return render(request, "portal/afterwards/form.html", context, status=422 if form.errors else 200)
