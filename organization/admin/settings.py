"""Settings of an authority."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import ScopedAdmin
from organization import services
from organization.admin.proof import asked_of_writers
from organization.models import (
    Account,
    AuthoritySetting,
)
from organization.preferences import PREFERENCES, check
from organization.roles import Role


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
