"""What is over goes, once an hour: `settings.SWEEPS` names what each app lets go, in order (SEC-33).

A sweeper takes the moment and returns how many rows or files it let go; done again at once it finds nothing. One that
fails leaves the others to their work and is tried again an hour later.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core.audit import record
from core.files import delete_overdue
from core.models import Operation, StoredFile

logger = logging.getLogger("portal.sweep")

OPERATIONS_KEPT = timedelta(days=90)
ORPHANS_KEPT = timedelta(days=1)  # longer than any transaction that may still write the row
FOLDER, NAME = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{32}(_[A-Za-z0-9]{7})?")
AT_ONCE = 500


def sweep(now: datetime) -> dict[str, int]:
    """Run every sweeper; what each let go, by name (-1: it failed). One audit entry, where anything went."""
    counts = {name: _swept(name, path, now) for name, path in settings.SWEEPS.items()}
    if gone := {name: count for name, count in counts.items() if count}:
        failed = any(count < 0 for count in gone.values())
        record("sweep.done", actor=None, result="failed" if failed else "ok", after=gone)
    return counts


def _swept(name: str, path: str, now: datetime) -> int:
    try:
        with transaction.atomic():
            return int(import_string(path)(now))
    except Exception:  # the boundary: one sweeper's trouble must not keep the others from their work
        logger.exception("sweeper %s", name)
        return -1


def sweep_files(now: datetime) -> int:
    """Bytes whose last day is over."""
    return delete_overdue(timezone.localdate(now))


def sweep_orphans(now: datetime) -> int:
    """Bytes that no row holds: a rolled-back transaction left them, or a backup brought back what was deleted."""
    gone = 0
    for folder in sorted(default_storage.listdir("")[0]):
        if FOLDER.fullmatch(folder):
            for location in _unheld(folder):
                if default_storage.get_modified_time(location) <= now - ORPHANS_KEPT:
                    default_storage.delete(location)
                    gone += 1
    return gone


def _unheld(folder: str) -> Iterator[str]:
    """Locations in a folder that no row with its bytes names; other people's files are left alone."""
    there = [f"{folder}/{name}" for name in sorted(default_storage.listdir(folder)[1]) if NAME.fullmatch(name)]
    for start in range(0, len(there), AT_ONCE):
        some = there[start : start + AT_ONCE]
        rows = StoredFile.objects.filter(location__in=some, deleted=None)
        held = set(rows.values_list("location", flat=True))
        yield from (location for location in some if location not in held)


def sweep_operations(now: datetime) -> int:
    """First answers of long ago: nobody repeats a form after 90 days."""
    return Operation.objects.filter(at__lte=now - OPERATIONS_KEPT).delete()[0]
