"""Grants: given, stood in for and ended by the security administrator (SEC-20)."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from organization import services
from organization.admin.deputies import DeputisedAdmin, DeputyFilter, DeputyForm, EndFilter, given
from organization.admin.proof import asked_of_writers
from organization.models import Account, Grant
from organization.roles import Role
from organization.rules import may_be_granted, may_deputise


class GrantForm(forms.ModelForm):
    """A grant; whoever gives it is known to the form, because the rules ask."""

    actor: ClassVar[Account | None] = None

    class Meta:
        model = Grant
        fields = ("account", "role", "unit", "since", "until")

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if self.instance.pk is not None or not {"account", "role", "since"} <= values.keys():
            return values
        days = (values["since"], values.get("until"))
        if refusal := may_be_granted(values["account"], values["role"], self.actor, *days):
            self._validate_constraints = False  # the same, in the database's words
            raise forms.ValidationError(refusal)
        return values


class GrantDeputyForm(DeputyForm):
    class Meta:
        model = Grant
        fields = ("deputises", "account", "since", "until", "reason")

    def refusal(self, values: Mapping[str, Any]) -> str | None:
        days = (values["since"], values["until"])
        return may_deputise(values["deputises"], values["account"], *days, values["reason"], self.actor)


@admin.register(Grant)
class GrantAdmin(DeputisedAdmin):
    """What was once held stays in the list."""

    form = GrantForm
    deputy_form = GrantDeputyForm
    writes = True
    plain_fields = ("account", "role", "unit", "since", "until")
    list_display = ("account", "role", "unit", "since", "until", "explained")
    list_filter = ("role", DeputyFilter, EndFilter)
    list_select_related = ("account", "unit", "deputises__account")
    search_fields = ("account__username", "account__display_name", "deputises__account__display_name")
    ordering = ("account__username", "role", "pk")
    autocomplete_fields = ("account", "unit")

    @admin.display(description="可见范围")
    def explained(self, grant: Grant) -> SafeString:
        """The way to the page that says what this account sees, and why."""
        url = f"{reverse('portal:why')}?{urlencode({'account': grant.account.username})}"
        return format_html('<a href="{}">为什么能看到</a>', url)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return asked_of_writers(self, request) or super().changeform_view(request, *args, **kwargs)

    def may_deputise(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        user: Account = request.user  # type: ignore[assignment]
        rows = super().get_queryset(request)
        if user.access.has(Role.SECURITY_ADMIN):
            return rows
        return rows.filter(user.access.within("unit", Role.STAFF))

    def write(self, request: HttpRequest, obj: Grant, form: Any, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        if change:
            if obj.until:
                services.end_grant(obj, obj.until, actor=user)
            return
        if form.cleaned_data.get("deputises"):
            made = services.deputise(form.cleaned_data["deputises"], *given(form), actor=user)
        else:
            made = services.grant(obj.account, obj.role, obj.unit, obj.since, until=obj.until, actor=user)
        obj.pk, obj.role, obj.unit = made.pk, made.role, made.unit
