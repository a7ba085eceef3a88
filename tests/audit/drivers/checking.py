"""What an entry must say: everything but what its driver declares missing, and what was before and after."""

from django.db.models import Max

from core.models import AuditEntry
from tests.audit.drivers import Driver
from tests.audit.drivers.scene import Scene

BEFORE = ("changed", "change", "removed", "amend")
AFTER = ("changed", "change", "added", "add", "amend")


def leaves_one_entry(scene: Scene, code: str, chosen: Driver) -> None:
    last = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    chosen.act(scene)
    rows = list(AuditEntry.objects.filter(event=code, pk__gt=last))
    assert len(rows) == 1, f"{code} was written {len(rows)} times"
    (row,) = rows
    missing = {part for part, there in told(row).items() if not there}
    assert missing == chosen.lacks, f"{code} lacks {sorted(missing)}, its driver says {sorted(chosen.lacks)}"
    assert row.result and row.at, code
    verb = code.rpartition(".")[2]
    assert row.before is not None or verb not in BEFORE, f"{code} does not say what was before"
    assert row.after is not None or verb not in AFTER, f"{code} does not say what is now"


def told(row: AuditEntry) -> dict[str, bool]:
    """Which parts of an entry say something; what can only be missing together counts once."""
    request = bool(row.source_ip and row.request_id)
    return {
        "actor": row.actor_id is not None,
        "role": bool(row.role) or row.actor_id is None,
        "unit": row.unit_id is not None,
        "object": bool(row.object_type and row.object_id),
        "request": request,
        "session": bool(row.session_hash) or not request,
    }
