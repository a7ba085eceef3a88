"""Attendance marks: one per trainee and session."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q

from core.scope import ScopedQuerySet
from trainees.models import person_door
from training.models.classes import TrainingClass, class_door
from training.models.enrolment import Enrolment
from training.models.timetable import Session

if TYPE_CHECKING:
    from organization.models import Account


class AttendanceMarkQuerySet(ScopedQuerySet):
    def _visible_to(self, user: "Account") -> Self:
        door = class_door(user.access, "training_class__", assessor=False)
        staff = person_door(user.access.only_staff(), "enrolment__cadre__")
        return self.filter(door | staff | Q(enrolment__cadre__account=user))


class AttendanceMark(models.Model):
    """How one trainee attended one session (考勤). `version` lets a stale save be refused (REL-04)."""

    class Mark(models.TextChoices):
        PRESENT = "present", "出勤"
        LATE = "late", "迟到"
        EARLY = "early", "早退"
        PERSONAL = "personal", "事假"
        SICK = "sick", "病假"
        OFFICIAL = "official", "公假"
        ABSENT = "absent", "旷课"

    class Source(models.TextChoices):
        WORKBOOK = "workbook", "工作簿"
        PAGE = "page", "页面"
        LEAVE = "leave", "请假"
        MACHINE = "machine", "考勤机"

    LEAVE: ClassVar[tuple[str, ...]] = (Mark.PERSONAL, Mark.SICK)
    AWAY: ClassVar[tuple[str, ...]] = (Mark.PERSONAL, Mark.SICK, Mark.OFFICIAL, Mark.ABSENT)

    id = models.BigAutoField(primary_key=True)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="+", verbose_name="班次")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="marks", verbose_name="学员")
    session = models.ForeignKey(Session, models.PROTECT, related_name="marks", verbose_name="课次")
    mark = models.CharField("考勤", max_length=10, choices=Mark)
    source = models.CharField("来源", max_length=10, choices=Source)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = AttendanceMarkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考勤记录"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training_class", "enrolment", "session"], name="mark_once")
        ]

    def __str__(self) -> str:
        return self.get_mark_display()
