"""签到: the manager's pages, the wall, and the scan."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import OperationForm
from core.scope import get_in_scope
from portal.acts import Answer, answer, perform
from portal.devices import by_device, phone_of, remember
from portal.forms import WindowForm
from portal.pages import check_in as pages
from portal.pages import classes
from portal.requests import SignedIn
from portal.rescoring import follow_marks
from portal.rules import Door, demand, may_check_in
from portal.views.devices import remember_phone
from portal.views.scope import class_and_door
from training.models import CheckIn, Session, TrainingClass
from training.rules.check_in import STRANGER
from training.services.check_in import Scan, end_check_in, open_check_in, scene_of, take, usual_window, wall_of


def _class(request: SignedIn, pk: UUID) -> tuple[TrainingClass, Door]:
    one, door = class_and_door(request, pk)
    demand(may_check_in(door))
    return one, door


def _session(request: SignedIn, one: TrainingClass, key: UUID) -> Session:
    rows = Session.objects.select_related("training_class__unit").filter(training_class=one)
    return get_in_scope(rows, request.user, pk=key)


@require_safe
def class_check_ins(request: SignedIn, pk: UUID) -> HttpResponse:
    """Today's sessions and those around it, each with the way to its check-in."""
    one, door = _class(request, pk)
    own = pages.sessions_list(one, request.user, timezone.now())
    return render(request, "portal/class_page.html", classes.page(one, door, "class_attendance", "check_ins") | own)


@require_safe
def check_in(request: SignedIn, pk: UUID, session: UUID) -> HttpResponse:
    """One session's check-in: its times, the wall, who is in."""
    one, door = _class(request, pk)
    row = _session(request, one, session)
    own = pages.manage(row, request.user, usual_window(row), timezone.now())
    return render(request, "portal/class_page.html", classes.page(one, door, "class_attendance", "check_in") | own)


@require_safe
def check_in_live(request: SignedIn, pk: UUID, session: UUID) -> HttpResponse:
    """Who is in, who is not, what looks odd: asked again every few seconds."""
    one, _ = _class(request, pk)
    row = _session(request, one, session)
    found = CheckIn.objects.filter(session=row).first()
    if found is None:
        raise Http404("这个课次没有开启签到")
    return render(request, "portal/class/_check_in_live.html", pages.live(found, row, request.user, timezone.now()))


@require_POST
def check_in_open(request: SignedIn, pk: UUID, session: UUID) -> HttpResponse:
    one, _ = _class(request, pk)
    row = _session(request, one, session)
    form = WindowForm(request.POST)
    values = form.checked()
    window = form.window(row.date)

    def act() -> Answer:
        open_check_in(row, window, actor=request.user)
        return answer(_page(row), "签到已设置：请打开大屏页面，让学员扫码")

    shown = [values[name].isoformat() for name in ("opens", "late_from", "closes")]
    return perform(request, form, "check_in.open", [str(row.pk), *shown], act)


@require_POST
def check_in_end(request: SignedIn, pk: UUID, session: UUID) -> HttpResponse:
    one, _ = _class(request, pk)
    row = _session(request, one, session)
    found = CheckIn.objects.select_related("training_class").filter(session=row).first()
    if found is None:
        raise Http404("这个课次没有开启签到")
    return perform(request, OperationForm(request.POST), "check_in.end", str(row.pk), _ending(found, request, row))


def _ending(found: CheckIn, request: SignedIn, row: Session) -> Callable[[], Answer]:
    def act() -> Answer:
        end_check_in(found, actor=request.user)
        follow_marks(row.training_class, actor=request.user)
        return answer(_page(row), "签到已结束；没有签到的学员请在考勤表中登记")

    return act


def _page(row: Session) -> str:
    return reverse("portal:check_in", args=[row.training_class_id, row.pk])


# ---- the wall: no sign-in, an address that nobody guesses ----


@require_safe
def wall(request: HttpRequest, token: str) -> HttpResponse:
    found = wall_of(token)
    if found is None:
        raise Http404("没有这个签到大屏")
    over = found.now >= found.check_in.closes
    return _kept(render(request, "portal/check_in/wall.html", pages.wall(found, token), status=410 if over else 200))


@require_safe
def wall_now(request: HttpRequest, token: str) -> HttpResponse:
    """What changes on the wall: the codes of this slot and the next, the count."""
    found = wall_of(token)
    if found is None:
        raise Http404("没有这个签到大屏")
    return _kept(JsonResponse(pages.wall_now(found)))


def _kept(response: HttpResponse) -> HttpResponse:
    """The wall is nobody's page, and yet no proxy keeps it."""
    response["Cache-Control"] = "no-store"
    return response


# ---- the scan ----


@require_http_methods(["GET", "HEAD", "POST"])
def check_in_scan(request: SignedIn, key: str, code: str) -> HttpResponse:
    """GET shows one button, POST checks in; a repeat is told the same (portal.urls.DEVICE_PAGES)."""
    scan = Scan(request.user, phone_of(request), request.META.get("REMOTE_ADDR") or None, code)
    scene = scene_of(key, scan)
    if scene is None:
        return render(request, "portal/check_in/scan.html", pages.no_scene(), status=404)
    made = ""
    if request.method == "POST":
        if request.POST.get("remember") and not by_device(request) and scene.refused is None:
            device, made = remember_phone(request)
            scan = Scan(scan.account, device, scan.address, code)
        scene = take(scene, scan)
    known = bool(made) or by_device(request) or (scan.device is not None and scan.device.account_id == request.user.pk)
    context = pages.scene(scene, remembered=known)
    response = render(request, "portal/check_in/scan.html", context, status=_status(scene.refused, request.method))
    if made:
        remember(response, made)
    return response


def _status(refused: str | None, method: str | None) -> int:
    if refused == STRANGER:
        return 403
    return 409 if refused and method == "POST" else 200
