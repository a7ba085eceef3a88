"""Learning outside the portal's classes: filed with proof or brought by a platform, vetted, confirmed, locked."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.keys import new_key
from core.models import StoredFile
from core.scope import ScopedQuerySet, Ways
from organization.access import Access
from organization.models import Unit
from organization.roles import Role
from trainees.models.ledger import Channel, CreditEntry
from trainees.models.people import Cadre, OfCadre, own_way, person_ways

RECOGNITION_MOVES = [
    ("filed", "vetted"),
    ("filed", "returned"),
    ("filed", "withdrawn"),
    ("vetted", "confirmed"),
    ("vetted", "returned"),
    ("returned", "filed"),
    ("returned", "withdrawn"),
    ("confirmed", "revoked"),
]
"""The only ways; the database refuses any other."""


class Platform(models.Model):
    """A learning platform (学习平台) of an area: how its export's columns are called, and how its records come in."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="使用范围")
    name = models.CharField("名称", max_length=60)
    columns = models.JSONField("列对应", default=dict, blank=True)
    minutes_per_hour = models.PositiveSmallIntegerField("每学时分钟数", default=45)
    key_hash = models.CharField("接口密钥散列", max_length=64, blank=True, editable=False)
    key_made = models.DateTimeField("密钥生成时间", null=True, blank=True, editable=False)
    retired = models.DateField("停用", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "学习平台"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "name"], name="platform_once", violation_error_message="该平台已登记"
            ),
            models.UniqueConstraint(fields=["key_hash"], condition=~Q(key_hash=""), name="platform_key_once"),
            models.CheckConstraint(condition=Q(minutes_per_hour__gt=0), name="platform_minutes"),
        ]

    def __str__(self) -> str:
        return self.name


class PlatformUploadQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        return {"filed for": access.within("unit", Role.STAFF, Role.LIAISON)}


class PlatformUpload(models.Model):
    """A platform's export that a unit brought (平台记录导入): rehearsed, then taken in from the same bytes, or left."""

    class State(models.TextChoices):
        REHEARSED = "rehearsed", "待确认"
        COMMITTED = "committed", "已导入"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    platform = models.ForeignKey(Platform, models.PROTECT, related_name="uploads", verbose_name="平台")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.REHEARSED)
    found = models.JSONField("核对结果", default=dict)
    written = models.PositiveIntegerField("写入条数", null=True)
    uploaded_by_id = models.UUIDField("上传人")
    created = models.DateTimeField("上传时间", auto_now_add=True)
    committed = models.DateTimeField("导入时间", null=True)

    objects = PlatformUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "平台记录导入"

    def __str__(self) -> str:
        return self.file_name


class Recognition(models.Model):
    """Learning outside the portal's classes (学分认定): filed → vetted by the unit → confirmed by the department → locked.

    `title_key` is the title without white space and width, by which the same course is found on two platforms; `twin`
    names the other, `twin_entry` what a class of that name has brought. Somebody has to decide about either:
    `twin_reason` says why it is none. `external_key` is the platform's own number of the record. `share` is how much of the course was
    done, in per cent; `minutes` the time the platform counted.
    """

    class State(models.TextChoices):
        FILED = "filed", "待单位审核"
        VETTED = "vetted", "待组织部确认"
        CONFIRMED = "confirmed", "已认定"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"
        REVOKED = "revoked", "已撤销"

    GONE: ClassVar = (State.WITHDRAWN, State.REVOKED)
    """States that leave room for the same record once more."""

    Channel = Channel

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="recognitions", verbose_name="干部")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="申报时单位")
    channel = models.CharField("渠道", max_length=11, choices=Channel)
    title = models.CharField("学习内容", max_length=200)
    title_key = models.CharField("内容关键字", max_length=200, editable=False)
    provider = models.CharField("举办单位", max_length=120, blank=True)
    platform = models.ForeignKey(
        Platform, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name="平台"
    )
    external_key = models.CharField("平台记录编号", max_length=80, blank=True)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    hours = models.DecimalField("学时", max_digits=7, decimal_places=2)
    minutes = models.PositiveIntegerField("分钟", null=True, blank=True)
    days = models.DecimalField("天数", max_digits=6, decimal_places=2, default=0)
    sessions = models.PositiveSmallIntegerField("次数", default=0)
    share = models.DecimalField("完成比例（%）", max_digits=5, decimal_places=2, null=True, blank=True)
    twin = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="疑似重复")
    twin_entry = models.ForeignKey(
        CreditEntry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="疑似与班次重复"
    )
    twin_reason = models.CharField("不是重复的理由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.FILED)
    state_reason = models.CharField("退回或撤销理由", max_length=200, blank=True)
    upload = models.ForeignKey(
        PlatformUpload, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name="来自导入"
    )
    filed_by_id = models.UUIDField("申报人", null=True, editable=False)
    filed_at = models.DateTimeField("申报时间", auto_now_add=True)
    vetted_by_id = models.UUIDField("审核人", null=True, editable=False)
    vetted_at = models.DateTimeField("审核时间", null=True)
    confirmed_by_id = models.UUIDField("确认人", null=True, editable=False)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfCadre.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学分认定"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="recognition_period",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.UniqueConstraint(
                fields=["platform", "external_key", "cadre"],
                condition=~Q(external_key="") & ~Q(state__in=["withdrawn", "revoked"]),
                name="platform_record_once",
                violation_error_message="该平台的这条记录已申报",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cadre", "title_key"], name="recognition_course"),
            models.Index(fields=["state", "filed_at"], name="recognition_waiting"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="recognition_state", field="state", transitions=RECOGNITION_MOVES),
            pgtrigger.Protect(
                name="confirmed_stays",
                operation=pgtrigger.UpdateOf(
                    "cadre_id", "channel", "title", "since", "until", "hours", "minutes", "days", "sessions", "share"
                ),
                condition=pgtrigger.Q(old__state="confirmed"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RecognitionProofQuerySet(ScopedQuerySet):
    def ways(self, access: Access) -> Ways:
        """Who files, who vets, who confirms; not leaders."""
        staff = person_ways(access.only_staff(), "recognition__cadre__")
        works = {"works": access.within("recognition__cadre__unit", Role.STAFF, Role.LIAISON)}
        return staff | works | own_way(access, "recognition__cadre__")


class RecognitionProof(models.Model):
    """A file that proves outside learning (证明材料)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="proofs", verbose_name="学分认定")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=200)
    at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = RecognitionProofQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证明材料"

    def __str__(self) -> str:
        return self.name
