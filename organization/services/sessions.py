"""Sessions ended: by their owner, by an administrator, by what happened to the account (SEC-05, SEC-06)."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from core.audit import record
from core.operations import intention
from organization.models import Account, AccountSession
from organization.roles import THREE_ADMINISTRATORS
from organization.services.devices import end_devices
from organization.services.units import key_of

ADMINISTRATORS_AT_ONCE, OTHERS_AT_ONCE = 1, 2


@intention
def end_all_sessions(account: Account, why: str, *, actor: Account | None, devices: bool = True) -> None:
    """End every session of the account, wherever it is, at its next request. The epoch catches what the rows miss.

    Remembered phones and calendar addresses end too, unless somebody only signs out (`devices`).
    """
    Account.objects.filter(pk=account.pk).update(session_epoch=F("session_epoch") + 1)
    account.refresh_from_db(fields=["session_epoch"])
    ended = {"sessions": account.sessions.filter(ended="").update(ended=why)}
    if devices and (count := end_devices(account, now=timezone.now())):
        ended["devices"] = count
    if any(ended.values()):
        record("session.end_all", actor=key_of(actor), obj=account, unit_id=account.unit_id, after=ended)


@intention
def end_session(session: AccountSession, why: str, *, actor: Account) -> None:
    """End one session at its next request."""
    AccountSession.objects.filter(pk=session.pk).update(ended=why)
    whose, after = session.account, {"session": session.pk[:16]}
    record("session.end", actor=actor.pk, obj=whose, unit_id=whose.unit_id if whose else None, after=after)


@intention
def keep_to_limit(account: Account, newest: str, *, now: datetime) -> int:
    """End the oldest sessions beyond what the account may have at once, never `newest` (a row's key); how many."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # two sign-ins at once are counted one by one
    limit = ADMINISTRATORS_AT_ONCE if account.access.has(*THREE_ADMINISTRATORS) else OTHERS_AT_ONCE
    others = account.sessions.live(now).exclude(pk=newest).order_by("-started", "-seen").values_list("pk", flat=True)
    surplus = list(others)[limit - 1 :]
    if surplus:
        AccountSession.objects.filter(pk__in=surplus).update(ended="您的账号在别处登录，较早的登录已结束")
        after = {"sessions": len(surplus)}
        record("session.limit", actor=account.pk, obj=account, unit_id=account.unit_id, after=after)
    AccountSession.objects.filter(account=account, expire_date__lte=now).delete()
    return len(surplus)
