"""The own remembered phones and calendar addresses: made, told once, ended (我的登录)."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from core.forms import OperationForm
from core.operations import once
from core.scope import unscoped
from organization.devices import device_words
from organization.models import DeviceCredential
from organization.services import add_device, device_of, end_device, note_use
from portal.acts import Answer, answer, perform
from portal.devices import remember
from portal.pages import devices
from portal.pages.calendar import calendar_of
from portal.requests import SignedIn

Kind = DeviceCredential.Kind


@require_POST
def device_remember(request: SignedIn) -> HttpResponse:
    """记住这部手机: a key for today's page and for checking in."""
    made: list[str] = []

    def act() -> Answer:
        made.append(remember_phone(request)[1])
        return answer(reverse("portal:today"), "已记住这部手机：打开“今天”和扫码签到不用再登录")

    response = perform(request, OperationForm(request.POST), "device.remember", "", act)
    if made:
        remember(response, made[0])
    return response


def remember_phone(request: SignedIn) -> tuple[DeviceCredential, str]:
    """A credential of whoever is signed in; the one that this phone had, whosever it was, ends."""
    now = timezone.now()
    before = device_of(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), Kind.PHONE, now=now)
    if before is not None:
        end_device(before, now=now, actor=request.user)
    label = device_words(request.headers.get("User-Agent", ""))
    return add_device(request.user, Kind.PHONE, label, now=now, actor=request.user)


@require_POST
def calendar_add(request: SignedIn) -> HttpResponse:
    """生成日历订阅地址: told once, on the answer itself; a repeat cannot tell it again."""
    values = OperationForm(request.POST).checked()
    made: list[str] = []

    def act() -> Answer:
        label = device_words(request.headers.get("User-Agent", ""))
        made.append(add_device(request.user, Kind.CALENDAR, label, now=timezone.now(), actor=request.user)[1])
        return answer(reverse("portal:sessions"))

    once(values["op_id"], request.user.pk, "device.calendar", "", act)
    if not made:
        messages.warning(request, "订阅地址只显示一次。没有存下来的，请停用后重新生成")
        return redirect("portal:sessions")
    return render(request, "portal/identity/calendar_made.html", devices.calendar_made(made[0]))


@require_POST
def device_end(request: SignedIn, pk: UUID) -> HttpResponse:
    """End one of the own credentials: a phone that was lost, an address that others know."""
    one = DeviceCredential.objects.filter(pk=pk, account=request.user, ended=None).first()
    if one is None:
        raise Http404("没有找到这个设备，或它已经停用")

    def act() -> Answer:
        end_device(one, now=timezone.now(), actor=request.user)
        return answer(reverse("portal:sessions"), f"已停用：{one.get_kind_display()}")

    return perform(request, OperationForm(request.POST), "device.end", str(pk), act)


@require_safe
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """The feed behind a calendar's address: the classes of the key's owner, for programs that cannot sign in."""
    now = timezone.now()
    device = device_of(key, Kind.CALENDAR, now=now)
    if device is None:
        raise Http404("订阅地址已经停用或过期，请在“我的登录”重新生成")
    note_use(device, now=now)
    with unscoped("no session says who asks; the feed takes the classes of the key's owner through visible_to"):
        body, etag = calendar_of(device.account, now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"], response["ETag"] = "private, no-cache", etag
    response["Content-Disposition"] = 'inline; filename="peixun.ics"'
    return get_conditional_response(request, etag=etag, response=response) or response
