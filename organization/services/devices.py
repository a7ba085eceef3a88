"""Keys that stay for months on a phone or in a calendar: made, looked up, ended (SEC-05).

A key is 256 random bits; the database has its SHA-256 only. That is enough for a key nobody chose: no Argon2, so that
a whole school can check in within a minute.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings

from core.audit import record
from core.operations import intention
from organization.models import Account, DeviceCredential

KEY_BYTES = 32
AT_ONCE = 5  # of one kind: more than anybody's phones
USED_STEP = timedelta(days=1)  # how exactly “last used” is known


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@intention
def add_device(
    account: Account, kind: str, label: str, *, now: datetime, actor: Account
) -> tuple[DeviceCredential, str]:
    """A new credential and its key, which is told this once; the oldest beyond five of its kind ends."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # two at once are counted one by one
    live = DeviceCredential.objects.live(now).filter(account=account, kind=kind).order_by("-made")
    for old in live[AT_ONCE - 1 :]:
        _end(old, now, actor)
    key = secrets.token_urlsafe(KEY_BYTES)
    expires = now + timedelta(days=settings.DEVICE_DAYS)
    device = DeviceCredential.objects.create(
        account=account, kind=kind, label=label[:200], key_hash=hash_of(key), expires=expires
    )
    after = {"kind": str(kind), "expires": expires.date().isoformat()}
    record("device.add", actor=actor.pk, obj=device, unit_id=account.unit_id, after=after)
    return device, key


def device_of(key: str, kind: str, *, now: datetime) -> DeviceCredential | None:
    """The live credential that a key belongs to, with its account; one query."""
    rows = DeviceCredential.objects.live(now).select_related("account")
    return rows.filter(key_hash=hash_of(key), kind=kind).first()


def note_use(device: DeviceCredential, *, now: datetime) -> None:
    """Remember that it was used, once a day."""
    if device.used is None or now - device.used >= USED_STEP:
        DeviceCredential.objects.filter(pk=device.pk).update(used=now)


@intention
def end_device(device: DeviceCredential, *, now: datetime, actor: Account) -> None:
    """It opens nothing any more; one that ended before stays as it is."""
    _end(device, now, actor)


def _end(device: DeviceCredential, now: datetime, actor: Account) -> None:
    if DeviceCredential.objects.filter(pk=device.pk, ended=None).update(ended=now):
        unit_id = device.account.unit_id
        record("device.end", actor=actor.pk, obj=device, unit_id=unit_id, after={"kind": device.kind})


def end_devices(account: Account, *, now: datetime) -> int:
    """End all of an account's; how many. Part of what ends its sessions (organization.services.sessions)."""
    return DeviceCredential.objects.filter(account=account, ended=None).update(ended=now)
