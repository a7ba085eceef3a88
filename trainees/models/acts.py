"""Acts over a whole ledger, which a worker carries out."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.keys import new_key
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from organization.roles import Role
from trainees.models.recognition import PlatformUpload


class LedgerActQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return {"area": access.within("unit", Role.STAFF)}


class LedgerAct(models.Model):
    """An act over the ledger of many people (台账办理): asked for on a page, carried out by a worker, whole or not at all.

    It is about a year of the unit's ledger, or about a platform's import. `asked` is what was asked beside that, `outcome`
    what it came to, `reason` why nothing was written. The next act about the same is not taken while one waits.
    """

    class Kind(models.TextChoices):
        CLOSE = "close", "年度结账"
        CONFIRM = "confirm", "确认平台记录"
        REHEARSE = "rehearse", "重算核对"
        RECOMPUTE = "recompute", "学分重算"

    class State(models.TextChoices):
        WAITING = "waiting", "办理中"
        DONE = "done", "已办理"
        REFUSED = "refused", "没有办理"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kind = models.CharField("事项", max_length=9, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="机关")
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    upload = models.ForeignKey(
        PlatformUpload, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="平台记录导入"
    )
    state = models.CharField("状态", max_length=7, choices=State, default=State.WAITING)
    asked = models.JSONField("要求", default=dict)
    outcome = models.JSONField("结果", default=dict)
    reason = models.CharField("没有办理的原因", max_length=500, blank=True)
    asked_by_id = models.UUIDField("经办人")
    created = models.DateTimeField("提交时间", auto_now_add=True)
    finished = models.DateTimeField("办结时间", null=True)

    objects = LedgerActQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账办理"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "year"], condition=Q(state="waiting"), name="act_of_year_waits_once"
            ),
            models.UniqueConstraint(fields=["upload"], condition=Q(state="waiting"), name="act_on_upload_waits_once"),
            models.CheckConstraint(condition=Q(year=None) ^ Q(upload=None), name="act_about_one_thing"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "year", "-created"], name="acts_of_year")]

    def __str__(self) -> str:
        about = f"{self.year}年 " if self.year else ""
        return f"{self.unit} {about}{self.get_kind_display()}"
