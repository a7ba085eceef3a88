"""Sessions of the timetable, and the days on which people work or do not."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from core.keys import new_key
from core.scope import ScopedQuerySet, Ways
from courses.models import Course, CourseCategory, Room, Teacher
from organization.access import Access
from training.models.classes import TrainingClass, open_class_ways


class SessionQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return open_class_ways(access, "training_class__")

    def of_class(self, training_class: TrainingClass) -> Self:
        return self.filter(training_class=training_class).order_by("date", "period", "number")


def one_at_a_time(who: str, message: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"session_one_{who}",
        expressions=[(who, RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
        condition=Q(span__isnull=False, **{f"{who}__isnull": False}),
        violation_error_message=message,
    )


class Session(models.Model):
    """One session of a class (课次): date, period and time range.

    Teacher and place that came as text stay text until somebody links them. `recorded` tells whether attendance was
    kept for it; in a session that was not recorded everybody counts as present.
    """

    class Period(models.IntegerChoices):
        MORNING = 1, "上午"
        AFTERNOON = 2, "下午"
        EVENING = 3, "晚上"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="sessions", verbose_name="班次")
    date = models.DateField("日期")
    period = models.PositiveSmallIntegerField("时段", choices=Period)
    number = models.PositiveSmallIntegerField("本时段第几次", default=1)
    span = DateTimeRangeField("起止时间", null=True, blank=True)
    title = models.CharField("课程名称", max_length=200)
    category_name = models.CharField("课程类别", max_length=30, blank=True)
    category = models.ForeignKey(CourseCategory, models.PROTECT, null=True, blank=True, verbose_name="类别（目录）")
    course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="课程（目录）"
    )
    form = models.CharField("教学形式", max_length=30, blank=True)
    teacher_name = models.CharField("授课人", max_length=120, blank=True)
    teacher = models.ForeignKey(Teacher, models.PROTECT, null=True, blank=True, verbose_name="授课人（师资库）")
    place_name = models.CharField("地点", max_length=120, blank=True)
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, verbose_name="地点（教室库）")
    by_leader = models.BooleanField("领导干部授课", default=False)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    recorded = models.BooleanField("有考勤", default=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "课次"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training_class", "date", "period", "number"], name="session_once"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="session_hours"),
            one_at_a_time("teacher", "该授课人此时已有课"),
            one_at_a_time("room", "该教室此时已被占用"),
            one_at_a_time("training_class", "本班此时已有课"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%m-%d} {self.get_period_display()} {self.title}"


class Holiday(models.Model):
    """A day that is not what its weekday says (节假日调休): a public holiday, or a weekend day that is worked."""

    class Kind(models.TextChoices):
        OFF = "off", "放假"
        WORK = "work", "调休上班"

    id = models.BigAutoField(primary_key=True)
    date = models.DateField("日期", unique=True)
    kind = models.CharField("安排", max_length=4, choices=Kind)
    name = models.CharField("名称", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "节假日调休"
        ordering: ClassVar = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.get_kind_display()}"
