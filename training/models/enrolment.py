"""A cadre in a class, with the snapshot of that time."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from core.database import whole_days
from core.keys import new_key
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from trainees.models import Cadre, own_way, person_ways
from training.models.classes import TrainingClass, class_ways

HOLDS_A_SEAT = ["invited", "reported", "completed"]


class EnrolmentQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        doors = class_ways(access, "training_class__", leader=True) | person_ways(access, "cadre__")
        return doors | own_way(access, "cadre__")

    def of_class(self, training_class: TrainingClass) -> Self:
        return self.filter(training_class=training_class).order_by("position")

    def on_roster(self) -> Self:
        """Those who are counted: substituted and struck-off ones are not."""
        return self.filter(state__in=HOLDS_A_SEAT)


class Enrolment(models.Model):
    """A cadre in a class (学员), with unit, post, level and rank as they were then; documents follow this snapshot.

    `total`, `grade` and `leave_exceeded` are written down here by the service that confirms results, so that closing a
    class asks only its own rows.
    """

    class State(models.TextChoices):
        INVITED = "invited", "已通知"
        REPORTED = "reported", "已报到"
        NO_SHOW = "no_show", "未报到"
        SUBSTITUTED = "substituted", "已替换"
        WITHDRAWN = "withdrawn", "退出"
        COMPLETED = "completed", "已结业"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="enrolments", verbose_name="班次")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="enrolments", verbose_name="干部")
    position = models.PositiveIntegerField("名册次序")
    serial = models.CharField("序号", max_length=20, blank=True)
    roster_name = models.CharField("名册姓名", max_length=140)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    post = models.CharField("职务", max_length=100, blank=True)
    post_level = models.CharField("职务层次", max_length=30, blank=True)
    rank = models.CharField("职级", max_length=30, blank=True)
    group = models.CharField("组别", max_length=40, blank=True)
    committee_post = models.CharField("班委职务", max_length=40, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.REPORTED)
    since = models.DateField("自")
    until = models.DateField("至")
    full_time = models.BooleanField("脱产", default=True)
    override_reason = models.CharField("请假超限特批理由", max_length=200, blank=True)
    override_by_id = models.UUIDField("特批人", null=True, blank=True, editable=False)
    total = models.DecimalField("总分", max_digits=7, decimal_places=2, null=True, editable=False)
    grade = models.CharField("等次", max_length=10, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学员"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["training_class", "cadre"],
                name="enrolment_once",
                violation_error_message="该干部已在本班名册中",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="enrolment_period"),
            ExclusionConstraint(
                name="enrolment_one_full_time",
                expressions=[("cadre", RangeOperators.EQUAL), (whole_days(), RangeOperators.OVERLAPS)],
                condition=Q(full_time=True, state__in=HOLDS_A_SEAT),
                violation_error_message="该干部同期已在另一脱产班次",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["training_class", "position"], name="enrolment_roster")]

    def __str__(self) -> str:
        return self.roster_name
