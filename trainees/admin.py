"""Cadres and their appointments, shown to department staff; the full ID number only one by one, with a reason."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from core.admin import NamedAdmin, ScopedAdmin, ScopedInline
from core.forms import ReasonForm
from core.idnumber import is_id_number
from core.keys import new_key
from organization.freshness import ask_again
from trainees import ledger_admin, recognition_admin  # noqa: F401 - their pages are registered with this module's
from trainees.models import Appointment, Cadre, OnlineClass, OnlineReminder, PersonnelForm
from trainees.services import unmask_id_number

NOT_IN_AN_ADDRESS = "身份证号不放在网址里，没有查找；请在页面上方的搜索框输入整个号码"


class Appointments(ScopedInline):
    model = Appointment
    fields = ("unit", "post", "post_level", "rank", "primary", "since", "until")
    ordering = ("-since",)


@admin.register(Cadre)
class CadreAdmin(NamedAdmin):
    """People of the area: managed by it or working in it."""

    list_display = ("name", "unit", "managing_authority", "status", "unverified")
    list_filter = ("unverified", "status")
    list_select_related = ("unit", "managing_authority")
    ordering = ("pinyin", "pk")
    fields: ClassVar[tuple[str, ...]] = (
        "name", "sex", "ethnic_group", "political_status", "id_number", "phone", "managing_authority", "unit", "status",
        "status_since", "unverified", "canonical", "account",
    )  # fmt: skip
    readonly_fields = ("id_number", "phone")
    inlines = (Appointments,)

    @admin.display(description="身份证号")
    def id_number(self, cadre: Cadre) -> str:
        url = reverse("admin:trainees_cadre_unmask", args=[cadre.pk])
        return format_html('{} <a href="{}">查看完整号码</a>', cadre.masked_id_number, url)

    @admin.display(description="手机号")
    def phone(self, cadre: Cadre) -> str:
        return cadre.masked_phone

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """An ID number in an address is not looked for (the page's script sends it by POST to the portal's search)."""
        if is_id_number(request.GET.get("q", "")):
            self.message_user(request, NOT_IN_AN_ADDRESS, messages.WARNING)
            return redirect("admin:trainees_cadre_changelist")
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.unmask)
        return [path("<uuid:pk>/unmask/", view, name="trainees_cadre_unmask"), *super().get_urls()]

    def unmask(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Asks why, then shows the number once; the view is in the audit log (SEC-31)."""
        cadre = self.get_object(request, str(pk))
        if cadre is None:
            raise Http404
        if not self.has_view_permission(request, cadre):
            raise PermissionDenied("查看完整身份证号限组织部干部教育科")
        if stale := ask_again(request):
            return stale
        form, number = ReasonForm(request.POST or None), ""
        if request.method == "POST" and form.is_valid():
            number = unmask_id_number(cadre, actor=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        context = self.admin_site.each_context(request) | {
            "cadre": cadre, "number": number, "form": form, "op_id": new_key(), "opts": self.opts, "title": "查看完整身份证号",
        }  # fmt: skip
        return render(request, "admin/trainees/cadre/unmask.html", context)


@admin.register(PersonnelForm)
class PersonnelFormAdmin(ScopedAdmin):
    """Uploaded personnel forms: whose, when, whom they became. The file itself is opened on the portal's page."""

    list_display = ("file_name", "unit", "cadre", "created", "taken_in")
    list_select_related = ("unit", "cadre")
    fields = ("file_name", "unit", "cadre", "created", "taken_in")
    ordering = ("-created", "-pk")


@admin.register(OnlineClass)
class OnlineClassAdmin(ScopedAdmin):
    """Virtual on-line classes, kept on the portal's pages."""

    list_display = ("name", "year", "unit", "unit_kind", "since", "until", "target_hours")
    list_filter = ("year", "unit_kind")
    list_select_related = ("unit",)
    fields = ("name", "year", "unit", "unit_kind", "since", "until", "target_hours", "manager", "inspector", "liaison")
    ordering = ("-year", "name", "pk")


@admin.register(OnlineReminder)
class OnlineReminderAdmin(ScopedAdmin):
    """Who was reminded of what, and when."""

    list_display = ("learner", "text", "at")
    list_select_related = ("learner__cadre", "learner__online_class")
    fields = ("learner", "text", "at")
    ordering = ("-at", "-pk")
