"""更正申请: a mark of a closed class is asked to be another one; a second person of the department decides (SEC-22)."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.keys import new_key
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from training.models.attendance import AttendanceMark
from training.models.classes import TrainingClass, class_ways
from training.models.enrolment import Enrolment
from training.models.timetable import Session

# The only ways a request may change its state; the database refuses any other (trigger correction_state).
CORRECTION_MOVES = [("asked", "approved"), ("asked", "returned"), ("asked", "withdrawn")]


class CorrectionRequestQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """Whoever keeps the class's roster; what is only asked for is not told to the trainee and the other offices."""
        return class_ways(access, "training_class__", assessor=False)


class CorrectionRequest(models.Model):
    """One cell of a closed class, what stood in it and what is wanted (更正申请).

    `before` is empty where nobody had marked the cell, `seen` the version of the mark that stood there (0: none): the
    request is carried out only where that still stands. `lesson` keeps the session's words, should it ever be removed.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待审批"
        APPROVED = "approved", "已更正"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="corrections", verbose_name="班次")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="corrections", verbose_name="学员")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, related_name="+", verbose_name="课次")
    lesson = models.CharField("课次名称", max_length=240)
    before = models.CharField("原考勤", max_length=10, choices=AttendanceMark.Mark, blank=True)
    after = models.CharField("更正为", max_length=10, choices=AttendanceMark.Mark)
    seen = models.PositiveIntegerField("所见版本", editable=False)
    reason = models.CharField("理由", max_length=500)
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    comment = models.CharField("退回理由", max_length=500, blank=True)
    asked_by_id = models.UUIDField("申请人", editable=False)
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by_id = models.UUIDField("审批人", null=True, editable=False)
    decided_at = models.DateTimeField("办结时间", null=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "更正申请"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "session"], condition=Q(state="asked"), name="correction_open_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id=None) | ~Q(decided_by_id=F("asked_by_id")),
                name="correction_two_people",
                violation_error_message="更正申请须由申请人以外的人审批",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn"], decided_by_id=None)
                | Q(state__in=["approved", "returned"], decided_by_id__isnull=False),
                name="correction_decided_by",
            ),
            models.CheckConstraint(condition=~Q(before=F("after")), name="correction_changes"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "asked_at"], name="correction_waiting")]
        triggers: ClassVar = [pgtrigger.FSM(name="correction_state", field="state", transitions=CORRECTION_MOVES)]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.lesson}"

    @property
    def change(self) -> str:
        """出勤 → 病假, in words."""
        return f"{self.get_before_display() or '未登记'} → {self.get_after_display()}"
