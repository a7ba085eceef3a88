"""Accounts, what they were granted, and the passwords they had."""

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.keys import new_key
from organization.models.units import Unit
from organization.roles import Role

if TYPE_CHECKING:
    from organization.access import Access


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Account":
        account = self.model(username=Account.normalize_username(username), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """Somebody who signs in (账号); what they may do comes from grants and from roles in classes, nothing else.

    `initial_until` is there while the password is one that was given: it opens the door once, until then. Raising
    `session_epoch` ends every session of the account at its next request, without a query of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    username = models.CharField("用户名", max_length=60, unique=True)
    display_name = models.CharField("姓名", max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="所在单位")
    is_active = models.BooleanField("启用", default=True)
    joined = models.DateTimeField("开通时间", auto_now_add=True)
    password_set = models.DateTimeField("本人设置密码时间", null=True, editable=False)
    initial_until = models.DateTimeField("初始密码有效至", null=True, editable=False)
    session_epoch = models.PositiveIntegerField("登录期次", default=0, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def access(self) -> "Access":
        """What this account may see today, read once per request."""
        from organization.access import Access

        return Access.of(self, timezone.localdate())

    @property
    def has_initial_password(self) -> bool:
        """Whether the password was given by somebody else and must be changed before anything else (SEC-02)."""
        return self.initial_until is not None

    def password_is_old(self, now: datetime) -> bool:
        """Whether the rotation asks for another one; 0 days means never."""
        days = settings.PASSWORD_ROTATION_DAYS
        return bool(days) and (self.password_set or self.joined) < now - timedelta(days=days)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session remembers and every request compares: another password or epoch ends them all (SEC-06)."""
        facts = f"{self.password}:{self.session_epoch}"
        return salted_hmac("organization.account.session", facts, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Whether the web admin opens: some grant's role has permissions there."""
        return self.is_active and self.access.opens_admin

    @property
    def is_superuser(self) -> bool:
        """Nobody is: the three administrators are three people (DOMAIN.md §1)."""
        return False

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Answered from the grants in force, whatever the object: scope is the querysets' business."""
        return self.is_active and self.access.has_permission(perm)

    def has_perms(self, perms: list[str], obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.access.has_module(app_label)


class GrantQuerySet(models.QuerySet["Grant"]):
    def on(self, day: date) -> "GrantQuerySet":
        """Grants in force on a day (until is the last day)."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))


class Grant(models.Model):
    """A role of an account for a unit and all below it (授权), from one day until another."""

    Role = Role

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    granted_by_id = models.UUIDField("授权人", null=True, editable=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="grant_period"),
            models.UniqueConstraint(fields=["account", "role", "unit", "since"], name="grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}（{self.unit}）"


class PasswordHistory(models.Model):
    """A password that an account had (用过的密码), as its hash: the last five are not taken again (SEC-01)."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="old_passwords", verbose_name="账号")
    password = models.CharField("散列", max_length=128)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "用过的密码"
        indexes: ClassVar = [models.Index(fields=["account", "-id"], name="password_history_latest")]

    def __str__(self) -> str:
        return f"{self.account} {self.at:%Y-%m-%d}"
