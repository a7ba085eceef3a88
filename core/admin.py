"""The base of every admin page: scoped like every other page, closed by default, written through services (SEC-15).

Department staff work here. What is out of the user's scope is not found; foreign keys offer what is in scope; nothing
is deleted; models whose writes have no service are shown only. The audit log takes the place of Django's own history.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy

from core.forms import OperationForm, VisibleText
from core.keys import new_key
from core.models import AuditEntry
from core.operations import Conflict, once

UNSAID = ("csrfmiddlewaretoken", "op_id", "seen")
SEALED = frozenset(
    {
        "id_number_sealed",
        "id_number_index",
        "phone_sealed",
        "password",
        "token",
        "explanation",
        "session_data",
        "key_sealed",
        "key_hash",
    }
)

admin.site.site_header = admin.site.site_title = "干部教育培训管理平台"
admin.site.index_title = "数据维护"
admin.site.site_url = reverse_lazy("portal:home")  # type: ignore[assignment]
admin.site.disable_action("delete_selected")
admin.site.unregister(Group)  # roles are granted; there are no Django groups


def in_scope(site: admin.AdminSite, model: type[models.Model], request: HttpRequest) -> models.QuerySet:
    """Rows of a model that the user may see: by its own admin page, else by `visible_to`, else all (no people)."""
    if site.is_registered(model):
        return site.get_model_admin(model).get_queryset(request)
    manager = model._default_manager
    return manager.visible_to(request.user) if hasattr(manager, "visible_to") else manager.all()


@dataclass(frozen=True, slots=True)
class Told:
    """An audit entry and the name of who acted, for templates/admin/object_history.html."""

    entry: AuditEntry
    who: str


def tell(entries: Iterable[AuditEntry]) -> list[Told]:
    """Entries with the names of their actors, in one query more."""
    found = list(entries)
    accounts = get_user_model()._default_manager.in_bulk({entry.actor_id for entry in found if entry.actor_id})
    return [Told(entry, str(accounts.get(entry.actor_id, "系统"))) for entry in found]


class _NotSaved(Exception):
    """The form goes back with its faults: nothing was carried out, the op_id is free for the next try."""


def _was_saved(response: HttpResponse) -> bool:
    return response.status_code == 302 or "popup_response" in str(getattr(response, "template_name", ""))


def mark_of(row: models.Model) -> str:
    """What a form remembers of the row it shows: its `version`, or a digest of its columns where it has none."""
    if hasattr(row, "version"):
        return str(row.version)
    values = repr([field.value_from_object(row) for field in row._meta.concrete_fields])
    return hashlib.sha256(values.encode()).hexdigest()[:16]


class Scoped:
    """What pages and their inlines share."""

    admin_site: admin.AdminSite
    model: type[models.Model]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        kwargs["queryset"] = in_scope(self.admin_site, db_field.related_model, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class ScopedAdmin(Scoped, admin.ModelAdmin):
    """One page of the admin; subclasses that may write override `write` and the permissions."""

    list_per_page = 50
    list_max_show_all = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions: Sequence[Any] | None = ()
    view_on_site = False
    save_as = False
    writes: ClassVar[bool] = False

    def __init__(self, model: type[models.Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.form = type(self.form.__name__, (VisibleText, self.form), {})

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        manager = self.model._default_manager
        rows = manager.visible_to(request.user) if hasattr(manager, "visible_to") else manager.all()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.writes and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.writes and super().has_change_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Sealed and masked columns answer no question, not even “begins with” (SEC-32)."""
        if SEALED.intersection(lookup.split("__")):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Forms carry `op_id` and what was `seen`: a repeat gets the first answer, a stale save 409 (REL-03, REL-04)."""
        context = {"op_id": request.POST.get("op_id") or new_key(), "hidden": self._seen(request, object_id)}
        context |= extra_context or {}

        def show() -> HttpResponse:
            return super(ScopedAdmin, self).changeform_view(request, object_id, form_url, context)

        return self._once(request, object_id, show) if request.method == "POST" and self.writes else show()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"op_id": new_key()} | (extra_context or {}))

    def response_action(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:  # type: ignore[override]
        """An action that asks more than `view` writes: once for the page's op_id, as the forms do.

        It returns None; an answer of its own (first confirm who you are) means that nothing was carried out.
        """
        offered = {name: one[0] for name, one in self.get_actions(request).items() if one is not None}
        asked = [offered[name] for name in request.POST.getlist("action") if name in offered]
        if any(getattr(function, "allowed_permissions", []) != ["view"] for function in asked):
            return self._act_once(request, queryset)
        return super().response_action(request, queryset)

    def _act_once(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
        op_id = OperationForm(request.POST).checked()["op_id"]
        payload = {key: request.POST.getlist(key) for key in request.POST if key not in UNSAID}
        fresh: list[HttpResponse | None] = []

        def act() -> dict[str, Any]:
            fresh.append(super(ScopedAdmin, self).response_action(request, queryset))
            answer = fresh[0]
            if answer is None or answer.headers.get("Location") != request.get_full_path():
                raise _NotSaved
            return {}

        try:
            once(op_id, request.user.pk, f"admin.{self.opts.label_lower}.action", payload, act)  # type: ignore[arg-type]
        except _NotSaved:
            return fresh[0]
        if not fresh:
            self.message_user(request, "这次操作已经办理过，没有重复办理", messages.INFO)
        return fresh[0] if fresh else redirect(request.get_full_path())

    def _seen(self, request: HttpRequest, object_id: str | None) -> dict[str, str]:
        """The mark of the row that the page shows; a form that comes back keeps the mark it was opened with."""
        row = self.get_object(request, object_id) if object_id and self.writes else None
        return {"seen": request.POST.get("seen") or mark_of(row)} if row is not None else {}

    def _once(self, request: HttpRequest, object_id: str | None, save: Callable[[], HttpResponse]) -> HttpResponse:
        op_id = OperationForm(request.POST).checked()["op_id"]
        payload = {name: request.POST.getlist(name) for name in request.POST if name not in UNSAID}
        fresh: list[HttpResponse] = []

        def act() -> dict[str, Any]:
            if object_id:
                self._demand_current(request, object_id)
            fresh.append(save())
            if not _was_saved(fresh[0]):
                raise _NotSaved
            return {"url": fresh[0].headers.get("Location", "")}

        try:
            name = f"admin.{self.opts.label_lower}"
            answer = once(op_id, request.user.pk, name, [object_id, payload], act)  # type: ignore[arg-type]
        except _NotSaved:
            return fresh[0]
        return fresh[0] if fresh else redirect(answer["url"] or "admin:index")

    def _demand_current(self, request: HttpRequest, object_id: str) -> None:
        """Holds the row. Raises Conflict with both values when somebody saved it since the page was opened."""
        if self.get_object(request, object_id) is None:
            raise Http404
        held = self.model._base_manager.select_for_update().get(pk=object_id)
        if request.POST.get("seen") == mark_of(held):
            return
        form = self.get_form(request, held, change=True)(request.POST, instance=held)
        now = {name: form[name].initial for name in form.fields}
        form.is_valid()
        differing = [name for name in form.changed_data if name in form.cleaned_data]
        said = "；".join(
            f"{form.fields[name].label}：您填写的是“{form.cleaned_data[name]}”，现在是“{now[name]}”"
            for name in differing
        )
        raise Conflict(
            f"您打开页面之后，另一位同志先保存了，没有覆盖任何内容。{said}", yours=form.cleaned_data, current=now
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the service; what is out of scope afterwards is undone (Django saves in one transaction)."""
        self.write(request, obj, form, change)
        if not self.get_queryset(request).filter(pk=obj.pk).exists():
            raise PermissionDenied("写入后的内容不在您的范围内，没有保存")

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the app's service; pages that may write say how."""
        raise NotImplementedError(f"{type(self).__name__} has no service to write with")

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Out of scope is not found, here too (Django would go to the index with a message)."""
        raise Http404

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        raise NotImplementedError("nothing is deleted in the admin")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """The service has written the audit entry; Django's own log would keep names."""

    log_change = log_addition  # type: ignore[assignment]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        entries = AuditEntry.objects.filter(object_type=self.model._meta.label, object_id=object_id).order_by("-id")
        page = Paginator(entries, 100).get_page(request.GET.get("p"))
        context = {"action_list": tell(page.object_list)} | (extra_context or {})
        return super().history_view(request, object_id, context)


class NamedAdmin(ScopedAdmin):
    """People and what is named after them: found by Chinese name, pinyin or initials."""

    name_at: ClassVar[str] = ""

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [f"{self.name_at}name", f"^{self.name_at}pinyin", f"^{self.name_at}initials"]


class ScopedInline(Scoped, admin.TabularInline):
    """Rows under another row, shown only."""

    extra = 0
    can_delete = False
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return in_scope(self.admin_site, self.model, request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
