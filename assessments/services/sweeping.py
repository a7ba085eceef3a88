"""What a rehearsal said goes with the file it was said of: it holds names and dates of birth."""

from datetime import datetime

from assessments.models import WorkbookImport
from core.operations import intention

LEVELS = ("errors", "warnings", "notices")


@intention
def sweep_rehearsals(now: datetime) -> int:
    """Imports whose file was deleted keep how many faults there were, and of which class; nothing of people."""
    gone = WorkbookImport.objects.filter(file__deleted__isnull=False).exclude(faults__has_key="left")
    cleared = list(gone.select_for_update(of=["self"]))
    for imported in cleared:
        left = {level: len(imported.faults.get(level, ())) for level in LEVELS}
        imported.faults = {**{level: [] for level in LEVELS}, "class": imported.faults.get("class"), "left": left}
        imported.save(update_fields=["faults"])
    return len(cleared)
