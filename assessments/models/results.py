"""The result of a trainee in a class."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from assessments.models.schemes import ScoringScheme
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.roles import Role
from trainees.models import own_way, person_ways
from training.models import Enrolment, TrainingClass, class_ways


class ResultQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """Leaders and liaisons see what is issued, the trainee what is shown."""
        cadre, issued = "enrolment__cadre__", Q(state__in=[Result.State.CONFIRMED, Result.State.AMENDED])
        ways = class_ways(access, "training_class__") | person_ways(access.only_staff(), cadre)
        ways["organised"] |= issued & access.within("training_class__unit", Role.LEADER)
        for name, theirs in person_ways(access, cadre).items():
            ways[name] |= issued & theirs
        return ways | {"own": own_way(access, cadre)["own"] & ~Q(state=Result.State.DRAFT)}

    def of_class(self, training_class: TrainingClass) -> Self:
        """Results in roster order."""
        return self.filter(training_class=training_class).order_by("enrolment__position")


class Result(models.Model):
    """What a trainee reached (成绩): draft → shown → confirmed → amended.

    `points` maps item names to points with two decimals as text, null where not assessed; `explanation` is the account
    of every point (assessments.scoring.explain), stored when the result is confirmed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SHOWN = "shown", "公示中"
        CONFIRMED = "confirmed", "已确认"
        AMENDED = "amended", "已更正"

    class Grade(models.TextChoices):
        EXCELLENT = "优秀", "优秀"
        GOOD = "良好", "良好"
        PASS = "合格", "合格"
        FAIL = "不合格", "不合格"
        WITHDRAWN = "退学", "退学"
        NONE = "未评定", "未评定"

    class Candidate(models.TextChoices):
        NO = "", "—"
        YES = "是", "是"
        PENDING = "待定", "待定"

    id = models.BigAutoField(primary_key=True)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="results", verbose_name="班次")
    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="result", verbose_name="学员")
    scheme = models.ForeignKey(ScoringScheme, models.PROTECT, verbose_name="量化方案")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    points = models.JSONField("各项得分")
    base = models.DecimalField("常规项合计", max_digits=6, decimal_places=2, null=True)
    bonus = models.DecimalField("加分项", max_digits=6, decimal_places=2, null=True)
    total = models.DecimalField("总分", max_digits=7, decimal_places=2, null=True)
    grade = models.CharField("等次", max_length=6, choices=Grade)
    rank = models.PositiveIntegerField("名次", null=True)
    candidate = models.CharField("优秀学员人选", max_length=4, choices=Candidate, blank=True, default=Candidate.NO)
    leave_hours = models.DecimalField("请假学时", max_digits=6, decimal_places=1, null=True)
    attended_hours = models.DecimalField("实到学时", max_digits=6, decimal_places=1, null=True)
    entry_score = models.DecimalField("入学测试", max_digits=5, decimal_places=2, null=True)
    final_score = models.DecimalField("结业考试", max_digits=5, decimal_places=2, null=True)
    explanation = models.JSONField("计分说明", null=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "成绩"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "shown"]) | Q(explanation__isnull=False), name="confirmed_is_explained"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["training_class", "rank"], name="result_class_rank")]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="result_state",
                field="state",
                transitions=[
                    ("draft", "shown"), ("shown", "draft"), ("draft", "confirmed"), ("shown", "confirmed"),
                    ("confirmed", "amended"),
                ],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.total} {self.grade}"
