"""Classrooms and teaching sites."""

from typing import ClassVar

from django.db import models

from core.keys import new_key
from organization.models import Unit


class Room(models.Model):
    """A classroom or a teaching site (教室、现场教学点); a site says how long the way there takes."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="管理单位")
    name = models.CharField("名称", max_length=60)
    capacity = models.PositiveIntegerField("容量", null=True, blank=True)
    is_site = models.BooleanField("现场教学点", default=False)
    address = models.CharField("地址", max_length=200, blank=True)
    route = models.CharField("路线", max_length=500, blank=True)
    travel_minutes = models.PositiveSmallIntegerField("单程（分钟）", default=0)
    theme = models.CharField("教学主题", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "教室与教学点"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name"], name="room_once", violation_error_message="已有同名的教室")
        ]

    def __str__(self) -> str:
        return self.name
