"""The process record (append-only), and satisfaction as counts."""

from typing import ClassVar, Self
from uuid import uuid4

from django.db import models

from assessments.models.schemes import Item
from core.models import AppendOnly
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from trainees.models import own_way, person_ways
from training.models import Activity, Enrolment, TrainingClass, class_ways


class ScoreEntryQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        theirs = person_ways(access.only_staff(), "enrolment__cadre__") | own_way(access, "enrolment__cadre__")
        return class_ways(access, "training_class__") | theirs

    def standing(self) -> Self:
        """Entries that count: neither reversed nor a reversal."""
        return self.filter(reverses=None, reversal=None)


class ScoreEntry(AppendOnly):
    """One line of the process record (量化记录): who, when, item, points, why. Never changed, only reversed."""

    class Source(models.TextChoices):
        WORKBOOK = "workbook", "工作簿"
        PAGE = "page", "页面"

    id = models.BigAutoField(primary_key=True)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="+", verbose_name="班次")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="entries", verbose_name="学员")
    item = models.ForeignKey(Item, models.PROTECT, verbose_name="指标项")
    on = models.DateField("日期")
    points = models.DecimalField("分值", max_digits=6, decimal_places=2, null=True)
    rating = models.CharField("评定", max_length=10, blank=True)
    reason = models.CharField("事由", max_length=2000, blank=True)
    recorder = models.CharField("记录人", max_length=60, blank=True)
    source = models.CharField("来源", max_length=10, choices=Source)
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="活动"
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销"
    )
    actor_id = models.UUIDField("经办人", null=True)
    at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ScoreEntryQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "量化记录"
        indexes: ClassVar = [models.Index(fields=["training_class", "enrolment", "item"], name="entry_class")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.points}"


class ClassRows(ScopedQuerySet):
    """Rows that hang on a class and name nobody: seen through the class door."""

    def ways(self, access: Access) -> Ways:
        return class_ways(access, "training_class__", leader=True)


class SatisfactionCount(models.Model):
    """How many gave a rating to one aspect of the class (满意度): anonymous, kept as counts only."""

    ASPECTS: ClassVar[list[str]] = ["培训设计", "培训实施", "培训管理", "培训效果"]
    RATINGS: ClassVar[list[str]] = ["非常满意", "满意", "一般", "不满意"]

    id = models.BigAutoField(primary_key=True)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="satisfaction", verbose_name="班次")
    aspect = models.CharField("方面", max_length=10)
    rating = models.CharField("评价", max_length=10)
    count = models.PositiveIntegerField("份数")

    objects = ClassRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "满意度"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training_class", "aspect", "rating"], name="satisfaction_once")
        ]

    def __str__(self) -> str:
        return f"{self.aspect} {self.rating} {self.count}"


class Suggestion(models.Model):
    """A free text of the survey (意见建议), with a random key: neither time nor order can be read from it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="suggestions", verbose_name="班次")
    text = models.TextField("内容", max_length=2000)

    objects = ClassRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text[:40]
