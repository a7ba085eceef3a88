"""What comes of a class afterwards: works that trainees hand in, reports at the unit, follow-up visits."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from core.keys import new_key
from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from organization.roles import Role
from trainees.models import own_way, person_ways
from training.models.classes import class_ways
from training.models.enrolment import Enrolment


class LearningWorkQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """Whom the class's office and the department show it to, and the author; not liaisons and leaders."""
        theirs = person_ways(access.only_staff(), "enrolment__cadre__") | own_way(access, "enrolment__cadre__")
        return class_ways(access, "enrolment__training_class__") | theirs


class LearningWork(models.Model):
    """What a trainee wrote in or after a class (学习成果): research report, reflections, plan; the file is sealed."""

    class Kind(models.TextChoices):
        REPORT = "report", "调研报告"
        REFLECTION = "reflection", "心得体会"
        PARTY_SPIRIT = "party_spirit", "党性分析"
        OTHER = "other", "其他"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="works", verbose_name="学员")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    title = models.CharField("题目", max_length=120)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    uploaded_by_id = models.UUIDField("上传人", null=True, editable=False)
    at = models.DateTimeField("上传时间", auto_now_add=True)
    withdrawn = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = LearningWorkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学习成果"

    def __str__(self) -> str:
        return self.title


class AfterwardsQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """The class's department, the person's department and unit, the person; a leader sees figures only."""
        theirs = person_ways(access.only_staff(), "enrolment__cadre__") | own_way(access, "enrolment__cadre__")
        unit = {"works": access.within("enrolment__cadre__unit", Role.STAFF, Role.LIAISON)}
        return class_ways(access, "enrolment__training_class__", assessor=False) | theirs | unit


class ReportBack(models.Model):
    """述学: what a trainee told their own unit after a class; the unit's liaison confirms it or sends it back."""

    class State(models.TextChoices):
        FILED = "filed", "待单位确认"
        CONFIRMED = "confirmed", "已确认"
        RETURNED = "returned", "已退回"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="report_back", verbose_name="学员")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="述学单位")
    on = models.DateField("述学日期")
    occasion = models.CharField("场合", max_length=60, blank=True)
    audience = models.PositiveSmallIntegerField("听取人数", null=True, blank=True)
    text = models.TextField("述学内容", max_length=2000)
    state = models.CharField("状态", max_length=10, choices=State, default=State.FILED)
    state_reason = models.CharField("退回理由", max_length=200, blank=True)
    filed_by_id = models.UUIDField("填报人", null=True, editable=False)
    filed_at = models.DateTimeField("填报时间", auto_now_add=True)
    confirmed_by_id = models.UUIDField("确认人", null=True, editable=False)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = AfterwardsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "述学"
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="report_back_state",
                field="state",
                transitions=[("filed", "confirmed"), ("filed", "returned"), ("returned", "filed")],
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} 述学"


class FollowUp(models.Model):
    """回访: three and twelve months after a class, a questionnaire to the cadre and to the superior, and what came of it.

    `own_answers` and `superior_answers` hold the questions' keys and answers; empty until somebody answered.
    """

    MONTHS: ClassVar[tuple[int, ...]] = (3, 12)

    class Outcome(models.TextChoices):
        GOOD = "good", "学用结合好"
        FAIR = "fair", "有一定转化"
        POOR = "poor", "转化不足"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="follow_ups", verbose_name="学员")
    months = models.PositiveSmallIntegerField("训后月数")
    due = models.DateField("回访日期")
    own_answers = models.JSONField("本人答复", default=dict)
    own_at = models.DateTimeField("本人答复时间", null=True)
    superior_answers = models.JSONField("领导答复", default=dict)
    superior_by_id = models.UUIDField("代填人", null=True, editable=False)
    superior_at = models.DateTimeField("领导答复时间", null=True)
    outcome = models.CharField("回访结论", max_length=4, choices=Outcome, blank=True)
    promoted = models.BooleanField("训后提拔或进一步使用", null=True)
    remark = models.CharField("回访意见", max_length=500, blank=True)
    closed_by_id = models.UUIDField("回访人", null=True, editable=False)
    closed_at = models.DateTimeField("办结时间", null=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = AfterwardsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "回访"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "months"], name="follow_up_once"),
            models.CheckConstraint(condition=Q(months__in=[3, 12]), name="follow_up_months"),
        ]
        indexes: ClassVar = [models.Index(fields=["due"], name="follow_up_due")]

    def __str__(self) -> str:
        return f"{self.enrolment} 训后 {self.months} 个月回访"
