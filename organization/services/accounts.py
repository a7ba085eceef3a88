"""Accounts opened, approved, changed and disabled; passwords given and chosen (SEC-01, SEC-02, SEC-20)."""

import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from core.audit import record
from core.operations import Refused, demand_reason, intention
from organization.models import Account, PasswordHistory
from organization.rules import may_approve_account, may_be_taken, may_be_username
from organization.services.grants import hold, hold_administrators
from organization.services.sessions import end_all_sessions
from organization.services.units import key_of

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 that are not read wrongly: five bits each
INITIAL_LASTS = timedelta(hours=72)
LEAST_AGE = timedelta(days=1)


def new_secret() -> str:
    """An initial password of 80 random bits in four groups, made to be read from paper."""
    drawn = [secrets.choice(LETTERS) for _ in range(16)]
    return "-".join("".join(drawn[start : start + 4]) for start in range(0, 16, 4))


@intention
def add_account(account: Account, *, actor: Account | None, by_rule: str = "") -> str:
    """Open an account with an initial password; returns it, to be told once and changed at the first use.

    It takes effect when a security administrator approves it, or at once `by_rule`, whose words go to the log: for
    accounts that hold nothing, such as those of a class's trainees (SEC-20).
    """
    account.username = Account.normalize_username(account.username)
    if refusal := may_be_username(account.username):
        raise Refused(refusal)
    account.set_unusable_password()
    account.opened_by, account.approved_at = actor, timezone.now() if by_rule else None
    account.save(force_insert=True)
    record(
        "account.add", actor=key_of(actor), obj=account, unit_id=account.unit_id, after={"username": account.username}
    )
    if by_rule:
        told_approval("account.approve", account, None, by_rule)
    return _give_secret(account)


@intention
def approve_account(account: Account, *, actor: Account, now: datetime) -> None:
    """Let an account that the system administrator opened take effect. Raises Refused to whoever opened it (SEC-20)."""
    account = hold(account)
    if refusal := may_approve_account(account, actor):
        raise Refused(refusal)
    account.approved_at, account.approved_by = now, actor
    account.version += 1
    account.save(update_fields=["approved_at", "approved_by", "version"])
    told_approval("account.approve", account, actor)


@intention
def refuse_account(account: Account, reason: str, *, actor: Account) -> None:
    """Do not let it take effect: it is disabled, and why is in the log."""
    account = hold(account)
    if refusal := may_approve_account(account, actor):
        raise Refused(refusal)
    why = demand_reason(reason, "不予开通须写明理由")
    account.is_active = False
    account.version += 1
    account.save(update_fields=["is_active", "version"])
    told_approval("account.refuse", account, actor, why)


def told_approval(event: str, account: Account, actor: Account | None, reason: str = "") -> None:
    before = {"is_active": True, "approved": False}
    after = {"is_active": account.is_active, "approved": account.approved_at is not None}
    record(event, actor=key_of(actor), obj=account, unit_id=account.unit_id, reason=reason, before=before, after=after)


@intention
def change_account(account: Account, *, actor: Account | None) -> Account:
    """Write name, unit and whether the account is enabled; one that was moved or disabled is out at its next request."""
    held = Account.objects.get(pk=account.pk)
    disabled = held.is_active and not account.is_active
    roles = list(held.grants.overlapping(timezone.localdate(), None).values_list("role", flat=True)) if disabled else []
    hold_administrators(roles)
    before = hold(account)
    if disabled and (refusal := may_be_taken(before, roles, actor)):
        raise Refused(refusal)
    account.version = before.version + 1
    account.save(update_fields=["display_name", "unit", "is_active", "version"])
    changed = [name for name in ("unit_id", "is_active") if getattr(before, name) != getattr(account, name)]
    record(
        "account.change", actor=key_of(actor), obj=account, unit_id=account.unit_id,
        before={name: str(getattr(before, name)) for name in changed},
        after={name: str(getattr(account, name)) for name in changed},
    )  # fmt: skip
    if changed:
        end_all_sessions(account, "账号有变动，请重新登录", actor=actor)
    return account


@intention
def reset_password(account: Account, *, actor: Account) -> str:
    """A new initial password; every session of the account ends. Returns it, to be told once."""
    secret = _give_secret(account)
    record("account.password_reset", actor=actor.pk, obj=account, unit_id=account.unit_id)
    end_all_sessions(account, "密码已重置，请用新的初始密码登录", actor=actor)
    return secret


@intention
def renew_initial_password(account: Account, *, actor: Account) -> str:
    """Another initial password for an account that never chose one; the one before is void. Raises Refused otherwise."""
    if not account.has_initial_password:
        raise Refused("这个账号已有自己的密码，请系统管理员重置")
    record("account.password_renew", actor=actor.pk, obj=account, unit_id=account.unit_id)
    return _give_secret(account)


def _give_secret(account: Account) -> str:
    secret = new_secret()
    account.set_password(secret)
    account.initial_until = timezone.now() + INITIAL_LASTS
    account.save(update_fields=["password", "initial_until"])
    PasswordHistory.objects.create(account=account, password=account.password)
    return secret


@intention
def spend_initial_password(account: Account, *, now: datetime) -> bool:
    """Whether the account may come in: an initial password opens the door once, within its time."""
    if not account.has_initial_password:
        return True
    spent = Account.objects.filter(pk=account.pk, initial_until__gt=now).update(initial_until=now)
    account.initial_until = now
    return bool(spent)


@intention
def choose_password(account: Account, password: str, *, now: datetime) -> None:
    """Write the password that its owner chose (and that the validators accepted); all sessions end.

    Raises Refused within a day of the last change: otherwise five changes in a row would bring the old one back.
    """
    own = not account.has_initial_password and account.password_set is not None
    if own and account.password_set is not None and now - account.password_set < LEAST_AGE:
        raise Refused("密码修改后满一天才能再改；忘记或泄露密码，请系统管理员重置")
    set_password(account, password, now=now)
    record("account.password", actor=account.pk, obj=account, unit_id=account.unit_id)
    end_all_sessions(account, "密码已修改，请用新密码登录", actor=account)


def set_password(account: Account, password: str, *, now: datetime) -> None:
    """The account's own password from now on, remembered among those it had."""
    account.set_password(password)
    account.password_set, account.initial_until = now, None
    account.save(update_fields=["password", "password_set", "initial_until"])
    PasswordHistory.objects.create(account=account, password=account.password)
