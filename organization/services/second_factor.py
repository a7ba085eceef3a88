"""The second factor: handed over, proved with a first code, asked for, and taken off by two people (SEC-04)."""

import os
import re
from datetime import datetime, timedelta

from django_otp.oath import TOTP

from core.audit import record
from core.operations import Refused, intention
from organization.models import Account, FactorReset, SecondFactor
from organization.rules import may_approve_reset
from organization.services.sessions import end_all_sessions

KEY_BYTES = 20
TRIES = 5
PAUSE = timedelta(minutes=30)
STEPS_ASIDE = 1  # of 30 seconds: clocks of phones differ


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


@intention
def put_into_use(account: Account, key: bytes, code: str, *, now: datetime) -> bool:
    """Whether a first code proved the key, which is the account's second factor from now on.

    Raises Refused where there is one already: it is only taken off by a reset.
    """
    if SecondFactor.objects.filter(account=account).exists():
        raise Refused("动态口令已经启用；更换手机请联系安全管理员重置")
    step = step_of(key, code, after=0, now=now)
    if step is None:
        return False
    factor = SecondFactor(account=account, last_step=step)
    factor.set_key(key)
    factor.save(force_insert=True)
    record("second_factor.add", actor=account.pk, obj=account, unit_id=account.unit_id, after={"kind": "totp"})
    return True


@intention
def accept_code(account: Account, code: str, *, now: datetime) -> bool:
    """Whether the six digits are right now; a code that was right once is not right again.

    Raises Refused after five wrong ones, for half an hour.
    """
    factor = SecondFactor.objects.select_for_update(no_key=True).filter(account=account).first()
    if factor is None:
        return False
    over = factor.failed_at is None or now - factor.failed_at > PAUSE
    if factor.failures >= TRIES and not over:
        raise Refused("动态口令连续输错五次，请三十分钟后再试；手机丢失请联系安全管理员重置")
    step = step_of(factor.open_key(), code, after=factor.last_step, now=now)
    if step is None:
        factor.failures, factor.failed_at = 1 if over else factor.failures + 1, now
    else:
        factor.failures, factor.last_step = 0, step
    factor.save(update_fields=["failures", "failed_at", "last_step"])
    result = "ok" if step is not None else "refused"
    record("account.second_factor", actor=account.pk, obj=account, unit_id=account.unit_id, result=result)
    return step is not None


def step_of(key: bytes, code: str, *, after: int, now: datetime) -> int | None:
    """The time step whose code this is, one of three around now and later than the last one used; None for none."""
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    totp = TOTP(key)
    totp.time = now.timestamp()
    return int(totp.t()) if totp.verify(int(code), tolerance=STEPS_ASIDE, min_t=after + 1) else None


@intention
def ask_for_reset(account: Account, reason: str, *, actor: Account) -> FactorReset:
    """Ask that a lost second factor be taken off; nothing happens until somebody else approves."""
    if account.pk == actor.pk:
        raise Refused("不能为自己申请重置，请由另一位安全管理员申请")
    reset = FactorReset.objects.create(account=account, reason=reason, asked_by=actor)
    record("second_factor.reset_ask", actor=actor.pk, obj=account, unit_id=account.unit_id, reason=reason)
    return reset


@intention
def approve_reset(reset: FactorReset, *, actor: Account, now: datetime) -> None:
    """Take the factor off and end the account's sessions; the owner sets up another one at the next sign-in."""
    reset = FactorReset.objects.select_for_update(of=["self"]).select_related("account").get(pk=reset.pk)
    if refusal := may_approve_reset(reset, actor):
        raise Refused(refusal)
    reset.approved_by, reset.approved_at = actor, now
    reset.save(update_fields=["approved_by", "approved_at"])
    SecondFactor.objects.filter(account=reset.account).delete()
    record("second_factor.reset", actor=actor.pk, obj=reset.account, unit_id=reset.account.unit_id)
    end_all_sessions(reset.account, "动态口令已重置，请重新登录", actor=actor)
