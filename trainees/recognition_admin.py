"""Recognition and learning platforms in the admin: to look at; they are written on the portal's pages."""

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from core.admin import ScopedAdmin
from organization.roles import Role
from trainees.models import Platform, Recognition


@admin.register(Platform)
class PlatformAdmin(ScopedAdmin):
    """Platforms of the department's area; the key's hash is shown nowhere."""

    list_display = ("name", "unit", "minutes_per_hour", "key_made", "retired")
    list_select_related = ("unit",)
    search_fields = ("name",)
    ordering = ("unit__path", "name")
    fields: ClassVar[tuple[str, ...]] = ("unit", "name", "minutes_per_hour", "columns", "key_made", "retired")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).filter(request.user.access.within("unit", Role.STAFF))  # type: ignore[union-attr]


@admin.register(Recognition)
class RecognitionAdmin(ScopedAdmin):
    """Filings of the area's people."""

    list_display = ("title", "cadre", "unit", "channel", "hours", "state", "filed_at")
    list_filter = ("state", "channel")
    list_select_related = ("cadre", "unit")
    search_fields = ("title", "cadre__name", "^cadre__pinyin", "^cadre__initials")
    ordering = ("-filed_at", "pk")
    fields: ClassVar[tuple[str, ...]] = (
        "cadre", "unit", "channel", "title", "provider", "platform", "since", "until", "hours", "days", "minutes",
        "sessions", "share", "twin", "twin_entry", "twin_reason", "state", "state_reason", "upload", "filed_at",
        "vetted_at", "confirmed_at",
    )  # fmt: skip
