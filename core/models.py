"""Rows that know nothing of training: stored bytes, the audit log, operations, batches of work."""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.keys import new_key


class AppendOnly(models.Model):
    """Base of tables that only grow: the app role has SELECT and INSERT, and triggers refuse the rest to everybody."""

    append_only: ClassVar[bool] = True

    class Meta:
        abstract = True
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'append-only table: %', TG_TABLE_NAME;",
            ),
        ]


class StoredFile(models.Model):
    """Bytes only (存储文件): content hash, size, encrypted; reached through a row of an app that carries scope."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    sha256 = models.CharField("内容散列", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("字节数")
    encrypted = models.BooleanField("加密", default=False)
    location = models.CharField("存储位置", max_length=200, unique=True)
    created = models.DateTimeField("存入时间", auto_now_add=True)
    delete_after = models.DateField("到期删除", null=True, blank=True)
    deleted = models.DateTimeField("已删除于", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "存储文件"

    def __str__(self) -> str:
        return f"{self.sha256[:12]}（{self.size} 字节）"


class AuditEntry(AppendOnly):
    """One line of the audit log (审计记录): who, which grant, when, from where, what, before and after, why.

    People stand here by key only, never by name or number; values are masked by whoever records them.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    actor_id = models.UUIDField("操作人", null=True, db_index=True)
    role = models.CharField("以何角色", max_length=20, blank=True)
    event = models.CharField("事件", max_length=60, db_index=True)
    object_type = models.CharField("对象类型", max_length=60, blank=True)
    object_id = models.CharField("对象", max_length=40, blank=True)
    unit_id = models.UUIDField("所属单位", null=True)
    result = models.CharField("结果", max_length=10, default="ok")
    reason = models.CharField("原因", max_length=500, blank=True)
    before = models.JSONField("变更前", null=True)
    after = models.JSONField("变更后", null=True)
    source_ip = models.GenericIPAddressField("来源地址", null=True)
    session_hash = models.CharField("会话", max_length=16, blank=True)
    request_id = models.UUIDField("请求", null=True)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "审计记录"
        indexes: ClassVar = [models.Index(fields=["object_type", "object_id", "id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.event}"


class Operation(models.Model):
    """An intention that was carried out once (操作): a repeat with the same `op_id` gets the first answer (REL-03)."""

    op_id = models.UUIDField("操作编号")
    actor_id = models.UUIDField("操作人")
    name = models.CharField("操作", max_length=60)
    digest = models.CharField("内容散列", max_length=64)
    answer = models.JSONField("首次答复", null=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作"
        constraints: ClassVar = [models.UniqueConstraint(fields=["actor_id", "op_id"], name="operation_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.op_id}"


class BatchQuerySet(models.QuerySet["Batch"]):
    def ringing(self, now: datetime) -> "BatchQuerySet":
        """Batches with work that may start now: an item waiting whose pause is over."""
        return self.filter(
            Q(items__state=BatchItem.State.WAITING) & (Q(items__not_before=None) | Q(items__not_before__lte=now))
        ).distinct()

    def with_counts(self) -> "BatchQuerySet":
        """Each batch with `total`, `done`, `failed` and `waiting`, counted from its rows."""
        states = BatchItem.State
        return self.annotate(
            total=models.Count("items"),
            done=models.Count("items", filter=Q(items__state=states.DONE)),
            failed=models.Count("items", filter=Q(items__state=states.FAILED)),
            waiting=models.Count("items", filter=Q(items__state=states.WAITING)),
        )


class Batch(models.Model):
    """Work that takes time (批次): rows first, then a doorbell; progress is a count of rows."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("名称", max_length=200)
    subject_id = models.UUIDField("对象", null=True, db_index=True)
    created_by_id = models.UUIDField("发起人", null=True)
    created = models.DateTimeField("发起时间", auto_now_add=True)

    objects = BatchQuerySet.as_manager()

    # Where the row came by `with_counts`:
    total: int
    done: int
    failed: int
    waiting: int

    class Meta:
        verbose_name = verbose_name_plural = "批次"

    def __str__(self) -> str:
        return self.title


class BatchItem(models.Model):
    """One thing to make (批次项): waiting, done or failed; three failed attempts end where somebody sees it."""

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    MAX_ATTEMPTS: ClassVar[int] = 3

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items", verbose_name="批次")
    kind = models.CharField("种类", max_length=40)
    subject_id = models.UUIDField("对象")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    not_before = models.DateTimeField("不早于", null=True)
    error = models.CharField("失败原因", max_length=500, blank=True)
    finished = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "批次项"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "kind", "subject_id"], name="item_once"),
            models.CheckConstraint(condition=Q(attempts__lte=3), name="item_attempts"),
        ]
        indexes: ClassVar = [
            models.Index(F("batch"), F("id"), name="item_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
