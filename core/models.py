"""Rows that know nothing of training: stored bytes, the audit log, operations, batches of work."""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Now

from core.keys import new_key


def this_transaction() -> Cast:
    """The number of the writing transaction: it says for certain when a row's neighbours can no longer appear."""
    return Cast(Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField())


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
    role = models.CharField("以何角色", max_length=80, blank=True)
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
    xact = models.BigIntegerField("事务", db_default=this_transaction(), editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "审计记录"
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_object"),
            models.Index(fields=["xact", "id"], name="audit_xact"),
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 号审计记录"


class AuditSeal(AppendOnly):
    """A link of the audit chain (审计封存): the entries of a span of transactions, bound to the link before it.

    It covers the entries with `since` ≤ xact < `until` and id > `after_id`. `leaves` holds 40 bytes an entry in the
    order of their ids: the id (8, big endian) and the SM3 of its content. `mac` is HMAC-SM3 with AUDIT_KEY over the
    link's fields, the SM3 of its leaves and `previous` (core.audit.sealing).
    """

    id = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("封存时间")
    form = models.PositiveSmallIntegerField("格式", default=1)
    system = models.BigIntegerField("数据库标识")
    after_id = models.BigIntegerField("起于记录", default=0)
    since = models.BigIntegerField("自事务")
    until = models.BigIntegerField("至事务（不含）")
    first = models.BigIntegerField("首条记录")
    last = models.BigIntegerField("末条记录")
    count = models.PositiveIntegerField("条数")
    leaves = models.BinaryField("各条散列")
    previous = models.CharField("上一封存", max_length=64)
    mac = models.CharField("校验值", max_length=64, unique=True)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "审计封存"

    def __str__(self) -> str:
        return f"第 {self.pk} 号封存（{self.count} 条）"


class AuditArchive(AppendOnly):
    """What became of old seals (审计归档): their entries lie in a signed file, or were purged after that was verified."""

    class Act(models.TextChoices):
        ARCHIVED = "archived", "已归档"
        PURGED = "purged", "已清除"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间")
    act = models.CharField("办理", max_length=10, choices=Act)
    first_seal = models.BigIntegerField("首号封存")
    last_seal = models.BigIntegerField("末号封存")
    count = models.PositiveBigIntegerField("条数")
    file_name = models.CharField("文件", max_length=200)
    digest = models.CharField("文件散列（SM3）", max_length=64)
    by_id = models.UUIDField("办理人", null=True)
    mac = models.CharField("校验值", max_length=64)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "审计归档"

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.first_seal}–{self.last_seal}"


class AuditCursor(models.Model):
    """How far the log has been handed on (转发进度): everything before this transaction and id."""

    name = models.CharField("去向", max_length=20, primary_key=True)
    xact = models.BigIntegerField("事务", default=0)
    entry_id = models.BigIntegerField("记录", default=0)
    at = models.DateTimeField("时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计转发进度"

    def __str__(self) -> str:
        return f"{self.name}: {self.entry_id}"


class RowChange(AppendOnly):
    """A change of one row (数据变更史), written by triggers whoever changes it: services, bulk writes, plain SQL.

    `before` and `after` hold the changed columns; columns that name people or are long hold “（不记）”.
    """

    class Verb(models.TextChoices):
        INSERT = "insert", "新增"
        UPDATE = "update", "修改"
        DELETE = "delete", "删除"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间", db_default=Now())
    table_name = models.CharField("数据表", max_length=60)
    row_id = models.CharField("行", max_length=40)
    verb = models.CharField("变更", max_length=6, choices=Verb)
    before = models.JSONField("变更前", null=True)
    after = models.JSONField("变更后", null=True)
    actor_id = models.UUIDField("操作人", null=True)
    request_id = models.UUIDField("请求", null=True)
    database_role = models.CharField("数据库账号", max_length=63)
    xact = models.BigIntegerField("事务", db_default=this_transaction(), editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = "数据变更史"
        indexes: ClassVar = [models.Index(fields=["table_name", "row_id", "id"], name="row_change_row")]

    def __str__(self) -> str:
        return f"第 {self.pk} 号变更"


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
        return f"{settings.JOB_NAMES.get(self.kind, self.kind)}（{self.get_state_display()}）"
