"""What an import would do: who is new, what changes of whom, who moves, who must be looked at, who is missing."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from core.sheets.faults import FaultLog, Level
from trainees.roster.columns import NAME, RosterRow
from trainees.roster.known import Known
from trainees.roster.units import AreaUnits

SHOWN = 200
"""So many of each kind are shown on the page; the file of details has all."""


@dataclass(slots=True)
class NextPost:
    """The primary appointment from `since` on: `ends` closes the one that stands, `corrects` changes it in place."""

    unit: UUID
    post: str
    post_level: str
    rank: str
    since: date
    until: date | None = None
    ends: int | None = None
    corrects: int | None = None


@dataclass(slots=True)
class Change:
    """What becomes of one known person. `fields` are columns of Cadre with their new values."""

    row: RosterRow
    known: Known
    fields: dict[str, Any]
    post: NextPost | None
    told: list[tuple[str, str, str]]
    """(heading, old, new) as people read them, numbers masked."""
    renamed: bool = False

    @property
    def moves(self) -> bool:
        """Another unit from a day on."""
        return self.post is not None and self.post.ends is not None and self.post.unit != self.known.held_unit


@dataclass(slots=True)
class Plan:
    """All of it, in the order of the file; `day` stands for a 任职时间 that is not written."""

    day: date
    units: AreaUnits
    faults: FaultLog = field(default_factory=FaultLog)
    rows: int = 0
    added: list[RosterRow] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    missing: list[Known] = field(default_factory=list)

    @property
    def moved(self) -> list[Change]:
        return [one for one in self.changed if one.moves and not one.renamed]

    @property
    def renamed(self) -> list[Change]:
        """Known numbers under another name: written only where somebody has said so, row by row."""
        return [one for one in self.changed if one.renamed]

    @property
    def has_errors(self) -> bool:
        return bool(self.faults.count(Level.ERROR))

    def counts(self) -> dict[str, int]:
        renamed, moved = len(self.renamed), len(self.moved)
        return {
            "rows": self.rows, "added": len(self.added), "changed": len(self.changed) - renamed - moved, "moved": moved,
            "renamed": renamed, "unchanged": self.unchanged, "missing": len(self.missing),
            **{f"{level}s": self.faults.count(level) for level in Level},
        }  # fmt: skip

    @property
    def digest(self) -> str:
        """What was shown, in short: an import that would do something else is not what somebody agreed to."""
        digest = hashlib.sha256(json.dumps(self.counts(), sort_keys=True).encode())
        for row in self.added:
            digest.update(f"{row.row}:{row.index}:{row.unit}:{row.name}\n".encode())
        for one in self.changed:
            digest.update(f"{one.row.row}:{one.known.pk}:{one.told}\n".encode())
        return digest.hexdigest()

    def to_json(self) -> dict[str, Any]:
        """What the pages show: counts and the first of everything."""
        levels = {f"{level}s": self._faults(level) for level in Level}
        kinds = (("changes", [one for one in self.changed if not one.renamed and not one.moves]),
                 ("moves", self.moved), ("renames", self.renamed))  # fmt: skip
        missing = [{"name": one.name, "unit": self.unit_name(one.unit)} for one in self.missing[:SHOWN]]
        added = [{"row": one.row, "name": one.name, "unit": self.unit_name(one.unit)} for one in self.added[:SHOWN]]
        shown = {kind: [_shown(one) for one in found[:SHOWN]] for kind, found in kinds}
        return {"counts": self.counts(), "digest": self.digest, "missing": missing, "added": added, **levels, **shown}

    def unit_name(self, unit: UUID) -> str:
        return self.units.names.get(unit, "")

    def _faults(self, level: Level) -> list[dict[str, Any]]:
        return [fault.to_json() for fault in self.faults.of(level, (NAME,))[:SHOWN]]


def _shown(one: Change) -> dict[str, Any]:
    return {"row": one.row.row, "name": one.known.name, "columns": [list(column) for column in one.told]}
