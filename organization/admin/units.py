"""The tree of units."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse

from core.admin import ScopedAdmin, ScopedInline
from core.audit import record
from core.sheets.writing import BookWriter
from organization import services
from organization.freshness import ask_again
from organization.models import (
    Account,
    Unit,
    UnitNamePeriod,
    UnitShortName,
)
from organization.resources import UnitResource

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
