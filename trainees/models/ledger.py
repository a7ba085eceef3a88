"""The credit-hour ledger: entries that are never changed, what they add up to, and the years that are closed."""

from datetime import datetime
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Now

from core.keys import new_key
from core.models import AppendOnly
from organization.models import Unit
from trainees.models.people import Cadre, OfCadre
from trainees.models.rules import RuleSet


class Channel(models.TextChoices):
    """Ways of learning (学习渠道)."""

    OFF_JOB = "off_job", "脱产培训"
    ONLINE = "online", "网络培训"
    STUDY_GROUP = "study_group", "中心组学习"
    SELF_STUDY = "self_study", "在职自学"
    TEACHING = "teaching", "授课"
    IN_HOUSE = "in_house", "单位内训"
    CARRY = "carry", "上年结转"


AMOUNT = models.DecimalField(max_digits=11, decimal_places=2)
ZERO = Value(0, output_field=AMOUNT)


def sum_of_person(rows: models.QuerySet, amount: Any) -> CombinedExpression:
    """What rows about cadres add up to for the `cadre` of the outer row: own ones and, apart so that each is found by its
    index, those of merged doubles."""
    summed = rows.order_by().values(nobody=Value(1)).annotate(sum=Sum(amount, output_field=AMOUNT)).values("sum")
    own, doubles = (summed.filter(Q((name, OuterRef("cadre")))) for name in ("cadre", "cadre__canonical"))
    return Coalesce(Subquery(own), ZERO) + Coalesce(Subquery(doubles), ZERO)


class CreditEntryQuerySet(OfCadre):
    def live(self) -> Self:
        """Awards that nobody has reversed: what the ledger says was learned."""
        return self.filter(reverses=None, reversal=None)

    def known_at(self, moment: datetime) -> Self:
        """Entries that had been posted by then, whatever they are dated."""
        return self.filter(posted_at__lte=moment)


class CreditEntry(AppendOnly):
    """One line of a cadre's credit-hour ledger (学分学时台账): an award, or the reversal that takes one back.

    `on` is when it was learned, `year` where it counts, `posted_at` when it was known. A source (`source_kind`,
    `source_id`, `part`) has at most one live award: `attempt` counts its awards, and the database lets the next one in
    only when the one before is reversed. A reversal repeats what it names with the opposite sign. A closed year takes
    no entry but an `adjustment`. `hours` and `days` are what was learned, `credits` what the rules make of them.
    Unit, authority, level and rank are those of the day of posting. The database keeps `CreditBalance` (migration
    ledger_triggers).
    """

    class Kind(models.TextChoices):
        REQUIRED = "required", "必修"
        ELECTIVE = "elective", "选修"

    class Source(models.TextChoices):
        CLASS = "class", "班次"
        RECOGNITION = "recognition", "学分认定"
        CARRY = "carry", "结转"
        OPENING = "opening", "期初"

    Channel = Channel

    id = models.BigAutoField(primary_key=True)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="credit_entries", verbose_name="干部")
    on = models.DateField("学习日期")
    year = models.PositiveSmallIntegerField("计入年度")
    adjustment = models.BooleanField("调整期", default=False)
    kind = models.CharField("必修选修", max_length=8, choices=Kind)
    channel = models.CharField("渠道", max_length=11, choices=Channel)
    days = models.DecimalField("天数", max_digits=6, decimal_places=2)
    hours = models.DecimalField("学时", max_digits=7, decimal_places=2)
    sessions = models.SmallIntegerField("次数", default=0)
    credits = models.DecimalField("学分", max_digits=7, decimal_places=2)
    title = models.CharField("内容", max_length=200)
    explanation = models.JSONField("计算过程", default=list)
    source_kind = models.CharField("来源", max_length=11, choices=Source)
    source_id = models.UUIDField("来源编号")
    part = models.PositiveSmallIntegerField("部分", default=0)
    attempt = models.PositiveSmallIntegerField("第几次入账", default=1)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+", verbose_name="换算规则")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="当时单位")
    authority = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="当时管理权限")
    post_level = models.CharField("当时职务层次", max_length=30, blank=True)
    rank = models.CharField("当时职级", max_length=30, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销"
    )
    recomputation = models.ForeignKey(
        "trainees.Recomputation", models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="重算"
    )
    reason = models.CharField("事由", max_length=200, blank=True)
    actor_id = models.UUIDField("经办人", null=True, editable=False)
    posted_at = models.DateTimeField("入账时间", db_default=Now())

    objects = CreditEntryQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "学分学时台账"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "part", "attempt"],
                condition=Q(reverses=None),
                name="credit_source_once",
            ),
            models.CheckConstraint(
                condition=~Q(reverses=None) | Q(days__gte=0, hours__gte=0, credits__gte=0), name="credit_award_adds"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cadre", "year", "on"], name="credit_cadre_year"),
            models.Index(fields=["authority", "year"], name="credit_authority_year"),
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 号学分记录"


class CreditBalance(models.Model):
    """What a cadre's entries of a year add up to (学分学时余额), right after each commit: the database keeps it.

    The app role may only read it. Late postings to a closed year stand in a row of their own (`adjustment`), so that
    what was closed stays as it was.
    """

    derived: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="credit_balances", verbose_name="干部")
    year = models.PositiveSmallIntegerField("年度")
    adjustment = models.BooleanField("调整期", default=False)
    off_job_days = models.DecimalField("脱产天数", max_digits=8, decimal_places=2, default=0)
    off_job_hours = models.DecimalField("脱产学时", max_digits=9, decimal_places=2, default=0)
    online_hours = models.DecimalField("网络学时", max_digits=9, decimal_places=2, default=0)
    other_hours = models.DecimalField("其他学时", max_digits=9, decimal_places=2, default=0)
    required = models.DecimalField("必修学分", max_digits=9, decimal_places=2, default=0)
    elective = models.DecimalField("选修学分", max_digits=9, decimal_places=2, default=0)
    entries = models.PositiveIntegerField("条数", default=0)

    objects = OfCadre.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学分学时余额"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cadre", "year", "adjustment"], name="balance_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["year", "cadre"], name="balance_year")]

    def __str__(self) -> str:
        return f"{self.cadre_id} {self.year}"


class LedgerYearQuerySet(models.QuerySet):
    def closed(self, year: int) -> Self:
        """Of whom that year is closed."""
        return self.filter(year=year).exclude(closed_at=None)


class LedgerYear(models.Model):
    """A year of an authority's ledger (台账年度): once closed it takes adjustments only, and stays closed."""

    id = models.BigAutoField(primary_key=True)
    authority = models.ForeignKey(Unit, models.PROTECT, related_name="ledger_years", verbose_name="管理权限")
    year = models.PositiveSmallIntegerField("年度")
    closed_at = models.DateTimeField("结账时间", null=True, blank=True)
    closed_by_id = models.UUIDField("结账人", null=True, editable=False)
    figures = models.JSONField("结账数", default=dict)

    objects = LedgerYearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账年度"
        constraints: ClassVar = [models.UniqueConstraint(fields=["authority", "year"], name="ledger_year_once")]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="closed_year_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.year}年"


class Recomputation(AppendOnly):
    """Credits computed anew after rules changed (重算): a batch of reversals and new entries, with a report."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    authority = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="管理权限")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+", verbose_name="换算规则")
    year = models.PositiveSmallIntegerField("年度")
    report = models.JSONField("报告", default=dict)
    actor_id = models.UUIDField("经办人", null=True, editable=False)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "学分重算"

    def __str__(self) -> str:
        return f"{self.authority} {self.year}年 重算"
