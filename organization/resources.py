"""Import and export of units by Excel or CSV (django-import-export), written through the services."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from import_export import fields, resources, widgets

from organization.directory import split_short_names
from organization.models import Unit, UnitShortName
from organization.services import add_unit, change_unit, set_short_names

YES, NO = "是", "否"


class LabelWidget(widgets.CharWidget):
    """Reads the Chinese label of a choice and gives its code; shows the label.

    A label that is none of the choices becomes `otherwise`, or is refused where there is none.
    """

    def __init__(self, choices: list[tuple[str, str]], otherwise: str | None = None) -> None:
        super().__init__()
        self.codes = {label: code for code, label in choices}
        self.labels = dict(choices)
        self.otherwise = otherwise

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        if value not in self.codes:
            if self.otherwise is not None:
                return self.otherwise
            raise ValueError(f"“{value}”不是可选值，应为：{'、'.join(self.codes)}")
        return self.codes[value]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.labels.get(value, value))


class YesNo(widgets.Widget):
    """是 or 否; nothing is 否."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> bool:
        if value in (YES, True):
            return True
        if value in (NO, "", None, False):
            return False
        raise ValueError(f"“{value}”应为 是 或 否")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return YES if value else NO


class Whole(widgets.Widget):
    """A whole number from 0, or nothing."""

    def __init__(self, empty: int | None = None) -> None:
        super().__init__()
        self.empty = empty

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int | None:
        text = "" if value is None else str(value)
        if not text:
            return self.empty
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise ValueError(f"“{text}”应为不小于 0 的整数")
        return int(text)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class Day(widgets.Widget):
    """A date as 2026-03-02, or nothing."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> date | None:
        if isinstance(value, date) or not value:
            return value or None
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise ValueError(f"“{value}”应写成 2026-03-02 的样子") from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class UnitResource(resources.ModelResource):
    """编码, 单位名称, 简称, 上级编码, 单位性质, 层级; a parent stands before its children."""

    code = fields.Field("code", "编码")
    name = fields.Field("name", "单位名称")
    short_names = fields.Field(column_name="简称")
    parent = fields.Field(column_name="上级编码")
    kind = fields.Field("kind", "单位性质", widget=LabelWidget(list(Unit.Kind.choices), Unit.Kind.OTHER))
    level = fields.Field("level", "层级", widget=LabelWidget(list(Unit.Level.choices)))

    class Meta:
        model = Unit
        fields = ("code", "name", "short_names", "parent", "kind", "level")
        import_id_fields = ("code",)
        use_transactions = True
        skip_diff = True  # nobody looks at it, and it asks every row's names and parent
        clean_model_instances = False

    def before_export(self, queryset: QuerySet[Unit], **kwargs: Any) -> None:
        """What every row asks of other tables, in two queries however many units there are."""
        above = {path[: -Unit.steplen] for path in queryset.values_list("path", flat=True)}
        self.codes = dict(Unit.objects.filter(path__in=above).values_list("path", "code"))
        self.short: dict[Any, list[str]] = {}
        rows = UnitShortName.objects.filter(unit__in=queryset.order_by().values("pk")).order_by("id")
        for unit, name in rows.values_list("unit_id", "name"):
            self.short.setdefault(unit, []).append(name)

    def dehydrate_short_names(self, unit: Unit) -> str:
        return "；".join(self.short.get(unit.pk, []))

    def dehydrate_parent(self, unit: Unit) -> str:
        return self.codes.get(unit.path[: -Unit.steplen], "")

    def save_instance(self, instance: Unit, is_create: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        actor = kwargs.get("actor")
        if is_create:
            add_unit(instance, self._parent(row), actor=actor)
        else:
            change_unit(instance, actor=actor)
        set_short_names(instance, split_short_names(row.get("简称") or ""), actor=actor)

    def _parent(self, row: Mapping[str, Any]) -> Unit | None:
        code = row.get("上级编码")
        if not code:
            return None
        parent = Unit.objects.filter(code=code).first()
        if parent is None:
            raise ValueError(f"上级编码“{code}”不存在，上级单位应列在下级之前")
        return parent
