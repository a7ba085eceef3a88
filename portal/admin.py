"""The audit administrator's pages: the log in words, its seals, its archives, the history of rows. Nobody writes here.

Core writes the log; the portal knows what its events and objects are called. Reading it and taking it away are in the
log as well.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from core.admin import ScopedAdmin
from core.audit import record
from core.audit.sealing import FOR_EVER
from core.audit.verifying import entry_findings, era_ends, link_findings
from core.logs import masked
from core.models import AuditArchive, AuditEntry, AuditSeal, RowChange
from organization.freshness import ask_again
from portal.downloads import XLSX, download
from portal.pages import audit, words
from portal.pages.sheets import table_workbook


class ConditionsFilter(admin.ListFilter):
    """One form for everything that may be asked (the admin's own filters are lists of links)."""

    title = "查找"
    template = "admin/core/auditentry/conditions.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        asked = {name: params.pop(name)[-1] for name in self.expected_parameters() if name in params}
        self.form = audit.Conditions(asked)
        self.form.is_valid()

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(audit.Conditions.base_fields)

    def choices(self, changelist: Any) -> Iterator[Any]:
        return iter(())

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return self.form.filter(queryset)


class ReadOnlyAdmin(ScopedAdmin):
    """Pages that only the audit administrator opens; each look is recorded."""

    change_form_template = "admin/core/read_only.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = {"title": str(self.model._meta.verbose_name)}
        answer = super().changelist_view(request, title | (extra_context or {}))
        if answer.status_code == 200:
            asked = {masked(name): masked(str(value))[:200] for name, value in request.GET.items() if value}
            record("audit.read", actor=request.user.pk, after={"list": self.model._meta.label, **asked})
        return answer

    @admin.display(description="时间", ordering="at")
    def when(self, row: Any) -> str:
        return f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": str(self.model._meta.verbose_name)}
        answer = super().change_view(request, object_id, form_url, title | (extra_context or {}))
        record("audit.read", actor=request.user.pk, after={"list": self.model._meta.label, "key": object_id})
        return answer


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log: read by the audit administrator, written by services alone."""

    list_display = ("when", "event_words", "who", "role_words", "object_words", "result_words", "reason", "source_ip")
    list_filter = (ConditionsFilter,)
    ordering = ("-id",)
    fields = (
        "when", "event_words", "who", "role_words", "object_words", "object_id", "unit_words", "result_words", "reason",
        "before_words", "after_words", "source_ip", "session_hash", "request_id", "seal",
    )  # fmt: skip
    readonly_fields = (
        "when", "event_words", "who", "role_words", "object_words", "unit_words", "result_words", "before_words",
        "after_words", "seal",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return audit.told(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        export = path("export.xlsx", self.admin_site.admin_view(self.export), name="core_auditentry_export")
        return [export, *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows, as an Excel sheet; who took what is in the log."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if stale := ask_again(request):
            return stale
        asked = audit.Conditions(request.GET)
        rows = asked.filter(AuditEntry.objects.all())
        count = rows.count()
        if count > audit.MOST:
            self.message_user(request, f"共 {count} 条，一次最多导出 {audit.MOST} 条，请缩小时间范围", messages.ERROR)
            back = reverse("admin:core_auditentry_changelist")
            return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")
        data = table_workbook("审计记录", audit.COLUMNS, audit.lines(rows))
        facts = {"rows": count, "sha256": hashlib.sha256(data).hexdigest(), "conditions": asked.chosen()}
        record("audit.export", actor=request.user.pk, after=facts)
        return download(data, f"审计记录_{timezone.localdate():%Y%m%d}.xlsx", XLSX)

    @admin.display(description="操作", ordering="event")
    def event_words(self, entry: AuditEntry) -> str:
        return words.event(entry.event)

    @admin.display(description="操作人")
    def who(self, entry: Any) -> str:
        return f"{entry.actor_name}（{entry.actor_username}）" if entry.actor_name else "系统"

    @admin.display(description="以何角色")
    def role_words(self, entry: AuditEntry) -> str:
        return audit.role_words(entry.role)

    @admin.display(description="对象类型")
    def object_words(self, entry: AuditEntry) -> str:
        return audit.object_label(entry.object_type)

    @admin.display(description="所属单位")
    def unit_words(self, entry: Any) -> str:
        return entry.unit_name or ""

    @admin.display(description="结果", ordering="result")
    def result_words(self, entry: AuditEntry) -> str:
        return audit.RESULTS.get(entry.result, entry.result)

    @admin.display(description="变更前")
    def before_words(self, entry: AuditEntry) -> str:
        return audit.facts_words(entry.before, entry.object_type)

    @admin.display(description="变更后")
    def after_words(self, entry: AuditEntry) -> str:
        return audit.facts_words(entry.after, entry.object_type)

    @admin.display(description="封存")
    def seal(self, entry: AuditEntry) -> str:
        return str(audit.seal_of(entry) or "等待封存（每分钟一次）")


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    """The chain: on the list every link, on a seal's own page its entries as well."""

    list_display = ("__str__", "when", "first", "last", "link")
    ordering = ("-id",)
    fields = ("when", "count", "first", "last", "since", "until", "previous", "mac", "findings")
    readonly_fields = ("when", "findings")
    change_list_template = "admin/core/auditseal/change_list.html"

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The seals before those of the page are read once for all rows."""
        changes = super().get_changelist_instance(request)
        changes.result_list = seals = list(changes.result_list)
        before = AuditSeal.objects.defer("leaves").in_bulk([seal.pk - 1 for seal in seals])
        for seal in seals:
            seal.before = before.get(seal.pk - 1)
        return changes

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        last = AuditEntry.objects.filter(event="audit.verify").order_by("-id").first()
        facts = {"verified": last, "verified_words": last and audit.RESULTS.get(last.result, last.result)}
        return super().changelist_view(request, facts | (extra_context or {}))

    @admin.display(description="链")
    def link(self, seal: Any) -> str:
        return "；".join(finding.what for finding in link_findings(seal, seal.before)) or "完整"

    @admin.display(description="核验")
    def findings(self, seal: AuditSeal) -> str:
        """The seal against its neighbour and its entries, now."""
        before = AuditSeal.objects.filter(pk=seal.pk - 1).first()
        purged = AuditArchive.objects.filter(act=AuditArchive.Act.PURGED, last_seal__gte=seal.pk).exists()
        found = [
            *link_findings(seal, before),
            *entry_findings(seal, era_ends().get(seal.after_id, FOR_EVER), purged=purged),
        ]
        return "；".join(map(str, found[:20])) or "完整：封存和它的每一条记录都没有被改动"


@admin.register(AuditArchive)
class AuditArchiveAdmin(ReadOnlyAdmin):
    """What was archived and purged."""

    list_display = ("when", "act", "first_seal", "last_seal", "count", "file_name")
    list_filter = ("act",)
    ordering = ("-id",)


@admin.register(RowChange)
class RowChangeAdmin(ReadOnlyAdmin):
    """What became of rows, also where no service was asked."""

    list_display = ("when", "table_words", "row_id", "verb", "changed", "who", "database_role")
    list_filter = ("verb",)
    search_fields = ("=row_id",)
    ordering = ("-id",)
    fields = (
        "when", "table_words", "row_id", "verb", "before_words", "after_words", "who", "request_id", "database_role",
    )  # fmt: skip
    readonly_fields = ("when", "table_words", "before_words", "after_words", "who")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RowChange]:
        return audit.with_actor(super().get_queryset(request))

    @admin.display(description="数据", ordering="table_name")
    def table_words(self, change: RowChange) -> str:
        return audit.table_label(change.table_name)

    @admin.display(description="所变栏目")
    def changed(self, change: RowChange) -> str:
        names = audit.column_names(change.table_name)
        return (
            "、".join(names.get(name, name) for name in change.before or {}) if change.after and change.before else ""
        )

    @admin.display(description="变更前")
    def before_words(self, change: RowChange) -> str:
        return audit.facts_words(change.before, change.table_name)

    @admin.display(description="变更后")
    def after_words(self, change: RowChange) -> str:
        return audit.facts_words(change.after, change.table_name)

    @admin.display(description="操作人")
    def who(self, change: Any) -> str:
        return change.actor_name or "系统或数据库操作"
