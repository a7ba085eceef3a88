"""Categories, a city's course system, and courses with their versions."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.keys import new_key
from organization.models import Unit


class CourseCategory(models.Model):
    """A category of courses (课程类别); the two that the 70 % and 20 % rules ask about are marked."""

    class Kind(models.TextChoices):
        THEORY = "theory", "党的理论教育"
        PARTY_SPIRIT = "party_spirit", "党性教育"
        PROFESSIONAL = "professional", "专业能力"
        KNOWLEDGE = "knowledge", "知识培训"
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


class CourseSystem(models.Model):
    """A city's own course system (课程体系), such as “1+18+N”, from a day on."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="制定单位")
    name = models.CharField("名称", max_length=60)
    since = models.DateField("自")
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "课程体系"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name"], name="course_system_once")]

    def __str__(self) -> str:
        return self.name


class CourseModule(models.Model):
    """A part of a course system (课程模块): its number in the system, its name, the category that its courses count in."""

    id = models.BigAutoField(primary_key=True)
    system = models.ForeignKey(CourseSystem, models.CASCADE, related_name="modules", verbose_name="课程体系")
    number = models.CharField("编号", max_length=20)
    name = models.CharField("名称", max_length=60)
    category = models.ForeignKey(CourseCategory, models.PROTECT, null=True, blank=True, verbose_name="课程类别")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "课程模块"
        ordering: ClassVar = ["system", "position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["system", "number"], name="course_module_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class CourseQuerySet(models.QuerySet["Course"]):
    def offered(self) -> "CourseQuerySet":
        """Courses that are still given."""
        return self.filter(retired=None)

    def renewed_in(self, year: int) -> "CourseQuerySet":
        """Courses that are new in a year, or have a version that begins in it (课程更新率, Xiangtan's practice)."""
        return self.filter(Q(versions__since__year=year)).distinct()


class Course(models.Model):
    """A course of the catalogue (课程). Title, hours and form repeat the version in force."""

    class Form(models.TextChoices):
        LECTURE = "lecture", "讲授式"
        DISCUSSION = "discussion", "研讨式"
        CASE = "case", "案例式"
        SIMULATION = "simulation", "模拟式"
        EXPERIENCE = "experience", "体验式"
        INTERVIEW = "interview", "访谈式"
        FIELD = "field", "现场教学"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="所属单位")
    title = models.CharField("课程名称", max_length=120)
    category = models.ForeignKey(CourseCategory, models.PROTECT, verbose_name="课程类别")
    module = models.ForeignKey(CourseModule, models.PROTECT, null=True, blank=True, verbose_name="课程模块")
    form = models.CharField("教学形式", max_length=12, choices=Form, default=Form.LECTURE)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    teachers = models.ManyToManyField("courses.Teacher", blank=True, related_name="courses", verbose_name="授课人")
    retired = models.DateField("停开日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "课程"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "title"], name="course_once", violation_error_message="本单位已有同名课程"
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0), name="course_hours", violation_error_message="学时应大于 0"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CourseVersion(models.Model):
    """A version of a course (课程版次): hours, outline, what is new, from a day on. Added, never rewritten."""

    id = models.BigAutoField(primary_key=True)
    course = models.ForeignKey(Course, models.CASCADE, related_name="versions", verbose_name="课程")
    number = models.PositiveSmallIntegerField("版次")
    since = models.DateField("自")
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    outline = models.TextField("大纲", max_length=4000, blank=True)
    change = models.CharField("更新内容", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "课程版次"
        ordering: ClassVar = ["course", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["course", "number"], name="course_version_once")]

    def __str__(self) -> str:
        return f"{self.course} 第{self.number}版"
