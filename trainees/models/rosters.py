"""Uploaded lists of people: a city's roster, and the personnel form of one cadre."""

from typing import ClassVar

from django.db import models

from core.keys import new_key
from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from organization.roles import Role
from trainees.models.people import Cadre


class UploadedByStaff(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return {"area": access.within("unit", Role.STAFF)}


class RosterUpload(models.Model):
    """A roster of an area (干部花名册导入): rehearsed, then written from the same stored bytes, all or nothing, by a worker.

    `found` holds counts and the first faults and differences of the rehearsal; `revision` tells the commit when
    somebody else changed the people in between.
    """

    class State(models.TextChoices):
        READING = "reading", "核对中"
        REHEARSED = "rehearsed", "待确认"
        WRITING = "writing", "写入中"
        COMMITTED = "committed", "已导入"
        REFUSED = "refused", "未导入"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="范围")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.READING)
    found = models.JSONField("核对结果", default=dict)
    report = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核对明细"
    )
    revision = models.CharField("核对时状态", max_length=64, blank=True)
    uploaded_by_id = models.UUIDField("上传人")
    created = models.DateTimeField("上传时间", auto_now_add=True)
    committed = models.DateTimeField("导入时间", null=True)

    objects = UploadedByStaff.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "干部花名册导入"
        indexes: ClassVar = [models.Index(fields=["unit", "-created"], name="roster_of_unit")]

    def __str__(self) -> str:
        return self.file_name


class PersonnelForm(models.Model):
    """An uploaded personnel form of one cadre (干部任免审批表, .lrmx or .lrm): what it says, and whom it became."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="范围")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    cadre = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="干部")
    uploaded_by_id = models.UUIDField("上传人")
    created = models.DateTimeField("上传时间", auto_now_add=True)
    taken_in = models.DateTimeField("写入时间", null=True)

    objects = UploadedByStaff.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "干部任免审批表"

    def __str__(self) -> str:
        return self.file_name
