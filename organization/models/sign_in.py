"""What signing in leaves: sessions, second factors and their resets, failures by address."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import F, Q

from core.crypto import open_text, seal_text
from core.keys import new_key
from organization.models.accounts import Account
from organization.roles import Role

if TYPE_CHECKING:
    from organization.sessions import SessionStore


class AccountSessionQuerySet(models.QuerySet["AccountSession"]):
    def visible_to(self, user: Account) -> "AccountSessionQuerySet":
        """Everybody sees their own, the security administrator everybody's (SEC-06)."""
        if not user.is_active:
            return self.none()
        return self if user.access.has(Role.SECURITY_ADMIN) else self.filter(account=user)

    def live(self, now: datetime) -> "AccountSessionQuerySet":
        """Sessions of somebody that are neither ended nor over."""
        return self.filter(ended="", expire_date__gt=now).exclude(account=None)


class AccountSession(AbstractBaseSession):
    """A browser that somebody signed in with (登录会话).

    The key is here as a hash only, so that neither a dump nor an administrator's page can be used to take a session
    over. `ended` says why a session was closed from elsewhere; the database lets nothing write to such a row again.
    """

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions", verbose_name="账号")
    started = models.DateTimeField("登录时间", null=True)
    seen = models.DateTimeField("最近使用", null=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    device = models.CharField("设备", max_length=200, blank=True)
    ended = models.CharField("结束原因", max_length=60, blank=True)

    objects: ClassVar = BaseSessionManager.from_queryset(AccountSessionQuerySet)()

    class Meta:
        db_table = "account_session"
        verbose_name = verbose_name_plural = "登录会话"
        indexes: ClassVar = [models.Index(fields=["account", "-started"], name="session_of_account")]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="ended_is_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended__gt=""),
                func="RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.device}"

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        from organization.sessions import SessionStore

        return SessionStore


class SecondFactor(models.Model):
    """The app on somebody's phone that shows six digits (动态口令, TOTP of RFC 6238).

    The key is sealed; the row is there once a first code has proved it. `last_step` is the last time step that was
    accepted: a code opens the door once.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    account = models.OneToOneField(Account, models.CASCADE, related_name="second_factor", verbose_name="账号")
    key_sealed = models.TextField("密钥（密文）", editable=False)
    since = models.DateTimeField("启用时间", auto_now_add=True)
    last_step = models.BigIntegerField("最近时间步", default=0, editable=False)
    failures = models.PositiveSmallIntegerField("连续输错", default=0, editable=False)
    failed_at = models.DateTimeField("最近输错", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "动态口令"

    def __str__(self) -> str:
        return str(self.account)

    def set_key(self, key: bytes) -> None:
        self.key_sealed = seal_text(key.hex(), f"organization_secondfactor:{self.pk}:key")

    def open_key(self) -> bytes:
        return bytes.fromhex(open_text(self.key_sealed, f"organization_secondfactor:{self.pk}:key"))


class FactorReset(models.Model):
    """A lost second factor is taken off by two (动态口令重置): a security administrator asks, another one approves."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="账号")
    reason = models.CharField("理由", max_length=500)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="申请人", editable=False)
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    approved_by = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", verbose_name="批准人", editable=False
    )
    approved_at = models.DateTimeField("批准时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "动态口令重置"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")), name="factor_reset_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(account=F("asked_by")) & (Q(approved_by=None) | ~Q(approved_by=F("account"))),
                name="factor_reset_not_own",
            ),
        ]

    def __str__(self) -> str:
        return str(self.account)


class FailedSignIn(models.Model):
    """One failed try from an address (登录失败): counted over ten minutes, whatever the cache knows (SEC-03).

    No name stands here: somebody may have typed a password or an ID number into that field.
    """

    id = models.BigAutoField(primary_key=True)
    address = models.GenericIPAddressField("来源地址")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录失败"
        indexes: ClassVar = [models.Index(fields=["address", "at"], name="failed_sign_in_recent")]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%H:%M:%S}"
