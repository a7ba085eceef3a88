"""Signing in and out, changing the password, the admin's door."""

import json

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.audit import acting, record
from core.operations import Refused
from organization.models import Account
from organization.services import (
    choose_password,
    end_all_sessions,
    keep_to_limit,
    note_failure,
    spend_initial_password,
    too_many_failures,
)
from organization.sessions import hashed
from portal.identity import WRONG, NewPasswordForm, SignInForm, refused_as_error
from portal.requests import SignedIn
from portal.rules import demand, may_use_admin
from portal.sessions import begin


class SignIn(auth.LoginView):
    """登录; who is signed in already goes home. An address that failed too often is told to wait (429)."""

    form_class = SignInForm
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, str]:
        """The user name that a slip's QR code brings along."""
        return {"username": self.request.GET.get("username", "")[:60]}

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"demo_accounts": demo_accounts() if settings.DEMO else []}

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        if too_many_failures(request.META.get("REMOTE_ADDR"), now=timezone.now()):
            refusal = {"what": "登录", "why": "从您的网络地址登录失败的次数过多", "who": "您本人：十分钟后再试"}
            return render(request, "errors/429.html", {"refusal": refusal}, status=429)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        """Counted, whatever it was; a form that was not filled in was no try."""
        if form.cleaned_data.keys() >= {"username", "password"}:
            account = Account.objects.filter(username=form.cleaned_data["username"]).first()
            locked = bool(getattr(self.request, "axes_locked_out", False))
            note_failure(account, self.request.META.get("REMOTE_ADDR"), locked=locked, now=timezone.now())
        return super().form_invalid(form)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        account: Account = form.get_user()
        if not spend_initial_password(account, now=timezone.now()):
            form.add_error(None, WRONG)
            return self.form_invalid(form)
        answer = super().form_valid(form)
        begin(self.request)
        self.request.session.save()
        key = self.request.session.session_key or ""
        with acting(account, key):
            keep_to_limit(account, hashed(key), now=timezone.now())
            record("account.sign_in", actor=account.pk, obj=account, unit_id=account.unit_id)
        return answer


def demo_accounts() -> list[dict[str, str]]:
    """Role and username of the demo's accounts, from the file that the demo leaves; never a password."""
    try:
        told = json.loads((settings.VAR_DIR / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [{"role": one["role"], "username": one["username"]} for one in told.get("accounts", [])]


class SignOut(auth.LogoutView):
    """退出登录 (POST only), here and everywhere else (SEC-06)."""

    next_page = reverse_lazy("portal:sign_in")  # type: ignore[assignment]

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        who, answer = request.user, super().post(request, *args, **kwargs)
        if isinstance(who, Account):
            record("account.sign_out", actor=who.pk, obj=who, unit_id=who.unit_id)
            end_all_sessions(who, "您已在别处退出登录", actor=who, devices=False)
        return answer


@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: SignedIn) -> HttpResponse:
    """修改密码; the other sessions of the account end, this one gets a new key."""
    form = NewPasswordForm(request, request.user, request.POST or None)
    if request.method == "POST" and form.is_valid() and _chosen(request, form):
        messages.success(request, "密码已修改，其他设备上的登录已退出")
        return redirect("portal:home")
    return render(request, "registration/password_change_form.html", {"form": form, "reason": _why(request.user)})


def _chosen(request: SignedIn, form: NewPasswordForm) -> bool:
    """Whether the new password was written; the account's other sessions end, this one goes on under a new key."""
    try:
        choose_password(request.user, form.cleaned_data["new_password1"], now=timezone.now())
    except Refused as error:
        refused_as_error(form, error)
        return False
    update_session_auth_hash(request, request.user)
    return True


def _why(account: Account) -> str:
    """Why the page stands in the way, "" where it was opened by choice."""
    if account.has_initial_password:
        return "您使用的是初始密码，请先设置自己的密码；初始密码只能使用一次。"
    if account.password_is_old(timezone.now()):
        return f"密码已使用 {settings.PASSWORD_ROTATION_DAYS} 天，请设置新密码。"
    return ""


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The admin has no sign-in of its own: nobody signed in goes to the portal's, others learn why it is closed."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next", "/"))
    demand(may_use_admin(request.user))
    return redirect("admin:index")
