"""活动: the tab, one activity, its papers and points, the election of the class committee."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.models import ClassAssessment, Item
from assessments.services import score_class
from assessments.services.awarding import award_activity, take_points_back
from core.audit import record
from core.forms import SeenReasonForm
from core.pictures import take_upload
from core.scope import get_in_scope
from organization.models import Account
from portal.acts import Answer, answer, attempt, new_op_id, perform
from portal.downloads import Sendable, hand_over, opens, stored
from portal.forms_activities import ActivityForm, AwardForm, ElectionForm, PaperForm
from portal.pages import activities, classes, words
from portal.requests import SignedIn
from portal.rules import demand, may_keep_activities
from portal.views.scope import class_and_door
from training.models import Activity, ActivityFile, TrainingClass
from training.services.activities import (
    ActivityFacts,
    Candidate,
    add_activity,
    add_file,
    cancel_activity,
    change_activity,
    keep_election,
)


@require_safe
def class_activities(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    own = activities.fragment(request, one, door)
    return render(request, "portal/class_page.html", classes.page(one, door, "class_activities", "activities") | own)


def tab_url(one: TrainingClass) -> str:
    return reverse("portal:class_activities", args=[one.pk])


def crumbs(one: TrainingClass, last: str) -> list[dict[str, str]]:
    return words.crumbs((one.name, reverse("portal:class_page", args=[one.pk])), ("活动", tab_url(one)), (last, ""))


def _activity(request: SignedIn, one: TrainingClass, pk: UUID) -> Activity:
    row: Activity = get_in_scope(Activity.objects.select_related("training_class"), request.user, pk=pk)
    if row.training_class_id != one.pk:
        raise Http404("没有找到这次活动")
    return row


@require_safe
def activity(request: SignedIn, pk: UUID, activity: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    row = _activity(request, one, activity)
    context = activities.page(one, row, door) | {"crumbs": crumbs(one, row.title)}
    return render(request, "portal/activity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_add(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_keep_activities(door))
    form = ActivityForm(request.POST or None, initial={"op_id": new_op_id()})
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, one, form)

    def act() -> Answer:
        made = add_activity(one, form.facts(), form.parts(), actor=request.user)
        return answer(_url(one, made), f"已登记“{made.title}”")

    return _kept(request, one, form, "activity.add", act)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: SignedIn, pk: UUID, activity: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_keep_activities(door))
    row = _activity(request, one, activity)
    shown = {name: getattr(row, name) for name in ActivityFacts.__dataclass_fields__}
    form = ActivityForm(request.POST or None, initial=shown | {"op_id": new_op_id(), "seen": row.version})
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, one, form, row)

    def act() -> Answer:
        change_activity(row, form.facts(), form.parts(), actor=request.user, seen=form.cleaned_data["seen"])
        return answer(_url(one, row), "已更改；如已记分，请再点一次“记分”")

    return _kept(request, one, form, "activity.change", act, row)


def _kept(
    request: SignedIn, one: TrainingClass, form: ActivityForm, name: str, act: Any, row: Activity | None = None
) -> HttpResponse:
    payload = [
        str(row.pk) if row else str(one.pk),
        {key: request.POST.getlist(key) for key in request.POST if key != "op_id"},
    ]
    return attempt(request, form, name, payload, act) or _form_page(request, one, form, row)


def _url(one: TrainingClass, row: Activity) -> str:
    return reverse("portal:activity", args=[one.pk, row.pk])


def _form_page(request: SignedIn, one: TrainingClass, form: ActivityForm, row: Activity | None = None) -> HttpResponse:
    heading = f"更改“{row.title}”" if row else "登记活动"
    chosen = form.given_parts() if form.is_bound else activities.parts_of(row)
    context = {
        "form": form,
        "heading": heading,
        "groups": activities.people_of(one, chosen),
        "choices": activities.Part.choices,
        "crumbs": crumbs(one, heading),
        "back_url": _url(one, row) if row else tab_url(one),
        "script": "js/activities.js",
    }
    return render(request, "portal/activity_form.html", context)


@require_POST
def activity_cancel(request: SignedIn, pk: UUID, activity: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_keep_activities(door))
    row, form = _activity(request, one, activity), SeenReasonForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        cancel_activity(row, actor=request.user, reason=values["reason"], seen=values["seen"])
        if take_points_back(row, actor=request.user):
            score_class(one, actor=request.user)
        return answer(tab_url(one), f"已取消“{row.title}”")

    return perform(request, form, "activity.cancel", [str(row.pk), values["reason"], values["seen"]], act)


@require_POST
def activity_award(request: SignedIn, pk: UUID, activity: UUID) -> HttpResponse:
    """Entries for everybody who took part, and the scores that follow, in one transaction."""
    one, door = class_and_door(request, pk)
    demand(may_keep_activities(door))
    row, form = _activity(request, one, activity), AwardForm(request.POST)
    values = form.checked()
    assessment = ClassAssessment.objects.unscoped("of a class fetched in scope").filter(pk=one.pk).first()
    scheme = assessment.scheme_id if assessment else None
    item = get_object_or_404(Item.objects.select_related("block"), pk=values["item"], block__scheme=scheme)
    points: dict[str, Decimal] = form.points()

    def act() -> Answer:
        added, gone = award_activity(row, item, points, actor=request.user)
        score_class(one, actor=request.user)
        return answer(_url(one, row), f"已记 {added} 条，冲销 {gone} 条，成绩已重新计算")

    payload = [str(row.pk), item.pk, {key: str(value) for key, value in points.items()}]
    return perform(request, form, "activity.award", payload, act)


# ---- papers ----


@require_POST
def activity_file_add(request: SignedIn, pk: UUID, activity: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_keep_activities(door))
    row, form = _activity(request, one, activity), PaperForm(request.POST, request.FILES)
    file = form.checked()["paper"]
    upload = take_upload(file.read(), file.name)

    def act() -> Answer:
        add_file(row, upload, actor=request.user)
        return answer(_url(one, row), f"已存放“{upload.name}”")

    return perform(request, form, "activity.file", [str(row.pk), upload.name, len(upload.data)], act)


def _paper(user: Account, key: UUID | str) -> ActivityFile:
    seen = Activity.objects.visible_to(user)
    found = ActivityFile.objects.filter(pk=key, activity__in=seen).select_related("file", "activity").first()
    if found is None:
        raise Http404("没有找到这份材料")
    return found


@require_safe
def activity_file(request: SignedIn, pk: UUID, file: UUID) -> HttpResponse:
    one, _ = class_and_door(request, pk)
    found = _paper(request.user, file)
    if found.activity.training_class_id != one.pk:
        raise Http404("没有找到这份材料")
    record("activity.take", actor=request.user.pk, obj=found.activity, unit_id=one.unit_id)
    return hand_over(request, "activity_file", found.pk)


@opens("activity_file")
def opened_paper(user: Account, key: str) -> Sendable:
    found = _paper(user, key)
    return stored(found.file, found.name)


# ---- the committee ----


@require_http_methods(["GET", "HEAD", "POST"])
def election_add(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_keep_activities(door))
    form = ElectionForm(request.POST or None, initial={"date": "", "op_id": new_op_id()})
    if request.method != "POST" or not form.is_valid():
        return _election_page(request, one, form)
    values = form.cleaned_data
    candidates = [Candidate(*one) for one in form.candidates()]

    def act() -> Answer:
        post, day = values["post"], values["date"]
        made = keep_election(one, post, day, values["voters"], candidates, actor=request.user)
        return answer(tab_url(one), f"已登记“{made.post}”的选举结果")

    payload = [
        str(one.pk),
        values["post"],
        str(values["date"]),
        values["voters"],
        [str(candidate) for candidate in candidates],
    ]
    return attempt(request, form, "election.keep", payload, act) or _election_page(request, one, form)


def _election_page(request: SignedIn, one: TrainingClass, form: ElectionForm) -> HttpResponse:
    context = activities.election_page(one, form) | {
        "form": form,
        "crumbs": crumbs(one, "登记班委选举"),
        "back_url": tab_url(one),
    }
    return render(request, "portal/election_form.html", context)
