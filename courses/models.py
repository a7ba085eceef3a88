"""What is taught: categories, courses, teachers, rooms. They name no trainee and are seen by everybody signed in."""

from typing import ClassVar

from django.db import models

from core.keys import new_key
from organization.models import Unit


class CourseCategory(models.Model):
    """A category of courses (课程类别); the two that the 70 % and 20 % rules ask about are marked."""

    class Kind(models.TextChoices):
        THEORY = "theory", "党的理论教育"
        PARTY_SPIRIT = "party_spirit", "党性教育"
        OTHER = "other", "其他"

    id = models.BigAutoField(primary_key=True)
    name = models.CharField("名称", max_length=30, unique=True)
    kind = models.CharField("归类", max_length=20, choices=Kind, default=Kind.OTHER)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "课程类别"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Course(models.Model):
    """A course of the catalogue (课程)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="所属单位")
    title = models.CharField("课程名称", max_length=120)
    category = models.ForeignKey(CourseCategory, models.PROTECT, verbose_name="课程类别")
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)

    class Meta:
        verbose_name = verbose_name_plural = "课程"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "title"], name="course_once")]

    def __str__(self) -> str:
        return self.title


class Teacher(models.Model):
    """Somebody of the teachers' pool (师资)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="管理单位")
    name = models.CharField("姓名", max_length=60)
    title = models.CharField("职务职称", max_length=60, blank=True)
    employer = models.CharField("工作单位", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "师资"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name", "employer"], name="teacher_once")]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A classroom or a teaching site (教室、现场教学点)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="管理单位")
    name = models.CharField("名称", max_length=60)
    capacity = models.PositiveIntegerField("容量", null=True, blank=True)
    is_site = models.BooleanField("现场教学点", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "教室与教学点"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name"], name="room_once")]

    def __str__(self) -> str:
        return self.name
