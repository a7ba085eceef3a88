"""Documents, their numbers, and the batches that make them."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import ScopedAdmin
from core.models import Batch
from organization.models import Account
from organization.roles import Role
from reports.models import Document, NumberSeries
from training.models import TrainingClass


@admin.register(Document)
class DocumentAdmin(ScopedAdmin):
    """Documents of the area; the files are on the class's page."""

    list_display = ("title", "kind", "number_text", "state", "issued_on", "training_class")
    list_filter = ("kind", "state")
    list_select_related = ("series", "training_class")
    search_fields = ("title", "training_class__name")
    ordering = ("-issued_on", "kind", "position", "pk")
    exclude = ("file", "token", "replaces")
    readonly_fields = ("number_text",)

    @admin.display(description="文号")
    def number_text(self, document: Document) -> str:
        return document.number_text


@admin.register(NumberSeries)
class NumberSeriesAdmin(ScopedAdmin):
    list_display = ("office", "word", "year", "last")
    list_select_related = ("office",)
    search_fields = ("word", "office__name")
    ordering = ("office__path", "word", "-year")

    def get_queryset(self, request: HttpRequest) -> QuerySet[NumberSeries]:
        return super().get_queryset(request).filter(request.user.access.within("office", Role.STAFF))  # type: ignore[union-attr]


@admin.register(Batch)
class BatchAdmin(ScopedAdmin):
    """Work that takes time; the system administrator sees how far it is, not what it is about."""

    list_display = ("title", "kind_name", "done", "failed", "total", "created")
    ordering = ("-created", "pk")
    search_fields = ("kind",)
    fields = ("title", "kind_name", "created")
    readonly_fields = ("kind_name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        user: Account = request.user  # type: ignore[assignment]
        rows = Batch.objects.with_counts().order_by(*self.ordering)
        if user.access.has(Role.STAFF):
            classes = TrainingClass.objects.visible_to(user)
            return rows.filter(subject_id__in=classes.values("pk"))
        return rows

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return self._without_title(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self._without_title(request, self.fields)

    def _without_title(self, request: HttpRequest, names: Any) -> tuple[str, ...]:
        user: Account = request.user  # type: ignore[assignment]
        return tuple(name for name in names if name != "title" or user.access.has(Role.STAFF))

    @admin.display(description="种类", ordering="kind")
    def kind_name(self, batch: Any) -> str:
        return str(settings.JOB_NAMES.get(batch.kind, batch.kind))

    @admin.display(description="已完成")
    def done(self, batch: Any) -> int:
        return int(batch.done)

    @admin.display(description="失败")
    def failed(self, batch: Any) -> int:
        return int(batch.failed)

    @admin.display(description="总数")
    def total(self, batch: Any) -> int:
        return int(batch.total)
