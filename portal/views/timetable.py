"""课程表: the week of a class, its sessions by hand, a former class's copy, the paper."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import SeenForm
from core.scope import get_in_scope
from portal.acts import Answer, answer, ask, attempt, new_op_id, perform
from portal.forms import CopyForm, LessonForm, MoveForm
from portal.pages import classes, timetable, words
from portal.requests import SignedIn
from portal.rescoring import follow_marks
from portal.rules import Door, demand, may_write_timetable
from portal.views.scope import class_and_door
from training.models import Session, TrainingClass
from training.services import change_session, copy_timetable, move_session, put_session, remove_session

COPIES_SHOWN = 60


def week_url(one: TrainingClass, day: Any = None) -> str:
    url = reverse("portal:class_timetable", args=[one.pk])
    return f"{url}?week={day.isoformat()}" if day else url


@require_safe
def class_timetable(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    own = timetable.fragment(request, one, door)
    if request.htmx:
        return render(request, "portal/class/_timetable.html", own)
    return render(request, "portal/class_page.html", classes.page(one, door, "class_timetable", "timetable") | own)


@require_safe
def timetable_print(request: SignedIn, pk: UUID) -> HttpResponse:
    """The paper that is handed out; for those inside and for the class's trainees."""
    one = get_in_scope(TrainingClass.objects.select_related("unit"), request.user, pk=pk)
    context = timetable.paper(one) | {"crumbs": _paper_crumbs(one, Door.of(request.user, one).inside)}
    return render(request, "portal/timetable_print.html", context)


def _paper_crumbs(one: TrainingClass, inside: bool) -> list[dict[str, str]]:
    """The way back: a trainee has none into the class's pages."""
    home = {"label": "首页", "url": reverse("portal:home")}
    week = {"label": one.name, "url": week_url(one)}
    return [home, *([week] if inside else []), {"label": "课程表", "url": ""}]


def _session_of(request: SignedIn, one: TrainingClass, session: UUID) -> Session:
    row: Session = get_in_scope(Session.objects.select_related("training_class__unit"), request.user, pk=session)
    if row.training_class_id != one.pk:
        raise Http404("没有找到这个课次")
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def session_add(request: SignedIn, pk: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_write_timetable(door))
    if request.method != "POST":
        asked = {"date": request.GET.get("date", ""), "period": request.GET.get("period", ""), "op_id": new_op_id()}
        return _form_page(request, one, LessonForm(unit=one.unit, initial=asked))
    form = LessonForm(request.POST, unit=one.unit)
    if not form.is_valid():
        return _form_page(request, one, form)

    def act() -> Answer:
        made = put_session(one, form.lesson(), actor=request.user)
        follow_marks(one, actor=request.user)
        return answer(week_url(one, made.date), f"已增加“{made.title}”")

    return _kept(request, one, form, "session.add", act)


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: SignedIn, pk: UUID, session: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_write_timetable(door))
    row = _session_of(request, one, session)
    if request.method != "POST":
        return _form_page(request, one, LessonForm(unit=one.unit, initial=_values(row)), row)
    form = LessonForm(request.POST, unit=one.unit)
    if not form.is_valid():
        return _form_page(request, one, form, row)

    def act() -> Answer:
        changed = change_session(row, form.lesson(), actor=request.user, seen=form.cleaned_data["seen"])
        follow_marks(one, actor=request.user)
        return answer(week_url(one, changed.date), f"已更改“{changed.title}”")

    return _kept(request, one, form, "session.edit", act, row)


def _kept(
    request: SignedIn, one: TrainingClass, form: LessonForm, name: str, act: Any, row: Session | None = None
) -> HttpResponse:
    """Do it, or show the form again with what the rules say."""
    payload = [str(one.pk), str(row.pk) if row else "", {key: str(value) for key, value in form.cleaned_data.items()}]
    return attempt(request, form, name, payload, act) or _form_page(request, one, form, row)


def _values(row: Session) -> dict[str, Any]:
    """The form's fields as the row has them."""
    names = ("date", "period", "course", "title", "hours", "category", "form", "teacher", "teacher_name", "by_leader",
             "room", "place_name")  # fmt: skip
    span = row.span
    own = (
        {"begins": timezone.localtime(span.lower).time(), "ends": timezone.localtime(span.upper).time()} if span else {}
    )
    return {name: getattr(row, name) for name in names} | own | {"seen": row.version, "op_id": new_op_id()}


def _form_page(request: SignedIn, one: TrainingClass, form: LessonForm, row: Session | None = None) -> HttpResponse:
    heading = f"更改课次：{row.title}" if row else "增加课次"
    crumbs = words.crumbs(
        (one.name, reverse("portal:class_page", args=[one.pk])),
        ("课程表", week_url(one, row.date if row else None)),
        (heading, ""),
    )
    asks = [_removal(one, row)] if row else []
    context = {"form": form, "heading": heading, "crumbs": crumbs, "asks": asks, "back_url": crumbs[2]["url"]}
    return render(request, "portal/session_form.html", context)


def _removal(one: TrainingClass, row: Session) -> dict[str, Any]:
    url = reverse("portal:session_remove", args=[one.pk, row.pk])
    text = f"“{row}”将从课程表中删除；已有考勤、签到或请假的课次不能删除。"
    return ask("remove", url, "删除课次", "删除这个课次？", text, hidden={"seen": row.version})


@require_POST
def session_move(request: SignedIn, pk: UUID, session: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_write_timetable(door))
    row = _session_of(request, one, session)
    form = MoveForm(request.POST)
    values = form.checked()

    def act() -> Answer:
        moved = move_session(row, values["date"], values["period"], actor=request.user, seen=values["seen"])
        follow_marks(one, actor=request.user)
        return answer(week_url(one, moved.date), f"“{moved.title}”已移到{moved.date.month}月{moved.date.day}日")

    payload = [str(row.pk), str(values["date"]), values["period"], values["seen"]]
    return perform(request, form, "session.move", payload, act)


@require_POST
def session_remove(request: SignedIn, pk: UUID, session: UUID) -> HttpResponse:
    one, door = class_and_door(request, pk)
    demand(may_write_timetable(door))
    form = SeenForm(request.POST)
    seen = form.checked()["seen"]

    def act() -> Answer:
        row = _session_of(request, one, session)
        remove_session(row, actor=request.user, seen=seen)
        follow_marks(one, actor=request.user)
        return answer(week_url(one, row.date), f"已删除“{row.title}”")

    return perform(request, form, "session.remove", [str(session), seen], act)


@require_http_methods(["GET", "HEAD", "POST"])
def timetable_copy(request: SignedIn, pk: UUID) -> HttpResponse:
    """Choose a former class of those one may see, and lay its timetable over this one's days."""
    one, door = class_and_door(request, pk)
    demand(may_write_timetable(door))
    if request.method != "POST":
        return render(request, "portal/timetable_copy.html", _copy_page(request, one))
    form = CopyForm(request.POST)
    source = get_in_scope(TrainingClass.objects.managed_by(request.user), request.user, pk=form.checked()["source"])

    def act() -> Answer:
        copied, left = copy_timetable(source, one, actor=request.user)
        words = f"已复制 {copied} 个课次" + (f"；{len(left)} 个没有复制：{'；'.join(left[:5])}" if left else "")
        return answer(week_url(one), words)

    return perform(request, form, "timetable.copy", [str(one.pk), str(source.pk)], act)


def _copy_page(request: SignedIn, one: TrainingClass) -> dict[str, Any]:
    rows = TrainingClass.objects.managed_by(request.user).exclude(pk=one.pk).filter(sessions__isnull=False)
    rows = rows.exclude(state=TrainingClass.State.CANCELLED)
    listed = rows.distinct().order_by("-start", "name")[:COPIES_SHOWN]
    crumbs = words.crumbs(
        (one.name, reverse("portal:class_page", args=[one.pk])), ("课程表", week_url(one)), ("复制往期课程表", "")
    )
    return {"one": one, "rows": listed, "op_id": new_op_id(), "crumbs": crumbs, "back_url": week_url(one)}
