"""Signing in and out, changing the password, the admin's door."""

import json

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy

from core.audit import record
from portal.forms import SignInForm
from portal.rules import demand, may_use_admin


class SignIn(auth.LoginView):
    """登录; who is signed in already goes home."""

    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"demo_accounts": demo_accounts() if settings.DEMO else []}

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        record("account.sign_in", actor=form.get_user().pk, obj=form.get_user())
        return super().form_valid(form)


def demo_accounts() -> list[dict[str, str]]:
    """Role and username of the demo's accounts, from the file that the demo leaves; never a password."""
    try:
        told = json.loads((settings.VAR_DIR / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [{"role": one["role"], "username": one["username"]} for one in told.get("accounts", [])]


class SignOut(auth.LogoutView):
    """退出登录 (POST only)."""

    next_page = reverse_lazy("portal:sign_in")


class PasswordChange(auth.PasswordChangeView):
    """修改密码; the other sessions of the account end."""

    success_url = reverse_lazy("portal:home")

    def form_valid(self, form: object) -> HttpResponse:
        answer = super().form_valid(form)  # type: ignore[arg-type]
        record("account.password", actor=self.request.user.pk, obj=self.request.user)
        messages.success(self.request, "密码已修改，其他设备上的登录已退出")
        return answer


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The admin has no sign-in of its own: nobody signed in goes to the portal's, others learn why it is closed."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next", "/"))
    demand(may_use_admin(request.user))
    return redirect("admin:index")
