"""What signing in leaves behind and nobody needs any more."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Q

from organization.models import AccountSession, DeviceCredential, FailedSignIn
from organization.services.sign_in import KEPT

TRIES_KEPT = timedelta(days=7)
DEVICES_KEPT = timedelta(days=30)


def sweep_sessions(now: datetime) -> int:
    """Sessions that are over; who signed in when stays in the audit log."""
    return AccountSession.objects.filter(expire_date__lte=now).delete()[0]


def sweep_failures(now: datetime) -> int:
    """Failed tries: addresses after a day, names after a week; a lock holds for thirty minutes."""
    tries = AccessAttempt.objects.filter(attempt_time__lte=now - TRIES_KEPT).delete()[0]
    return tries + FailedSignIn.objects.filter(at__lte=now - KEPT).delete()[0]


def sweep_devices(now: datetime) -> int:
    """Which device it was, of keys that were ended or ran out a month ago; check-ins name the row, so it stays."""
    over = Q(ended__lte=now - DEVICES_KEPT) | Q(expires__lte=now - DEVICES_KEPT)
    return DeviceCredential.objects.filter(over).exclude(label="").update(label="")
