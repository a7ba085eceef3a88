"""Uploaded lists of attendance machines."""

from typing import ClassVar

from django.db import models

from core.keys import new_key
from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from training.models.classes import TrainingClass, class_ways


class MachineUploadQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """The class's managers and the department."""
        return class_ways(access, "training_class__", assessor=False)


class MachineUpload(models.Model):
    """A list that an attendance machine gave (考勤机记录): rehearsed, then imported from the same stored bytes, or left.

    `found` holds what the rehearsal said of each row. The bytes are sealed and deleted after some days.
    """

    class State(models.TextChoices):
        REHEARSED = "rehearsed", "待确认"
        IMPORTED = "imported", "已导入"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="+", verbose_name="班次")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.REHEARSED)
    found = models.JSONField("核对结果")
    written = models.PositiveIntegerField("写入格数", null=True)
    uploaded_by_id = models.UUIDField("上传人")
    created = models.DateTimeField("上传时间", auto_now_add=True)
    imported = models.DateTimeField("导入时间", null=True)

    objects = MachineUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考勤机记录"
        indexes: ClassVar = [models.Index(fields=["training_class", "-created"], name="machine_of_class")]

    def __str__(self) -> str:
        return self.file_name
