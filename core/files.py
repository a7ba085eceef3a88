"""Stored bytes: `keep` seals and stores them, `load` opens and checks them, `delete_overdue` lets them go.

No file is ever served by itself.
"""

import hashlib
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from core.crypto import open_bytes, seal_bytes
from core.keys import new_key
from core.models import StoredFile


class FileGone(Exception):
    """The bytes were deleted when their time was over, or do not fit their hash."""


def keep(data: bytes, *, delete_after: date | None = None) -> StoredFile:
    """Seal and store bytes under a random name; the same layout serves a folder and S3."""
    key = new_key()
    name = f"{key.hex[-2:]}/{key.hex}"
    location = default_storage.save(name, BytesIO(seal_bytes(data, f"file:{key}")))
    return StoredFile.objects.create(
        id=key,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        encrypted=True,
        location=location,
        delete_after=delete_after,
    )


def load(file: StoredFile) -> bytes:
    """The bytes as they were kept.

    Raises FileGone when they were deleted or do not fit their hash.
    """
    if file.deleted is not None:
        raise FileGone("文件已按保存期限删除")
    with default_storage.open(file.location) as stored:
        data = open_bytes(stored.read(), f"file:{file.id}")
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise FileGone("文件内容与登记的散列不符")
    return data


def let_go(keys: QuerySet[Any, Any]) -> None:
    """The bytes of these stored files go with the next sweep."""
    yesterday = timezone.localdate() - timedelta(days=1)
    StoredFile.objects.filter(pk__in=keys, deleted=None).update(delete_after=yesterday)


def delete_overdue(today: date) -> int:
    """Delete the bytes whose last day is over; how many (core.sweeping records it). Their rows stay and say when (SEC-33).

    Bytes go before the row says so: who is killed in between does it again, and what is gone already is no error.
    """
    overdue = StoredFile.objects.filter(delete_after__lt=today, deleted=None).order_by("pk")
    gone = 0
    for key, location in overdue.values_list("pk", "location").iterator():
        default_storage.delete(location)
        gone += StoredFile.objects.filter(pk=key, deleted=None).update(deleted=timezone.now())
    return gone
