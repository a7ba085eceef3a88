"""The ledger as it stands, shown to department staff: entries, balances, rules, years, recomputations. Nothing is changed here."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core.admin import NamedAdmin, ScopedAdmin
from organization.models import Unit
from organization.roles import Role
from trainees.models import CreditBalance, CreditEntry, FrozenYear, LedgerAct, LedgerYear, Recomputation, RuleSet


@admin.register(CreditEntry)
class CreditEntryAdmin(NamedAdmin):
    """Every line with what it was made of; reversals name what they take back."""

    name_at = "cadre__"
    list_display = ("on", "cadre", "title", "channel", "kind", "hours", "credits", "year", "adjustment", "posted_at")
    list_select_related = ("cadre",)
    list_filter = ("adjustment", "channel", "kind", "source_kind")
    ordering = ("-pk",)
    fields = (
        "cadre", "on", "year", "adjustment", "kind", "channel", "days", "hours", "sessions", "credits", "title", "reckoned",
        "source_kind", "source_id", "part", "attempt", "rule_set", "unit", "authority", "post_level", "rank", "reverses",
        "recomputation", "reason", "posted_at",
    )  # fmt: skip
    readonly_fields = ("reckoned",)

    @admin.display(description="计算过程")
    def reckoned(self, entry: CreditEntry) -> str:
        return "；".join(str(step.get("text", "")) for step in entry.explanation) or "—"


@admin.register(CreditBalance)
class CreditBalanceAdmin(NamedAdmin):
    """What entries add up to; the database keeps it."""

    name_at = "cadre__"
    list_display = (
        "cadre", "year", "adjustment", "off_job_days", "off_job_hours", "online_hours", "required", "elective", "entries",
    )  # fmt: skip
    list_select_related = ("cadre",)
    list_filter = ("adjustment",)
    ordering = ("-year", "cadre__pinyin", "pk")


@admin.register(FrozenYear)
class FrozenYearAdmin(NamedAdmin):
    """What checks found to differ; released on the page of the ledger's years."""

    name_at = "cadre__"
    list_display = ("cadre", "year", "words", "frozen_at", "released_at")
    list_select_related = ("cadre",)
    ordering = ("-pk",)
    fields = ("cadre", "year", "words", "run", "frozen_at", "released_at", "release_reason")


class OfAuthority(ScopedAdmin):
    """Rows of an authority's own."""

    list_select_related: ClassVar[tuple[str, ...]] = ("authority",)
    search_fields = ("authority__name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(request.user.access.within("authority", Role.STAFF))  # type: ignore[union-attr]


@admin.register(LedgerYear)
class LedgerYearAdmin(OfAuthority):
    list_display = ("authority", "year", "closed_at")
    ordering = ("-year", "authority__path")
    fields = ("authority", "year", "closed_at", "figures")


@admin.register(LedgerAct)
class LedgerActAdmin(ScopedAdmin):
    list_display = ("kind", "unit", "year", "state", "created", "finished")
    list_select_related = ("unit", "upload")
    list_filter = ("state", "kind")
    search_fields = ("unit__name",)
    ordering = ("-created", "pk")
    fields = ("kind", "unit", "year", "upload", "state", "reason", "asked", "outcome", "created", "finished")
    readonly_fields = ("created",)


@admin.register(Recomputation)
class RecomputationAdmin(OfAuthority):
    list_display = ("authority", "year", "rule_set", "at")
    list_select_related: ClassVar[tuple[str, ...]] = ("authority", "rule_set")
    ordering = ("-at", "pk")
    fields = ("authority", "year", "rule_set", "report", "at")
    readonly_fields = ("at",)


@admin.register(RuleSet)
class RuleSetAdmin(ScopedAdmin):
    """Versions of the area's own, and those from above that hold there."""

    list_display = ("name", "unit", "version", "since", "note")
    list_select_related = ("unit",)
    search_fields = ("unit__name", "note")
    ordering = ("unit__path", "-version")
    fields = ("name", "unit", "version", "since", "rules", "note", "at")
    readonly_fields = ("at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSet]:
        access = request.user.access  # type: ignore[union-attr]
        above = {path for held in access.paths(Role.STAFF) for path in Unit.upward(held)}
        return super().get_queryset(request).filter(access.within("unit", Role.STAFF) | Q(unit__path__in=above))
