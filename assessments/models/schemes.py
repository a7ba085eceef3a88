"""The scoring scheme (量化方案) is data: blocks, items, rule kinds, bounds; a class keeps the version it began with."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.keys import new_key
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from training.models import TrainingClass, class_ways


class ScoringScheme(models.Model):
    """One version of a scheme (量化方案), with the bounds of the grades (CLASS_WORKBOOK.md §3).

    `candidate_share` and the bounds are shares and points as decimals; `absent_sessions` is the number of 旷课 sessions
    from which a trainee fails; leave beyond `leave_numerator / leave_denominator` of all hours means 退学.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="制定机构")
    name = models.CharField("名称", max_length=40)
    edition = models.PositiveSmallIntegerField("版次", default=1)
    since = models.DateField("生效日期")
    excellent_total = models.DecimalField("优秀总分", max_digits=5, decimal_places=2, default=Decimal(90))
    excellent_base = models.DecimalField("优秀常规项", max_digits=5, decimal_places=2, default=Decimal(85))
    good_total = models.DecimalField("良好总分", max_digits=5, decimal_places=2, default=Decimal(80))
    pass_total = models.DecimalField("合格总分", max_digits=5, decimal_places=2, default=Decimal(60))
    absent_sessions = models.PositiveSmallIntegerField("旷课不合格次数", default=4)
    candidate_share = models.DecimalField("优秀学员比例", max_digits=4, decimal_places=3, default=Decimal("0.15"))
    leave_numerator = models.PositiveSmallIntegerField("请假上限分子", default=1)
    leave_denominator = models.PositiveSmallIntegerField("请假上限分母", default=7)

    class Meta:
        verbose_name = verbose_name_plural = "量化方案"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name", "edition"], name="scheme_edition", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(excellent_total__gte=models.F("good_total"), good_total__gte=models.F("pass_total")),
                name="scheme_bounds",
                violation_error_message="等次分数线应由高到低",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（第{self.edition}版）"


class Block(models.Model):
    """A block of a scheme (板块)."""

    id = models.BigAutoField(primary_key=True)
    scheme = models.ForeignKey(ScoringScheme, models.CASCADE, related_name="blocks", verbose_name="方案")
    name = models.CharField("名称", max_length=30)
    position = models.PositiveSmallIntegerField("次序")

    class Meta:
        verbose_name = verbose_name_plural = "板块"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["scheme", "name"], name="block_once")]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """An item (指标项): its maximum in points and the kind of rule that finds it.

    `rates`: for 按考勤扣分 points per mark (`{"late": "1"}`), for 记录平均 points per rating word (`{"优": "15"}`),
    decimals as text. `base`: where 基础分加记录 begins.
    """

    class Rule(models.TextChoices):
        DEDUCT_PER_MARK = "deduct_per_mark", "满分减考勤扣分"
        FULL_PLUS_ENTRIES = "full_plus_entries", "满分加记录"
        BASE_PLUS_ENTRIES = "base_plus_entries", "基础分加记录"
        MEAN_OF_ENTRIES = "mean_of_entries", "记录平均"
        SHARE_OF_EXAM = "share_of_exam", "按结业考试折算"
        SUM_OF_ENTRIES = "sum_of_entries", "记录累计（不封顶）"
        VETO = "veto", "否决"

    FROM_ENTRIES: ClassVar[tuple[str, ...]] = (
        Rule.FULL_PLUS_ENTRIES,
        Rule.BASE_PLUS_ENTRIES,
        Rule.MEAN_OF_ENTRIES,
        Rule.SUM_OF_ENTRIES,
    )

    id = models.BigAutoField(primary_key=True)
    block = models.ForeignKey(Block, models.CASCADE, related_name="items", verbose_name="板块")
    name = models.CharField("名称", max_length=30)
    position = models.PositiveSmallIntegerField("次序")
    rule = models.CharField("计分方式", max_length=20, choices=Rule)
    maximum = models.DecimalField("满分", max_digits=5, decimal_places=2, null=True, blank=True)
    base = models.DecimalField("基础分", max_digits=5, decimal_places=2, null=True, blank=True)
    rates = models.JSONField("分值表", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "指标项"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["block", "name"], name="item_once_in_block"),
            models.CheckConstraint(
                condition=Q(rule__in=["sum_of_entries", "veto"], maximum=None) | Q(maximum__gt=0),
                name="item_maximum",
                violation_error_message="除加分项和否决项外，指标项须有满分",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> dict[str, Decimal]:
        """Ratings written as words, with their points (优 → 15); empty for items that take points only."""
        if self.rule != self.Rule.MEAN_OF_ENTRIES:
            return {}
        return {word: Decimal(points) for word, points in self.rates.items()}


class ClassAssessmentQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return class_ways(access, "training_class__")


class ClassAssessment(models.Model):
    """How a class is assessed (班次考核): its scheme's version, and which records were kept at all.

    Without a process record its items are *not assessed* (empty), which is not the same as 0.
    """

    training_class = models.OneToOneField(
        TrainingClass, models.PROTECT, primary_key=True, related_name="assessment", verbose_name="班次"
    )
    scheme = models.ForeignKey(ScoringScheme, models.PROTECT, verbose_name="量化方案")
    entries_kept = models.BooleanField("有量化记录", default=False)
    satisfaction_kept = models.BooleanField("有满意度", default=False)
    confirmed_at = models.DateTimeField("成绩确认时间", null=True)
    confirmed_by_id = models.UUIDField("确认人", null=True)

    objects = ClassAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "班次考核"

    def __str__(self) -> str:
        return f"{self.training_class} {self.scheme}"
