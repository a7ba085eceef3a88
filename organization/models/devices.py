"""What stays on a phone for months: a key that opens a few pages, and nothing else."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from core.keys import new_key
from organization.models.accounts import Account
from organization.roles import Role


class DeviceCredentialQuerySet(models.QuerySet["DeviceCredential"]):
    def visible_to(self, user: Account) -> "DeviceCredentialQuerySet":
        """Everybody sees their own, the security administrator everybody's (as with sessions)."""
        if not user.is_active:
            return self.none()
        return self if user.access.has(Role.SECURITY_ADMIN) else self.filter(account=user)

    def live(self, now: datetime) -> "DeviceCredentialQuerySet":
        """Credentials that still open something."""
        return self.filter(ended=None, expires__gt=now, account__is_active=True)


class DeviceCredential(models.Model):
    """A key of one person on one device (设备凭据): today's page and check-in (手机), or the calendar feed (日历).

    It stands here as a hash only. It opens no other page (SEC-05), ends with the account, and its owner can end it.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", "手机"
        CALENDAR = "calendar", "日历订阅"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="devices", verbose_name="账号")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    key_hash = models.CharField("密钥散列", max_length=64, unique=True, editable=False)
    label = models.CharField("设备", max_length=200, blank=True)
    made = models.DateTimeField("登记时间", auto_now_add=True)
    expires = models.DateTimeField("有效至")
    used = models.DateTimeField("最近使用", null=True, editable=False)
    ended = models.DateTimeField("停用时间", null=True, editable=False)

    objects = DeviceCredentialQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "设备凭据"
        indexes: ClassVar = [models.Index(fields=["account", "-made"], name="device_of_account")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.made:%Y-%m-%d}）"
