"""What counts and what is asked: two kinds of rules, each a version of a managing authority from a day on."""

from datetime import date
from typing import ClassVar, Self

from django.db import models

from core.keys import new_key
from core.models import AppendOnly
from organization.models import Unit


class RulesQuerySet(models.QuerySet):
    def in_force(self, unit: Unit, on: date) -> Self:
        """Versions that hold for a unit on a day, the one that counts first: the nearest unit upward, its latest day."""
        rows = self.filter(unit__path__in=Unit.upward(unit.path), since__lte=on)
        return rows.order_by("-unit__depth", "-since", "-version")


class Rules(AppendOnly):
    """A version of an authority's rules; never changed, only followed by another version."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="制定机关")
    name = models.CharField("名称", max_length=80)
    version = models.PositiveSmallIntegerField("版本")
    since = models.DateField("自")
    rules = models.JSONField("规则")
    note = models.CharField("说明", max_length=500, blank=True)
    actor_id = models.UUIDField("制定人", null=True, editable=False)
    at = models.DateTimeField("制定时间", auto_now_add=True)

    objects = RulesQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}（第 {self.version} 版）"


class RuleSet(Rules):
    """How learning becomes credit (学时学分换算规则): conversions, caps, carry-over, smallest step (trainees.rules.credits)."""

    class Meta(Rules.Meta):
        verbose_name = verbose_name_plural = "换算规则"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "version"], name="rule_set_version_once")]


class RequirementSet(Rules):
    """How much is asked of whom (学习要求): by level and year, over years, after promotion (trainees.rules.requirements)."""

    class Meta(Rules.Meta):
        verbose_name = verbose_name_plural = "学习要求"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "version"], name="requirements_version_once")]
