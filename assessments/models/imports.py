"""Uploaded class workbooks and what a rehearsal said of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.keys import new_key
from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from organization.roles import Role
from training.models import ClassRole, TrainingClass, class_ways


class WorkbookImportQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """Those of the area for the department, those of the classes one manages, and one's own while one may upload.

        A workbook holds ID numbers: who uploaded it and has left the office does not open it any more (SEC-21).
        """
        ways = class_ways(access, "training_class__", assessor=False)
        ways["organised"] |= access.within("unit", Role.STAFF)
        roles = ClassRole.objects.reading_on(access.day).filter(account=access.account_id, kind=ClassRole.Kind.MANAGER)
        managing = Q(training_class=None, unit__in=roles.values("training_class__unit"))
        uploads = access.within("unit", Role.SCHOOL) | managing
        return ways | {"uploaded": Q(uploaded_by_id=access.account_id) & uploads}


class WorkbookImport(models.Model):
    """One uploaded workbook (工作簿导入): rehearsed, then committed from the same stored bytes, or left.

    `revision` is the class's revision at the rehearsal: when it moved on before the commit, somebody else was quicker.
    """

    class State(models.TextChoices):
        REFUSED = "refused", "有错误"
        REHEARSED = "rehearsed", "待确认"
        COMMITTED = "committed", "已导入"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办机构")
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, null=True, blank=True, verbose_name="班次")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State)
    revision = models.PositiveIntegerField("预演时的修订", null=True)
    faults = models.JSONField("预演结果")
    summary = models.JSONField("导入结果", null=True)
    uploaded_by_id = models.UUIDField("上传人")
    created = models.DateTimeField("上传时间", auto_now_add=True)
    committed = models.DateTimeField("导入时间", null=True)

    objects = WorkbookImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作簿导入"
        indexes: ClassVar = [models.Index(fields=["uploaded_by_id", "-created"], name="import_uploader")]

    def __str__(self) -> str:
        return self.file_name
