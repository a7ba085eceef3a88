"""The teachers' pool, and what a title may be paid."""

from typing import ClassVar

from django.db import models

from core.keys import new_key
from organization.models import Unit


class TeacherTitle(models.Model):
    """A title by which lecture fees are bounded (讲课费标准); after-tax ceiling per hour in yuan, from a day on.

    The shipped rows follow 财行〔2016〕540号: 副高级 500, 正高级 1000, 院士、全国知名专家 1500 yuan an hour.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField("职称", max_length=40)
    fee_ceiling = models.DecimalField("每学时上限（元，税后）", max_digits=7, decimal_places=2)
    since = models.DateField("自")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "讲课费标准"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "since"], name="teacher_title_once")]

    def __str__(self) -> str:
        return self.name


class Teacher(models.Model):
    """Somebody of the teachers' pool (师资)."""

    class Kind(models.TextChoices):
        SCHOOL = "school", "党校（干部学院）专职"
        LEADER = "leader", "领导干部"
        EXPERT = "expert", "专家学者"
        PRACTITIONER = "practitioner", "基层实践者、先进典型"
        OTHER = "other", "其他"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="管理单位")
    name = models.CharField("姓名", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.OTHER)
    title = models.CharField("职务职称", max_length=60, blank=True)
    fee_title = models.ForeignKey(TeacherTitle, models.PROTECT, null=True, blank=True, verbose_name="讲课费档次")
    employer = models.CharField("工作单位", max_length=120, blank=True)
    topics = models.CharField("擅长专题", max_length=500, blank=True)
    retired = models.DateField("出库日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "师资"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "name", "employer"], name="teacher_once", violation_error_message="师资库中已有此人"
            )
        ]

    def __str__(self) -> str:
        return self.name
