"""Accounts: opened and disabled by the system administrator, approved and unlocked by the security administrator (SEC-20)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.admin import ScopedAdmin
from core.forms import ReasonForm
from core.keys import new_key
from organization import services
from organization.freshness import ask_again
from organization.models import Account
from organization.rules import accounts_seen_by, may_be_username

AT_ONCE = 20
WAITING = "待安全管理员批准"


class ApprovalFilter(admin.SimpleListFilter):
    """The list of those that wait."""

    title = "开通审批"
    parameter_name = "approval"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "待批准"), ("approved", "已批准"), ("refused", "未批准即停用")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        conditions: dict[str | None, dict[str, Any]] = {
            "waiting": {"approved_at": None, "is_active": True},
            "approved": {"approved_at__isnull": False},
            "refused": {"approved_at": None, "is_active": False},
        }
        return queryset.filter(**conditions.get(self.value(), {}))


class AccountForm(forms.ModelForm):
    """An account; its user name is asked like the service asks it."""

    class Meta:
        model = Account
        fields = ("username", "display_name", "unit", "is_active")

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if refusal := may_be_username(name):
            raise forms.ValidationError(refusal)
        return name


@admin.register(Account)
class AccountAdmin(ScopedAdmin):
    """Accounts; one that is new waits for a security administrator, who did not open it."""

    form = AccountForm
    writes = True
    list_display = ("username", "display_name", "unit", "is_active", "joined", "approval")
    list_filter = (ApprovalFilter, "is_active")
    list_select_related = ("unit", "approved_by")
    search_fields = ("username", "display_name")
    ordering = ("username",)
    autocomplete_fields = ("unit",)
    actions = ("approve", "refuse", "reset_passwords", "unlock")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).filter(accounts_seen_by(request.user))  # type: ignore[arg-type]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("username", "display_name", "unit")
        return ("username", "display_name", "unit", "is_active", "opened_by", "approval")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("username", "opened_by", "approval") if obj else ()

    @admin.display(description="开通审批", ordering="approved_at")
    def approval(self, account: Account) -> str:
        if account.approved_at is None:
            return WAITING if account.is_active else "未批准"
        by = account.approved_by or "按规则"
        return f"{by} {timezone.localtime(account.approved_at):%Y-%m-%d} 批准"

    def write(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        if change:
            services.change_account(obj, actor=user)
            return
        self._tell(request, obj, services.add_account(obj, actor=user))
        self.message_user(request, f"{obj.username} {WAITING}后才能登录", messages.INFO)

    @admin.action(description="重置密码", permissions=["change"])
    def reset_passwords(self, request: HttpRequest, accounts: QuerySet[Account]) -> HttpResponse | None:
        """Whoever has the new password has the account: it asks who is there."""
        if stale := ask_again(request):
            return stale
        user: Account = request.user  # type: ignore[assignment]
        for account in accounts[:AT_ONCE]:
            self._tell(request, account, services.reset_password(account, actor=user))
        return None

    def _tell(self, request: HttpRequest, account: Account, password: str) -> None:
        text = f"{account.username} 的初始密码是 {password} ，只显示这一次，七十二小时内有效，只能登录一次，请当面告知"
        self.message_user(request, text, messages.WARNING)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("organization.approve_account")

    @admin.action(description="批准开通", permissions=["approve"])
    def approve(self, request: HttpRequest, accounts: QuerySet[Account]) -> HttpResponse | None:
        if stale := ask_again(request):
            return stale
        user: Account = request.user  # type: ignore[assignment]
        chosen = list(accounts[:AT_ONCE])
        for account in chosen:
            services.approve_account(account, actor=user, now=timezone.now())
        self.message_user(request, f"已批准 {len(chosen)} 个账号；初始密码已过期的，请系统管理员重置", messages.SUCCESS)
        return None

    @admin.action(description="不予开通", permissions=["approve"])
    def refuse(self, request: HttpRequest, accounts: QuerySet[Account]) -> HttpResponse | None:
        """Asks why first; the accounts are then disabled."""
        if stale := ask_again(request):
            return stale
        user: Account = request.user  # type: ignore[assignment]
        chosen = list(accounts[:AT_ONCE])
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask_why(request, chosen, form)
        for account in chosen:
            services.refuse_account(account, form.cleaned_data["reason"], actor=user)
        self.message_user(request, f"{len(chosen)} 个账号未获批准，已停用", messages.SUCCESS)
        return None

    def _ask_why(self, request: HttpRequest, chosen: list[Account], form: ReasonForm) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "accounts": chosen, "form": form, "op_id": new_key(), "opts": self.opts, "title": "不予开通账号",
        }  # fmt: skip
        return render(request, "admin/organization/account/refuse.html", context)

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("organization.unlock_account")

    @admin.action(description="解除登录锁定", permissions=["unlock"])
    def unlock(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        user: Account = request.user  # type: ignore[assignment]
        chosen = list(accounts)
        services.unlock(chosen, actor=user)
        self.message_user(request, f"已解除 {len(chosen)} 个账号的登录锁定", messages.SUCCESS)
