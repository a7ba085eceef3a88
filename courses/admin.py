"""The catalogue in the admin: categories, course systems and fee ceilings are kept here; entries are shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import ScopedAdmin, ScopedInline
from courses.models import Course, CourseCategory, CourseModule, CourseSystem, Room, Teacher, TeacherTitle
from courses.services import add_to_catalogue, change_in_catalogue
from organization.roles import Role


class Kept(ScopedAdmin):
    """Written through the services of the catalogue."""

    writes = True

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        act = change_in_catalogue if change else add_to_catalogue
        act(obj, actor=request.user)  # type: ignore[arg-type]


class OfUnit(ScopedAdmin):
    """Rows that belong to a unit of the area."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(request.user.access.within("unit", Role.STAFF))  # type: ignore[union-attr]


@admin.register(CourseCategory)
class CourseCategoryAdmin(Kept):
    list_display = ("name", "kind", "position")
    fields = ("name", "kind", "position")
    search_fields = ("name",)
    ordering = ("position", "pk")


class Modules(ScopedInline):
    model = CourseModule
    fields = ("number", "name", "category", "position")


@admin.register(CourseSystem)
class CourseSystemAdmin(Kept, OfUnit):
    list_display = ("name", "since", "unit")
    fields = ("unit", "name", "since", "note")
    list_select_related = ("unit",)
    search_fields = ("name",)
    ordering = ("-since", "pk")
    inlines = (Modules,)

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[Any, ...]:
        return self.inlines if obj else ()


@admin.register(CourseModule)
class CourseModuleAdmin(Kept):
    list_display = ("number", "name", "category", "system")
    fields = ("system", "number", "name", "category", "position")
    list_filter = ("category",)
    list_select_related = ("system", "category")
    search_fields = ("name",)
    ordering = ("system", "position", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(request.user.access.within("system__unit", Role.STAFF))  # type: ignore[union-attr]


@admin.register(TeacherTitle)
class TeacherTitleAdmin(Kept):
    list_display = ("name", "fee_ceiling", "since", "position")
    fields = ("name", "fee_ceiling", "since", "position")
    search_fields = ("name",)
    ordering = ("position", "pk")


@admin.register(Course)
class CourseAdmin(OfUnit):
    list_display = ("title", "category", "hours", "form", "retired", "unit")
    list_filter = ("category", "form")
    list_select_related = ("unit", "category")
    search_fields = ("title",)
    ordering = ("title", "pk")


@admin.register(Teacher)
class TeacherAdmin(OfUnit):
    list_display = ("name", "kind", "title", "employer", "fee_title", "unit")
    list_filter = ("kind",)
    list_select_related = ("unit", "fee_title")
    search_fields = ("name", "employer")
    ordering = ("name", "pk")


@admin.register(Room)
class RoomAdmin(OfUnit):
    list_display = ("name", "capacity", "is_site", "travel_minutes", "unit")
    list_select_related = ("unit",)
    list_filter = ("is_site",)
    search_fields = ("name",)
    ordering = ("name", "pk")
