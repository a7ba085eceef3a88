"""The catalogue as Excel (django-import-export): columns, and writing through the services.

An entry is known again by its own name inside the unit, never by a key. A column that is missing leaves the value.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from import_export import fields, resources, widgets

from core.amounts import plain
from core.sheets.loading import demand_filled
from courses.models import Course, CourseCategory, Room, Teacher, TeacherTitle
from courses.services import add_to_catalogue, add_version, change_in_catalogue
from organization.models import Unit
from organization.resources import Day, LabelWidget, Whole, YesNo


class Hours(widgets.Widget):
    """Hours in steps of 0.5, at most 40."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> Decimal:
        try:
            hours = Decimal(str(value))
        except InvalidOperation:
            hours = Decimal(0)
        if not (hours.is_finite() and 0 < hours <= 40 and hours % Decimal("0.5") == 0):
            raise ValueError(f"“{value or ''}”应为 0.5 到 40 之间 0.5 的倍数")
        return hours.quantize(Decimal("0.1"))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else plain(value)


class Named(widgets.Widget):
    """A row of a small table by its name, or nothing."""

    def __init__(self, model: Any, what: str, *, required: bool = False) -> None:
        super().__init__()
        self.model, self.what, self.required = model, what, required

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        if not value and not self.required:
            return None
        found = self.model.objects.filter(name=value or "").first()
        if found is None:
            names = "、".join(self.model.objects.values_list("name", flat=True)[:20])
            raise ValueError(f"没有“{value or ''}”这个{self.what}，应为：{names}")
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class OfUnit(resources.ModelResource):
    """Entries of one unit's catalogue, or an export of any."""

    required: ClassVar[tuple[str, ...]] = ()
    lengths: ClassVar[dict[str, int]] = {}

    def __init__(self, unit: Unit | None = None) -> None:
        super().__init__()
        self.unit = unit

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().filter(unit=self.unit)

    def init_instance(self, row: Mapping[str, Any] | None = None) -> Any:
        made = super().init_instance(row)
        made.unit = self.unit
        return made

    def before_import_row(self, row: Mapping[str, Any], **kwargs: Any) -> None:
        demand_filled(row, self.required, self.lengths)

    def save_instance(self, instance: Any, is_create: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        write = add_to_catalogue if is_create else change_in_catalogue
        write(instance, actor=kwargs["actor"])


class CourseResource(OfUnit):
    """课程名称, 课程类别, 学时, 教学形式, 授课人 (names, 、 between), 停开日期."""

    required = ("课程名称", "课程类别", "学时")
    lengths = {"课程名称": 120}
    title = fields.Field("title", "课程名称")
    category = fields.Field("category", "课程类别", widget=Named(CourseCategory, "课程类别", required=True))
    hours = fields.Field("hours", "学时", widget=Hours())
    form = fields.Field("form", "教学形式", widget=LabelWidget(list(Course.Form.choices)), default=Course.Form.LECTURE)
    teachers = fields.Field(column_name="授课人")
    retired = fields.Field("retired", "停开日期", widget=Day())

    class Meta:
        model = Course
        fields = ("title", "category", "hours", "form", "teachers", "retired")
        import_id_fields = ("title",)
        use_transactions = True
        skip_unchanged = True
        store_instance = True
        clean_model_instances = False

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("category").prefetch_related("teachers")

    def dehydrate_teachers(self, course: Course) -> str:
        return "、".join(sorted(who.name for who in course.teachers.all())) if course.pk else ""

    def skip_row(
        self, instance: Course, original: Course, row: Mapping[str, Any], import_validation_errors: Any = None
    ) -> bool:
        same = super().skip_row(instance, original, row, import_validation_errors)
        if not same or original._state.adding or "授课人" not in row:
            return same
        return {who.name for who in original.teachers.all()} == set(_names(row))

    def save_instance(self, instance: Course, is_create: bool, row: Mapping[str, Any], **kwargs: Any) -> None:
        actor, teachers = kwargs["actor"], self._teachers(row)
        if is_create:
            add_to_catalogue(instance, actor=actor, teachers=teachers or ())
            return
        known = Course.objects.get(pk=instance.pk)
        if known.hours != instance.hours:
            add_version(known, instance.hours, timezone.localdate(), actor=actor, change="由表格导入")
        instance.hours = Course.objects.get(pk=instance.pk).hours
        change_in_catalogue(instance, actor=actor, teachers=teachers)

    def _teachers(self, row: Mapping[str, Any]) -> list[Teacher] | None:
        """The teachers that the row names; None where the sheet has no such column."""
        if "授课人" not in row:
            return None
        names = _names(row)
        found = {who.name: who for who in Teacher.objects.filter(unit=self.unit, name__in=names)}
        missing = [name for name in names if name not in found]
        if missing:
            raise ValueError(f"师资库中没有：{'、'.join(missing)}，请先增加师资")
        return list(found.values())


def _names(row: Mapping[str, Any]) -> list[str]:
    text = str(row.get("授课人") or "").replace("，", "、").replace(",", "、")
    return [name.strip() for name in text.split("、") if name.strip()]


class TeacherResource(OfUnit):
    """姓名, 类别, 职务职称, 工作单位, 讲课费档次, 擅长专题, 出库日期."""

    required = ("姓名",)
    lengths = {"姓名": 60, "职务职称": 60, "工作单位": 120, "擅长专题": 500}
    name = fields.Field("name", "姓名")
    kind = fields.Field("kind", "类别", widget=LabelWidget(list(Teacher.Kind.choices)), default=Teacher.Kind.OTHER)
    title = fields.Field("title", "职务职称", default="")
    employer = fields.Field("employer", "工作单位", default="")
    fee_title = fields.Field("fee_title", "讲课费档次", widget=Named(TeacherTitle, "讲课费档次"))
    topics = fields.Field("topics", "擅长专题", default="")
    retired = fields.Field("retired", "出库日期", widget=Day())

    class Meta:
        model = Teacher
        fields = ("name", "kind", "title", "employer", "fee_title", "topics", "retired")
        import_id_fields = ("name", "employer")
        use_transactions = True
        skip_unchanged = True
        store_instance = True
        clean_model_instances = False


class RoomResource(OfUnit):
    """名称, 现场教学点, 容量, 地址, 路线, 单程分钟, 教学主题."""

    required = ("名称",)
    lengths = {"名称": 60, "地址": 200, "路线": 500, "教学主题": 200}
    name = fields.Field("name", "名称")
    is_site = fields.Field("is_site", "现场教学点", widget=YesNo(), default=False)
    capacity = fields.Field("capacity", "容量", widget=Whole())
    address = fields.Field("address", "地址", default="")
    route = fields.Field("route", "路线", default="")
    travel_minutes = fields.Field("travel_minutes", "单程分钟", widget=Whole(0), default=0)
    theme = fields.Field("theme", "教学主题", default="")

    class Meta:
        model = Room
        fields = ("name", "is_site", "capacity", "address", "route", "travel_minutes", "theme")
        import_id_fields = ("name",)
        use_transactions = True
        skip_unchanged = True
        store_instance = True
        clean_model_instances = False
