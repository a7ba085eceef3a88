"""Sessions, remembered devices and lost second factors."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.admin import ScopedAdmin
from organization import services
from organization.admin.proof import asked_of_writers
from organization.devices import device_words
from organization.freshness import ask_again
from organization.models import (
    Account,
    AccountSession,
    DeviceCredential,
    FactorReset,
)


@admin.register(AccountSession)
class AccountSessionAdmin(ScopedAdmin):
    """Who is signed in, where; the security administrator can end it. The key stands here as a hash, of no use to anybody."""

    list_display = ("account", "browser", "address", "started", "seen", "ended")
    list_select_related = ("account",)
    search_fields = ("account__username", "account__display_name")
    fields = ("account", "browser", "address", "started", "seen", "expire_date", "ended")
    readonly_fields = ("browser",)
    ordering = ("-seen", "pk")
    actions = ("end_sessions",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccountSession]:
        return super().get_queryset(request).exclude(account=None)

    @admin.display(description="设备", ordering="device")
    def browser(self, session: AccountSession) -> str:
        return device_words(session.device)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("organization.end_accountsession")

    @admin.action(description="结束所选登录", permissions=["end"])
    def end_sessions(self, request: HttpRequest, sessions: QuerySet[AccountSession]) -> None:
        user: Account = request.user  # type: ignore[assignment]
        chosen = list(sessions.filter(ended="").select_related("account"))
        for session in chosen:
            services.end_session(session, "安全管理员结束了您的登录，请重新登录", actor=user)
        self.message_user(request, f"已结束 {len(chosen)} 个登录", messages.SUCCESS)


@admin.register(DeviceCredential)
class DeviceCredentialAdmin(ScopedAdmin):
    """Remembered phones and calendar addresses; the security administrator can end them. Their keys are not here."""

    list_display = ("account", "kind", "label", "made", "expires", "used", "ended")
    list_filter = ("kind",)
    list_select_related = ("account",)
    search_fields = ("account__username", "account__display_name")
    fields = ("account", "kind", "label", "made", "expires", "used", "ended")
    ordering = ("-made", "pk")
    actions = ("end_devices",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("organization.end_devicecredential")

    @admin.action(description="停用所选凭据", permissions=["end"])
    def end_devices(self, request: HttpRequest, devices: QuerySet[DeviceCredential]) -> None:
        user: Account = request.user  # type: ignore[assignment]
        chosen = list(devices.filter(ended=None).select_related("account"))
        for device in chosen:
            services.end_device(device, now=timezone.now(), actor=user)
        self.message_user(request, f"已停用 {len(chosen)} 个设备凭据", messages.SUCCESS)


@admin.register(FactorReset)
class FactorResetAdmin(ScopedAdmin):
    """Lost second factors: asked for by a security administrator, approved by another one or the system administrator."""

    writes = True
    list_display = ("account", "reason", "asked_by", "asked_at", "approved_by", "approved_at")
    list_select_related = ("account", "asked_by", "approved_by")
    search_fields = ("account__username", "account__display_name")
    ordering = ("-pk",)
    fields = ("account", "reason")
    autocomplete_fields = ("account",)
    actions = ("approve",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was asked stays as it was asked."""
        return False

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("organization.approve_factorreset")

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return asked_of_writers(self, request) or super().changeform_view(request, *args, **kwargs)

    def write(self, request: HttpRequest, obj: FactorReset, form: Any, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        obj.pk = services.ask_for_reset(obj.account, obj.reason, actor=user).pk

    @admin.action(description="批准重置", permissions=["approve"])
    def approve(self, request: HttpRequest, resets: QuerySet[FactorReset]) -> Any:
        if stale := ask_again(request):
            return stale
        user: Account = request.user  # type: ignore[assignment]
        for reset in resets[:20]:
            services.approve_reset(reset, actor=user, now=timezone.now())
            self.message_user(request, f"{reset.account} 的动态口令已重置", messages.SUCCESS)
        return None
