"""Units, accounts, grants, settings: written through the services."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone

from core.admin import ScopedAdmin, ScopedInline
from core.audit import record
from core.sheets.writing import BookWriter
from organization import services
from organization.devices import device_words
from organization.freshness import ask_again
from organization.models import (
    Account,
    AccountSession,
    AuthoritySetting,
    DeviceCredential,
    FactorReset,
    Grant,
    Unit,
    UnitNamePeriod,
    UnitShortName,
)
from organization.preferences import PREFERENCES, check
from organization.resources import UnitResource
from organization.roles import Role
from organization.rules import accounts_seen_by, may_be_granted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UnitForm(forms.ModelForm):
    """A unit; a new one is placed under 上级单位, a new name holds from a day on."""

    parent = forms.ModelChoiceField(Unit.objects.none(), label="上级单位", required=True)
    renamed_on = forms.DateField(label="更名日期", required=False, help_text="改名时填写：旧名称作为曾用名保留")

    class Meta:
        model = Unit
        fields = ("code", "name", "kind", "level", "credit_code", "closed_on", "merged_into")


class ShortNames(ScopedInline):
    model = UnitShortName
    fk_name = "unit"
    fields = ("name", "authority")


class FormerNames(ScopedInline):
    model = UnitNamePeriod
    fields = ("name", "since", "until")


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    """The tree of units in the user's area."""

    form = UnitForm
    writes = True
    list_display = ("indented_name", "code", "kind", "level", "closed_on")
    list_filter = ("kind", "level")
    search_fields = ("name", "^pinyin", "code", "short_names__name")
    ordering = ("path",)
    autocomplete_fields = ("merged_into",)
    inlines = (ShortNames, FormerNames)
    actions = ("export_units",)

    @admin.display(description="单位名称", ordering="path")
    def indented_name(self, unit: Unit) -> str:
        return "　" * (unit.depth - 1) + unit.name

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Code and place are set once; a change of name asks its day."""
        shared = ("name", "kind", "level", "credit_code")
        return ("code", *shared, "renamed_on", "closed_on", "merged_into") if obj else ("parent", "code", *shared)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[Any, ...]:
        return self.inlines if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.base_fields.pop("parent" if obj else "renamed_on", None)
        if "parent" in form.base_fields:
            cast(forms.ModelChoiceField, form.base_fields["parent"]).queryset = self.get_queryset(request)
        return form

    def write(self, request: HttpRequest, obj: Unit, form: UnitForm, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        if change:
            services.change_unit(obj, actor=user, renamed_on=form.cleaned_data.get("renamed_on"))
        else:
            services.add_unit(obj, form.cleaned_data["parent"], actor=user)

    @admin.action(description="导出所选单位（Excel）", permissions=["view"])
    def export_units(self, request: HttpRequest, units: QuerySet[Unit]) -> HttpResponse | FileResponse:
        """The chosen units of the user's scope, in the columns that the import reads."""
        if stale := ask_again(request):
            return stale
        table = UnitResource().export(units.order_by("path"))
        book = BookWriter()
        sheet = book.sheet("单位")
        for place, row in enumerate([table.headers, *table]):
            sheet.put_row(place, row)
        data = book.finish()
        record("units.export", actor=request.user.pk, after={"rows": units.count()})
        return FileResponse(
            iter([data]), content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="units.xlsx"'}
        )


@admin.register(Account)
class AccountAdmin(ScopedAdmin):
    """Accounts: opened and disabled by the system administrator."""

    writes = True
    list_display = ("username", "display_name", "unit", "is_active", "joined")
    list_filter = ("is_active",)
    list_select_related = ("unit",)
    search_fields = ("username", "display_name")
    ordering = ("username",)
    autocomplete_fields = ("unit",)
    actions = ("reset_passwords", "unlock")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).filter(accounts_seen_by(request.user))  # type: ignore[arg-type]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("username", "display_name", "unit", "is_active") if obj else ("username", "display_name", "unit")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("username",) if obj else ()

    def write(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        if change:
            services.change_account(obj, actor=user)
            return
        self._tell(request, obj, services.add_account(obj, actor=user))

    @admin.action(description="重置密码", permissions=["change"])
    def reset_passwords(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        user: Account = request.user  # type: ignore[assignment]
        for account in accounts[:20]:
            self._tell(request, account, services.reset_password(account, actor=user))

    def _tell(self, request: HttpRequest, account: Account, password: str) -> None:
        text = f"{account.username} 的初始密码是 {password} ，只显示这一次，七十二小时内有效，只能登录一次，请当面告知"
        self.message_user(request, text, messages.WARNING)

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("organization.unlock_account")

    @admin.action(description="解除登录锁定", permissions=["unlock"])
    def unlock(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        user: Account = request.user  # type: ignore[assignment]
        services.unlock(accounts, actor=user)
        self.message_user(request, f"已解除 {accounts.count()} 个账号的登录锁定", messages.SUCCESS)


class GrantForm(forms.ModelForm):
    """A grant; whoever gives it is known to the form, because the rules ask."""

    actor: ClassVar[Account | None] = None

    class Meta:
        model = Grant
        fields = ("account", "role", "unit", "since", "until")

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        fresh = self.instance.pk is None and {"account", "role"} <= values.keys()
        if fresh and (refusal := may_be_granted(values["account"], values["role"], self.actor)):
            raise forms.ValidationError(refusal)
        return values


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


def asked_of_writers(page: ScopedAdmin, request: HttpRequest) -> Any:
    """The way to the confirmation for those who may write on this page and did not sign in lately (SEC-04)."""
    may_write = page.has_add_permission(request) or page.has_change_permission(request)
    return ask_again(request) if may_write else None


@admin.register(Grant)
class GrantAdmin(ScopedAdmin):
    """Grants: given and ended by the security administrator; what was once held stays in the list."""

    form = GrantForm
    writes = True
    list_display = ("account", "role", "unit", "since", "until")
    list_filter = ("role",)
    list_select_related = ("account", "unit")
    search_fields = ("account__username", "account__display_name")
    ordering = ("account__username", "role", "pk")
    autocomplete_fields = ("account", "unit")

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return asked_of_writers(self, request) or super().changeform_view(request, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        user: Account = request.user  # type: ignore[assignment]
        rows = super().get_queryset(request)
        if user.access.has(Role.SECURITY_ADMIN):
            return rows
        return rows.filter(user.access.within("unit", Role.STAFF))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("account", "role", "unit", "since") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        cast(Any, form).actor = request.user
        return form

    def write(self, request: HttpRequest, obj: Grant, form: Any, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        if change:
            if obj.until:
                services.end_grant(obj, obj.until, actor=user)
            return
        given = services.grant(obj.account, obj.role, obj.unit, obj.since, until=obj.until, actor=user)
        obj.pk = given.pk


class SettingForm(forms.ModelForm):
    """A declared setting with a value of its type."""

    key = forms.ChoiceField(label="设置项", choices=[(key, one.label) for key, one in PREFERENCES.items()])
    value = forms.CharField(label="值", required=False, max_length=200)

    class Meta:
        model = AuthoritySetting
        fields = ("unit", "key", "value", "since")

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if {"key", "value"} <= values.keys():
            values["value"] = typed(values["key"], values["value"])
            try:
                check(values["key"], values["value"])
            except ValueError as error:
                self.add_error("value", str(error))
        return values


def typed(key: str, text: str) -> object:
    """The text as the setting's type where it can be."""
    return int(text) if PREFERENCES[key].kind is int and text.strip().isdecimal() else text


@admin.register(AuthoritySetting)
class AuthoritySettingAdmin(ScopedAdmin):
    """Settings with effective dates; a new value is a new line."""

    form = SettingForm
    writes = True
    list_display = ("unit", "label", "value", "since")
    list_select_related = ("unit",)
    search_fields = ("unit__name", "key")
    ordering = ("unit__path", "key", "-since")
    autocomplete_fields = ("unit",)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return asked_of_writers(self, request) or super().changeform_view(request, *args, **kwargs)

    @admin.display(description="设置项")
    def label(self, row: AuthoritySetting) -> str:
        return PREFERENCES[row.key].label if row.key in PREFERENCES else row.key

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuthoritySetting]:
        user: Account = request.user  # type: ignore[assignment]
        return super().get_queryset(request).filter(user.access.within("unit", Role.STAFF))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A value is not rewritten: another one holds from its day on."""
        return False

    def write(self, request: HttpRequest, obj: AuthoritySetting, form: Any, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        services.set_preference(obj.unit, obj.key, obj.value, obj.since, actor=user)
        obj.pk = AuthoritySetting.objects.get(unit=obj.unit, key=obj.key, since=obj.since).pk
