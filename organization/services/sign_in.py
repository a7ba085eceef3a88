"""Failures of signing in: counted by address in PostgreSQL, by name in django-axes; locks are lifted here (SEC-03)."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Sum

from core.audit import record
from core.operations import intention
from organization.models import Account, FailedSignIn

logger = logging.getLogger("portal.sign_in")

FAILURES_OF_ADDRESS = 60
WINDOW = timedelta(minutes=10)
KEPT = timedelta(days=1)
ALARMING_LOCKS = 3


def too_many_failures(address: str | None, *, now: datetime) -> bool:
    """Whether more than sixty tries from this address failed within ten minutes."""
    if address is None:
        return False
    return FailedSignIn.objects.filter(address=address, at__gt=now - WINDOW).count() > FAILURES_OF_ADDRESS


@intention
def note_failure(account: Account | None, address: str | None, *, locked: bool, now: datetime) -> None:
    """Count a failure; what was typed is kept nowhere, because it may be a password or an ID number."""
    if address is not None:
        FailedSignIn.objects.create(address=address)
        FailedSignIn.objects.filter(address=address, at__lte=now - KEPT).delete()
    unit_id, result = account.unit_id if account else None, "locked" if locked else "refused"
    record("account.sign_in_failed", actor=None, obj=account, unit_id=unit_id, result=result)
    if locked and (count := locked_names(now)) >= ALARMING_LOCKS:
        logger.error("%s accounts were locked within ten minutes", count)


def locked_names(now: datetime) -> int:
    """How many user names were locked within ten minutes."""
    recent = AccessAttempt.objects.filter(attempt_time__gt=now - WINDOW).values("username")
    return recent.annotate(all=Sum("failures_since_start")).filter(all__gte=settings.AXES_FAILURE_LIMIT).count()


@intention
def unlock(accounts: Iterable[Account], *, actor: Account) -> int:
    """Lift the locks of these accounts; returns how many tries were forgotten."""
    forgotten = 0
    for account in accounts:
        forgotten += reset(username=account.username)
        record("account.unlock", actor=actor.pk, obj=account, unit_id=account.unit_id)
    return forgotten
