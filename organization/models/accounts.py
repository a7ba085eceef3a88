"""Accounts, and the passwords they had."""

from datetime import datetime, timedelta
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

    An account that the system administrator opens takes effect once a security administrator approved it (SEC-20): until
    `approved_at` nobody signs in with it. `initial_until` is there while the password is one that was given: it opens the door once, until then. Raising
    `session_epoch` ends every session of the account at its next request, without a query of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    username = models.CharField("用户名", max_length=60, unique=True)
    display_name = models.CharField("姓名", max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="所在单位")
    is_active = models.BooleanField("启用", default=True)
    joined = models.DateTimeField("开通时间", auto_now_add=True)
    opened_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="开通人", editable=False
    )
    approved_at = models.DateTimeField("批准时间", null=True, editable=False)
    approved_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="批准人", editable=False
    )
    password_set = models.DateTimeField("本人设置密码时间", null=True, editable=False)
    initial_until = models.DateTimeField("初始密码有效至", null=True, editable=False)
    session_epoch = models.PositiveIntegerField("登录期次", default=0, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(opened_by=None) | ~Q(approved_by=F("opened_by")),
                name="account_two_people",
                violation_error_message="开通账号的人不能批准它",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | (Q(approved_at__isnull=False) & ~Q(approved_by=F("id"))),
                name="account_approval",
                violation_error_message="批准须有时间，本人不能批准自己的账号",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def access(self) -> "Access":
        """What this account may see today, read once per request."""
        from organization.access import Access

        return Access.of(self, timezone.localdate())

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is enabled and has taken effect (SEC-20)."""
        return self.is_active and self.approved_at is not None

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
