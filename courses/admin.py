"""The catalogue: categories for everybody, courses, teachers and rooms of the user's area. Shown only, for now."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import ScopedAdmin
from courses.models import Course, CourseCategory, Room, Teacher
from organization.roles import Role


class OfUnit(ScopedAdmin):
    """Rows that belong to a unit of the area."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(request.user.access.within("unit", Role.STAFF))  # type: ignore[union-attr]


@admin.register(CourseCategory)
class CourseCategoryAdmin(ScopedAdmin):
    list_display = ("name", "kind", "position")
    search_fields = ("name",)
    ordering = ("position", "pk")


@admin.register(Course)
class CourseAdmin(OfUnit):
    list_display = ("title", "category", "hours", "unit")
    list_filter = ("category",)
    list_select_related = ("unit", "category")
    search_fields = ("title",)
    ordering = ("title", "pk")


@admin.register(Teacher)
class TeacherAdmin(OfUnit):
    list_display = ("name", "title", "employer", "unit")
    list_select_related = ("unit",)
    search_fields = ("name", "employer")
    ordering = ("name", "pk")


@admin.register(Room)
class RoomAdmin(OfUnit):
    list_display = ("name", "capacity", "is_site", "unit")
    list_select_related = ("unit",)
    list_filter = ("is_site",)
    search_fields = ("name",)
    ordering = ("name", "pk")
