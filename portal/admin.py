"""The audit log in words: core writes it, the portal knows what its events and objects are called."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from core.admin import ScopedAdmin
from core.models import AuditEntry
from organization.models import Account
from organization.roles import Role
from portal.pages import words


class EventFilter(admin.SimpleListFilter):
    title = "事件"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(words.EVENTS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(event=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    """The audit log: read by the audit administrator, written by services alone."""

    list_display = ("at", "event_words", "who", "role_words", "object_words", "result", "reason", "source_ip")
    list_filter = (EventFilter, "result")
    search_fields = ("object_id",)
    ordering = ("-id",)
    fields = (
        "at", "event_words", "who", "role_words", "object_words", "object_id", "result", "reason", "before", "after",
        "source_ip", "session_hash", "request_id",
    )  # fmt: skip
    readonly_fields = ("event_words", "who", "role_words", "object_words")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        name = Account.objects.filter(pk=OuterRef("actor_id")).values("display_name")
        return super().get_queryset(request).annotate(actor_name=Subquery(name))

    @admin.display(description="事件", ordering="event")
    def event_words(self, entry: AuditEntry) -> str:
        return words.event(entry.event)

    @admin.display(description="操作人")
    def who(self, entry: Any) -> str:
        return entry.actor_name or "系统"

    @admin.display(description="以何角色")
    def role_words(self, entry: AuditEntry) -> str:
        return str(dict(Role.choices).get(entry.role, ""))

    @admin.display(description="对象类型")
    def object_words(self, entry: AuditEntry) -> str:
        return object_label(entry.object_type)


def object_label(label: str) -> str:
    """What a model is called: 班次 for training.TrainingClass."""
    found = next((model for model in apps.get_models() if model._meta.label == label), None)
    return str(found._meta.verbose_name) if found else ""
