"""Schemes, entries, exams, results and imports, shown to department staff."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from assessments.models import Block, Exam, Item, Result, ScoreEntry, ScoringScheme, WorkbookImport
from core.admin import ScopedAdmin, ScopedInline
from organization.roles import Role


class Blocks(ScopedInline):
    model = Block
    fields = ("position", "name")


@admin.register(ScoringScheme)
class ScoringSchemeAdmin(ScopedAdmin):
    """Schemes that the project ships and those of the area; a class keeps the version it began with."""

    list_display = ("name", "edition", "unit", "since")
    list_select_related = ("unit",)
    search_fields = ("name",)
    ordering = ("name", "-edition", "pk")
    inlines = (Blocks,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScoringScheme]:
        area: Q = request.user.access.within("unit", Role.STAFF)  # type: ignore[union-attr]
        return super().get_queryset(request).filter(area | Q(unit=None))


@admin.register(Item)
class ItemAdmin(ScopedAdmin):
    """Items with their rules: the way each is found."""

    list_display = ("name", "block", "scheme", "rule", "maximum", "base")
    list_filter = ("rule",)
    list_select_related = ("block__scheme",)
    search_fields = ("name",)
    ordering = ("block__scheme", "block__position", "position", "pk")

    @admin.display(description="方案")
    def scheme(self, item: Item) -> str:
        return str(item.block.scheme)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        area: Q = request.user.access.within("block__scheme__unit", Role.STAFF)  # type: ignore[union-attr]
        return super().get_queryset(request).filter(area | Q(block__scheme__unit=None))


@admin.register(ScoreEntry)
class ScoreEntryAdmin(ScopedAdmin):
    """The process record: append-only."""

    list_display = ("on", "enrolment", "item", "points", "rating", "reason", "recorder", "source")
    list_filter = ("source", "item__name")
    list_select_related = ("enrolment", "item")
    search_fields = ("enrolment__roster_name", "training_class__name", "reason")
    ordering = ("-pk",)


@admin.register(Exam)
class ExamAdmin(ScopedAdmin):
    list_display = ("training_class", "kind", "by_answers")
    list_filter = ("kind",)
    list_select_related = ("training_class",)
    search_fields = ("training_class__name",)
    ordering = ("-training_class__start", "kind", "pk")


@admin.register(Result)
class ResultAdmin(ScopedAdmin):
    """Results; they are confirmed and amended on the class's page."""

    list_display = ("enrolment", "training_class", "total", "grade", "rank", "candidate", "state")
    list_filter = ("state", "grade", "candidate")
    list_select_related = ("enrolment", "training_class")
    search_fields = ("enrolment__roster_name", "^enrolment__cadre__pinyin", "training_class__name")
    ordering = ("-training_class__start", "rank", "pk")
    exclude = ("explanation", "points")


@admin.register(WorkbookImport)
class WorkbookImportAdmin(ScopedAdmin):
    list_display = ("file_name", "unit", "training_class", "state", "created", "committed")
    list_filter = ("state",)
    list_select_related = ("unit", "training_class")
    search_fields = ("file_name", "training_class__name")
    ordering = ("-created", "pk")
    exclude = ("file", "faults", "summary")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.exclude
