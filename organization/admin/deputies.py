"""Deputies (代理) in the admin: named from the row they stand in for; the same for grants and for roles in classes."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from core.admin import ScopedAdmin
from organization.models import Account

SOON = timedelta(days=14)
FIELDS = ("deputises", "account", "since", "until", "reason")


class OriginalField(forms.ModelChoiceField):
    """The row that the deputy stands in for, with the name of whose it is."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.account}：{obj.deputised_as}"


class DeputyForm(forms.ModelForm):
    """Who stands in, from when until when, and why; subclasses name the model and its rule."""

    actor: ClassVar[Account | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("until", "reason"):
            self.fields[name].required = True
        chosen = self.fields["deputises"]
        chosen.widget = getattr(chosen.widget, "widget", chosen.widget)  # without the ways to add or change an original
        self.fields["account"].label = "代理人"
        self.fields["reason"].help_text = "如：休产假、挂职、出国（境）学习"

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        self._validate_constraints = False  # the rule says it in its own words; the service asks again
        if set(FIELDS) <= values.keys() and (refusal := self.refusal(values)):
            raise forms.ValidationError(refusal)
        return values

    def refusal(self, values: Mapping[str, Any]) -> str | None:
        raise NotImplementedError(f"{type(self).__name__} names no rule")


class DeputyFilter(admin.SimpleListFilter):
    title = "代理"
    parameter_name = "deputy"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "只看代理"), ("no", "不含代理")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(deputises__isnull=wanted)


class EndFilter(admin.SimpleListFilter):
    title = "期限"
    parameter_name = "end"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("soon", f"{SOON.days} 天内到期"), ("held", "在期"), ("over", "已到期")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        today = timezone.localdate()
        if self.value() == "soon":
            return queryset.on(today).filter(until__lte=today + SOON)  # type: ignore[attr-defined]
        if self.value() == "held":
            return queryset.on(today)  # type: ignore[attr-defined]
        return queryset.filter(until__lt=today) if self.value() == "over" else queryset


class DeputisedAdmin(ScopedAdmin):
    """A page whose rows may be stood in for: `add/?deputises=KEY` names the deputy, the row's page ends it."""

    deputy_form: ClassVar[type[DeputyForm]]
    plain_fields: ClassVar[tuple[str, ...]]
    change_form_template = "admin/deputised_change_form.html"

    def may_deputise(self, request: HttpRequest) -> bool:
        raise NotImplementedError(f"{type(self).__name__} does not say who names deputies")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        context: dict[str, Any] = {"deputise_url": self.deputise_url(row) if row and self.may_deputise(request) else ""}
        if "deputises" in request.GET and not object_id:
            context |= {"title": "指定代理", "show_save_and_add_another": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

    def deputise_url(self, row: Any) -> str:
        """Where a deputy of this row is named; "" for what has ended or is a deputy's itself."""
        if row.deputises_id is not None or (row.until is not None and row.until < timezone.localdate()):
            return ""
        return f"{reverse(f'admin:{self.opts.app_label}_{self.opts.model_name}_add')}?deputises={row.pk}"

    def original(self, request: HttpRequest) -> int | None:
        """The key of the row that is to be stood in for, None on an ordinary page."""
        key = request.GET.get("deputises")
        if key is None:
            return None
        if not key.isdecimal() or not self.get_queryset(request).filter(pk=int(key)).exists():
            raise Http404
        return int(key)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return FIELDS if self.original(request) is not None else self.plain_fields
        return (*self.plain_fields, "stands_for", "reason") if obj.deputises_id else self.plain_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        shown = tuple(name for name in self.plain_fields if name != "until")
        return (*shown, "stands_for", "reason") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None and self.original(request) is not None:
            kwargs["form"] = self.deputy_form
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"since": timezone.localdate()} | dict(super().get_changeform_initial_data(request))

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "deputises":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        rows = self.get_queryset(request).filter(pk=self.original(request)).select_related(*self.list_select_related)  # type: ignore[misc]
        return OriginalField(rows, label="代理谁的", empty_label=None)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The way to naming a deputy stands in the rows of those who may."""
        columns = super().get_list_display(request)
        return [*columns, "deputy_or_way"] if self.may_deputise(request) else [*columns, "stands_for"]

    @admin.display(description="代理")
    def stands_for(self, row: Any) -> str:
        return f"代理 {row.deputises.account}" if row.deputises_id else ""

    @admin.display(description="代理")
    def deputy_or_way(self, row: Any) -> str:
        url = self.deputise_url(row)
        return format_html('<a href="{}">指定代理</a>', url) if url else self.stands_for(row)


def given(form: Any) -> tuple[Account, date, date, str]:
    """What a deputy's form says: who, from, until, why."""
    values = form.cleaned_data
    return values["account"], values["since"], values["until"], values["reason"]
