"""Classes and what hangs on them, shown to department staff; who has a role in a class is named here."""

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import ScopedAdmin, ScopedInline
from organization.admin.deputies import DeputisedAdmin, DeputyFilter, DeputyForm, EndFilter, given
from organization.models import Account
from organization.roles import Role
from training.models import (
    AttendanceMark,
    ClassRole,
    ClassSeries,
    CorrectionRequest,
    Enrolment,
    FollowUp,
    Holiday,
    LeaveApprover,
    LeaveRequest,
    ReportBack,
    Session,
    TrainingClass,
)
from training.services.holidays import keep_holiday
from training.services.leave import end_approver, name_approver
from training.services.naming import (
    deputise_class_role,
    end_class_role,
    may_deputise_class_role,
    name_for_class,
)


@admin.register(ClassSeries)
class ClassSeriesAdmin(ScopedAdmin):
    list_display = ("name", "unit")
    list_select_related = ("unit",)
    search_fields = ("name",)
    ordering = ("name", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClassSeries]:
        return super().get_queryset(request).filter(request.user.access.within("unit", Role.STAFF))  # type: ignore[union-attr]


class Roles(ScopedInline):
    model = ClassRole
    fields = ("account", "kind", "since", "until")


@admin.register(TrainingClass)
class TrainingClassAdmin(ScopedAdmin):
    """Classes of the area; they are made and changed by workbook and on the portal's pages."""

    list_display = ("name", "code", "organizer", "start", "end", "state")
    list_filter = ("state", "class_type")
    search_fields = ("name", "code")
    ordering = ("-start", "pk")
    fields = (
        "name", "code", "class_type", "unit", "organizer", "host", "place", "manager_names", "planned_size",
        "start", "end", "state", "state_reason", "closed_on", "origin", "series", "parent", "attendance_kept",
    )  # fmt: skip
    inlines = (Roles,)


class RoleDeputyForm(DeputyForm):
    class Meta:
        model = ClassRole
        fields = ("deputises", "account", "since", "until", "reason")

    def refusal(self, values: Mapping[str, Any]) -> str | None:
        days, by = (values["since"], values["until"]), cast(Account, self.actor)
        return may_deputise_class_role(values["deputises"], values["account"], *days, values["reason"], by)


@admin.register(ClassRole)
class ClassRoleAdmin(DeputisedAdmin):
    """Class managers and assessors: named by the department; deputies also by the security administrator."""

    deputy_form = RoleDeputyForm
    writes = True
    plain_fields = ("training_class", "account", "kind", "since", "until")
    list_display = ("training_class", "account", "kind", "since", "until")
    list_filter = ("kind", DeputyFilter, EndFilter)
    list_select_related = ("training_class", "account", "deputises__account")
    search_fields = ("training_class__name", "account__display_name", "account__username")
    ordering = ("-since", "pk")
    autocomplete_fields = ("training_class", "account")

    def may_deputise(self, request: HttpRequest) -> bool:
        return request.user.has_perm("training.deputise_classrole")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """To name a deputy is less than to name somebody: the security administrator may do that alone."""
        names_deputy = "deputises" in request.GET and self.may_deputise(request)
        return names_deputy or super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        ends_deputy = obj is not None and obj.deputises_id is not None and self.may_deputise(request)
        return ends_deputy or super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClassRole]:
        """Of classes in scope; the security administrator sees who is named, not the classes' data."""
        user: Account = request.user  # type: ignore[assignment]
        rows = super().get_queryset(request)
        if user.access.has(Role.SECURITY_ADMIN):
            return rows
        return rows.filter(user.access.within("training_class__unit", Role.STAFF))

    def write(self, request: HttpRequest, obj: ClassRole, form: Any, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        if change:
            if obj.until:
                end_class_role(obj, obj.until, actor=user)
            return
        if form.cleaned_data.get("deputises"):
            made = deputise_class_role(form.cleaned_data["deputises"], *given(form), actor=user)
        else:
            made = name_for_class(obj.training_class, obj.account, obj.kind, obj.since, until=obj.until, actor=user)
        obj.pk, obj.kind, obj.training_class = made.pk, made.kind, made.training_class


@admin.register(Enrolment)
class EnrolmentAdmin(ScopedAdmin):
    list_display = ("roster_name", "training_class", "unit", "post", "state", "since", "until")
    list_filter = ("state",)
    list_select_related = ("training_class", "unit")
    search_fields = ("roster_name", "^cadre__pinyin", "^cadre__initials", "training_class__name")
    ordering = ("-since", "position", "pk")


@admin.register(Session)
class SessionAdmin(ScopedAdmin):
    list_display = ("date", "period", "title", "teacher_name", "hours", "training_class")
    list_select_related = ("training_class",)
    search_fields = ("title", "teacher_name", "training_class__name")
    ordering = ("-date", "period", "number", "pk")


@admin.register(AttendanceMark)
class AttendanceMarkAdmin(ScopedAdmin):
    list_display = ("enrolment", "session", "mark", "source", "training_class")
    list_filter = ("mark", "source")
    list_select_related = ("enrolment", "session", "training_class")
    search_fields = ("enrolment__roster_name", "training_class__name")
    ordering = ("-pk",)


@admin.register(Holiday)
class HolidayAdmin(ScopedAdmin):
    """Public holidays and shifted working days; seeded by `manage.py seed_holidays`, corrected here."""

    writes = True
    list_display = ("date", "kind", "name")
    fields = ("date", "kind", "name")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("-date",)
    date_hierarchy = "date"

    def write(self, request: HttpRequest, obj: Holiday, form: Any, change: bool) -> None:
        keep_holiday(obj, actor=request.user)  # type: ignore[arg-type]


@admin.register(LeaveApprover)
class LeaveApproverAdmin(ScopedAdmin):
    """Who decides about leave for a school, from–until: named by the department."""

    writes = True
    list_display = ("unit", "level", "account", "deputy", "since", "until")
    list_filter = ("level", "deputy")
    list_select_related = ("unit", "account")
    search_fields = ("unit__name", "account__display_name", "account__username")
    ordering = ("unit__path", "level", "-since", "pk")
    fields = ("unit", "level", "account", "deputy", "since", "until")
    autocomplete_fields = ("unit", "account")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeaveApprover]:
        return super().get_queryset(request).filter(request.user.access.within("unit", Role.STAFF))  # type: ignore[union-attr]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("unit", "level", "account", "deputy", "since") if obj else ()

    def write(self, request: HttpRequest, obj: LeaveApprover, form: Any, change: bool) -> None:
        user: Account = request.user  # type: ignore[assignment]
        if not change:
            made = name_approver(
                obj.unit, obj.level, obj.account, obj.since, until=obj.until, deputy=obj.deputy, actor=user
            )
            obj.pk = made.pk
        elif obj.until:
            end_approver(obj, obj.until, actor=user)


@admin.register(LeaveRequest)
class LeaveRequestAdmin(ScopedAdmin):
    """Shown only: leave is asked for and decided on the portal's pages."""

    list_display = ("enrolment", "training_class", "kind", "first", "last", "hours", "state", "over_cap")
    list_filter = ("state", "kind", "over_cap")
    list_select_related = ("enrolment", "training_class")
    search_fields = ("enrolment__roster_name", "training_class__name")
    ordering = ("-asked", "pk")
    fields = (
        "training_class", "enrolment", "kind", "first", "last", "hours", "half_days", "state", "over_cap", "asked",
        "ended",
    )  # fmt: skip


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(ScopedAdmin):
    """Shown only: a correction is asked for and decided on the portal's pages."""

    list_display = ("enrolment", "training_class", "lesson", "before", "after", "state", "asked_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("enrolment", "training_class")
    search_fields = ("enrolment__roster_name", "training_class__name")
    ordering = ("-asked_at", "pk")
    fields = (
        "training_class", "enrolment", "lesson", "before", "after", "reason", "state", "comment", "asked_at", "decided_at",
    )  # fmt: skip


@admin.register(ReportBack)
class ReportBackAdmin(ScopedAdmin):
    """述学, filed and confirmed on the portal's pages."""

    list_display = ("enrolment", "unit", "on", "state", "filed_at", "confirmed_at")
    list_filter = ("state",)
    list_select_related = ("enrolment", "unit")
    fields = (
        "enrolment",
        "unit",
        "on",
        "occasion",
        "audience",
        "text",
        "state",
        "state_reason",
        "filed_at",
        "confirmed_at",
    )
    ordering = ("-filed_at", "-pk")


@admin.register(FollowUp)
class FollowUpAdmin(ScopedAdmin):
    """回访, answered and closed on the portal's pages; the answers are read there."""

    list_display = ("enrolment", "months", "due", "own_at", "superior_at", "outcome", "promoted", "closed_at")
    list_filter = ("months", "outcome")
    list_select_related = ("enrolment",)
    fields = ("enrolment", "months", "due", "own_at", "superior_at", "outcome", "promoted", "remark", "closed_at")
    ordering = ("due", "pk")
