"""网络虚拟班: list, making, office, learners, reminders, export."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.audit import record
from core.crypto import blind_index
from core.forms import OperationForm, ReasonForm
from core.operations import Refused
from core.scope import get_in_scope
from organization.freshness import ask_again
from organization.roles import Role
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.downloads import XLSX, download
from portal.forms_online import LearnersForm, OfficeForm, OnlineClassForm
from portal.lists import chosen, page_of
from portal.pages import online as pages
from portal.pages.sheets import table_workbook
from portal.requests import SignedIn
from portal.rules import demand, may_export_rows, units_held
from portal.rules_people import may_keep_online, may_make_online, may_remind_online, may_watch_online
from trainees.models import Cadre, OnlineClass, OnlineLearner
from trainees.services.online import add_learners, make_online_class, name_office, remind_behind, remove_learner

PAGE_SIZE = 50


def class_of(request: SignedIn, pk: UUID) -> OnlineClass:
    linked = OnlineClass.objects.select_related("unit", "manager", "inspector", "liaison")
    one: OnlineClass = get_in_scope(linked, request.user, pk=pk)
    return one


@require_safe
def online_classes(request: SignedIn) -> HttpResponse:
    demand(may_watch_online(request.user))
    rows, filters = pages.listed(request, request.user)
    page = page_of(request, rows)
    page.object_list = [pages.row(one) for one in page.object_list]
    make_url = reverse("portal:online_make") if may_make_online(request.user) is None else ""
    context = {"page_obj": page, "filters": filters, "make_url": make_url, "crumbs": pages.crumbs("网络虚拟班")}
    return render(request, "portal/online/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def online_make(request: SignedIn) -> HttpResponse:
    demand(may_make_online(request.user))
    today = timezone.localdate()
    start = {
        "op_id": new_op_id(), "since": today.replace(month=1, day=1), "until": today.replace(month=12, day=31),
        "target_hours": 50, "fill": True,
    }  # fmt: skip
    form = OnlineClassForm(request.POST or None, units=units_held(request.user, Role.STAFF), initial=start)

    def write() -> tuple[str, str]:
        made, count = make_online_class(form.facts(), actor=request.user, fill=form.cleaned_data["fill"])
        return reverse("portal:online_class", args=[made.pk]), f"已建立“{made.name}”，编入 {count} 名学员"

    own = {"heading": "建立网络虚拟班", "back_url": reverse("portal:online_classes")}
    return _written(request, form, "online_class.make", write, own | {"crumbs": pages.crumbs("建立")})


@require_safe
def online_class(request: SignedIn, pk: UUID) -> HttpResponse:
    """Figures, and everybody's progress or the units' rank."""
    one, today = class_of(request, pk), timezone.localdate()
    due = pages.expected(one, today)
    found = pages.sums(one, due)
    one.people = found["people"]  # type: ignore[attr-defined]
    by = chosen(request, "by", ["unit"])
    page = page_of(request, pages.by_unit(one, due) if by else pages.learners(request, one), PAGE_SIZE)
    first, keeps = page.start_index(), may_keep_online(request.user, one) is None
    rows = list(page.object_list)
    page.object_list = (
        [pages.unit_line(each, place) for place, each in enumerate(rows, first)] if by
        else [pages.line(each, one, due, keeps) for each in rows]
    )  # fmt: skip
    context = pages.page(one, request.user, found, due) | {"page_obj": page, "filters": pages.filters(request)}
    return render(request, "portal/online/page.html", context | {"by": by})


@require_safe
def online_export(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    """Exactly what the list shows, all pages of it."""
    one = class_of(request, pk)
    if stale := ask_again(request):
        return stale
    due = pages.expected(one, timezone.localdate())
    rows = pages.learners(request, one)
    demand(may_export_rows("学习进度", rows.count()))
    lines = [pages.cells(each, one, due) for each in rows]
    record("online_class.export", actor=request.user.pk, obj=one, unit_id=one.unit_id, after={"rows": len(lines)})
    return download(table_workbook("网络学员", pages.COLUMNS, lines), f"{one.name}学习进度.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def online_office(request: SignedIn, pk: UUID) -> HttpResponse:
    one = class_of(request, pk)
    demand(may_keep_online(request.user, one))
    named = {name: getattr(one, name) for name in ("manager", "inspector", "liaison")}
    start = {name: who.username for name, who in named.items() if who}
    form = OfficeForm(
        request.POST or None, area=one.unit, initial=start | {"seen": one.version, "op_id": new_op_id()}
    )  # fmt: skip

    def write() -> tuple[str, str]:
        name_office(one, form.office(), actor=request.user, seen=form.cleaned_data["seen"])
        return _url(one), "已指定班主任、督学员、联络员"

    return _written(request, form, "online_class.office", write, _page(one, "班主任、督学员、联络员"))


@require_http_methods(["GET", "HEAD", "POST"])
def online_learners_add(request: SignedIn, pk: UUID) -> HttpResponse:
    one = class_of(request, pk)
    demand(may_keep_online(request.user, one))
    form = LearnersForm(request.POST or None, area=one.unit, initial={"seen": one.version, "op_id": new_op_id()})

    def write() -> tuple[str, str]:
        count = add_learners(one, _chosen(request, form, one), actor=request.user, seen=form.cleaned_data["seen"])
        return _url(one), f"已编入 {count} 名学员"

    return _written(request, form, "online_class.enter", write, _page(one, "编入学员"))


def _chosen(request: SignedIn, form: LearnersForm, one: OnlineClass) -> list[Any]:
    """The cadres whom the form names, of those who are not in a class of that year yet."""
    rows = Cadre.objects.visible_to(request.user).living().in_service()
    if form.cleaned_data["number"]:
        found = list(rows.with_id_number(form.cleaned_data["number"]).values_list("pk", flat=True))
        if not found:
            raise Refused("您的范围内没有这个身份证号的在职干部")
        return found
    there = OnlineLearner.objects.unscoped("who is in a class of that year").present()
    free = rows.exclude(pk__in=there.filter(online_class__year=one.year).values("cadre"))
    found = list(free.filter(unit=form.cleaned_data["unit"]).values_list("pk", flat=True))
    if not found:
        raise Refused(f"{form.cleaned_data['unit'].name}没有可以编入的干部：都已在当年的班里，或没有在职干部")
    return found


@require_POST
def online_learner_remove(request: SignedIn, pk: UUID, learner: int) -> HttpResponse:
    one = class_of(request, pk)
    demand(may_keep_online(request.user, one))
    seat: OnlineLearner = get_in_scope(
        OnlineLearner.objects.select_related("cadre"), request.user, pk=learner, online_class=one
    )

    def act() -> Answer:
        remove_learner(seat, actor=request.user)
        return answer(_url(one), f"已移出{seat.cadre.name}；已入账的学时不变")

    return perform(request, OperationForm(request.POST), "online_class.leave", str(learner), act)


@require_POST
def online_remind(request: SignedIn, pk: UUID) -> HttpResponse:
    one, form = class_of(request, pk), ReasonForm(request.POST)
    demand(may_remind_online(request.user, one))
    text = form.checked()["reason"]

    def act() -> Answer:
        count = remind_behind(one, text, actor=request.user, today=timezone.localdate())
        return answer(_url(one), f"已提醒 {count} 人")

    return perform(request, form, "online_class.remind", [str(pk), text], act)


def _url(one: OnlineClass) -> str:
    return reverse("portal:online_class", args=[one.pk])


def _page(one: OnlineClass, heading: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "lead": one.name,
        "back_url": _url(one),
        "crumbs": pages.crumbs(heading, (one.name, _url(one))),
    }


def _written(
    request: SignedIn, form: OperationForm, name: str, write: Callable[[], tuple[str, str]], page: dict[str, Any]
) -> HttpResponse:
    """Do it once, or show the form again with what the rules say."""
    if request.method == "POST" and form.is_valid():
        payload = {key: str(value) for key, value in form.cleaned_data.items() if key not in ("op_id", "number")}
        payload["who"] = blind_index(form.cleaned_data.get("number") or "")  # what is kept is made of no ID number
        if done := attempt(request, form, name, [page["back_url"], payload], lambda: answer(*write())):
            return done
    return render(request, "portal/online/form.html", page | {"form": form}, status=422 if form.errors else 200)
