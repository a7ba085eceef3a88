"""The second factor, the confirmation before sensitive acts, and the own sessions."""

import base64
from urllib.parse import quote, urlencode

import segno
from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.audit import record
from core.crypto import open_text, seal_text
from core.forms import OperationForm
from core.operations import Refused
from organization.devices import device_words
from organization.models import AccountSession
from organization.services import accept_code, end_session, new_key, put_into_use
from organization.sessions import FACTOR, PROVED, hashed
from portal.acts import Answer, answer, new_op_id, perform
from portal.identity import CodeForm, ConfirmForm, refused_as_error
from portal.pages import devices, words
from portal.requests import SignedIn
from portal.sessions import has_factor

ISSUER = "干部教育培训管理平台"
OFFER = "factor_offer"


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: SignedIn) -> HttpResponse:
    """动态口令: the code that completes a sign-in; who has none yet sets it up first."""
    if not has_factor(request.user):
        return redirect("portal:second_factor_set_up")
    if request.session.get(FACTOR):
        return redirect("portal:home")  # a code alone confirms nothing: that asks for the password too (`confirm`)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _accepted(request, form):
        return redirect("portal:home")
    return render(request, "portal/identity/second_factor.html", {"form": form, "op_id": new_op_id()})


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_set_up(request: SignedIn) -> HttpResponse:
    """启用动态口令: a key to scan, put into use by a first code. One that is in use is only replaced by a reset."""
    if has_factor(request.user):
        return redirect("portal:second_factor")
    key = _offered(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _first_accepted(request, key, form):
        messages.success(request, "动态口令已启用，以后登录时需要输入")
        return redirect("portal:home")
    context = {"form": form, "op_id": new_op_id()} | _to_scan(key, request.user.username)
    return render(request, "portal/identity/second_factor_set_up.html", context)


def _offered(request: SignedIn) -> bytes:
    """The key on offer: one per session, sealed there until a first code proves it."""
    place = f"session:{request.user.pk}:{OFFER}"
    if OFFER not in request.session:
        request.session[OFFER] = seal_text(new_key().hex(), place)
    return bytes.fromhex(open_text(request.session[OFFER], place))


def _to_scan(key: bytes, username: str) -> dict[str, str]:
    """The key as a QR code (`otpauth://`, a data: image) and in groups of four to be typed."""
    text = base64.b32encode(key).decode()
    uri = f"otpauth://totp/{quote(username)}?{urlencode({'secret': text, 'issuer': ISSUER})}"
    groups = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return {"picture": segno.make_qr(uri, error="l").svg_data_uri(scale=4), "key": groups}


def _first_accepted(request: SignedIn, key: bytes, form: CodeForm) -> bool:
    """Whether a first code proved the offered key; it is the account's factor from now on."""
    try:
        right = put_into_use(request.user, key, form.cleaned_data["code"], now=timezone.now())
    except Refused as error:
        refused_as_error(form, error)
        return False
    if not right:
        form.add_error("code", "动态口令不正确：请确认扫描的是这个二维码，手机时间准确")
        return False
    del request.session[OFFER]
    request.session[FACTOR] = True
    return _prove(request)


def _accepted(request: SignedIn, form: CodeForm | ConfirmForm) -> bool:
    """Whether the code was right; the session is then one of two factors, under a new key."""
    try:
        right = accept_code(request.user, form.cleaned_data["code"], now=timezone.now())
    except Refused as error:
        refused_as_error(form, error)
        return False
    if not right:
        form.add_error("code", "动态口令不正确，或已经用过；请等下一个")
        return False
    request.session[FACTOR] = True
    return _prove(request)


def _prove(request: SignedIn) -> bool:
    """The owner is there: a new key, and ten minutes for sensitive acts."""
    request.session[PROVED] = int(timezone.now().timestamp())
    request.session.cycle_key()
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedIn) -> HttpResponse:
    """确认身份: password and code once more before a sensitive act (SEC-04)."""
    asks_code = settings.SECOND_FACTOR != "off"
    if asks_code and not has_factor(request.user):
        return redirect("portal:second_factor_set_up")
    form = ConfirmForm(request, request.POST or None, asks_code=asks_code)
    if request.method == "POST" and form.is_valid() and (_accepted(request, form) if asks_code else _prove(request)):
        reset(username=request.user.username)
        record("account.confirm", actor=request.user.pk, obj=request.user, unit_id=request.user.unit_id)
        return redirect(_back(request))
    context = {"form": form, "op_id": new_op_id(), "next": _back(request)}
    return render(request, "portal/identity/confirm.html", context)


def _back(request: SignedIn) -> str:
    """Where the confirmation was asked for; never another site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("portal:home")


@require_safe
def sessions(request: SignedIn) -> HttpResponse:
    """我的登录: where the account is signed in, this one marked."""
    here = hashed(request.session.session_key or "")
    live = request.user.sessions.live(timezone.now()).order_by("-seen")
    rows = [
        {"device": device_words(one.device), "address": one.address, "started": one.started, "seen": one.seen,
         "here": one.pk == here, "url": reverse("portal:session_end", args=[one.pk]), "op_id": new_op_id()}
        for one in live
    ]  # fmt: skip
    crumbs = words.crumbs(("我的登录", ""))
    context = {"rows": rows, "crumbs": crumbs} | devices.owned(request.user)
    return render(request, "portal/identity/sessions.html", context)


@require_POST
def session_end(request: SignedIn, key: str) -> HttpResponse:
    """End one of the own sessions, where somebody forgot to sign out."""
    one = AccountSession.objects.live(timezone.now()).filter(pk=key, account=request.user).first()
    if one is None:
        raise Http404("没有找到这个登录，或它已经结束")

    def act() -> Answer:
        end_session(one, "您在另一处结束了这个登录", actor=request.user)
        return answer(reverse("portal:sessions"), "已结束那个登录")

    return perform(request, OperationForm(request.POST), "session.end", key, act)
