"""Finding a unit by what an office writes: its full name, one of its short names, or nearly so (CLASS_WORKBOOK.md §1–2)."""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from core.sheets.text import key

NEAR = 0.8
_LONGEST = 200
_SEPARATORS = re.compile(r"[;；、]")


@dataclass(frozen=True, slots=True, order=True)
class UnitRef:
    """A unit as the workbook's readers know it: a stable key (primary key or 编码) and the full name."""

    key: str
    name: str


class UnitLookup(Protocol):
    """Where units are looked up."""

    def exact(self, name: str) -> list[UnitRef]:
        """Return the units of that full name, else those of that short name."""

    def near(self, name: str) -> list[tuple[UnitRef, float]]:
        """Return units of a similar name with their similarity by difflib (0–1), the most similar first."""


def split_short_names(text: str) -> list[str]:
    """Return the short names in one field, parted by `；`, `;` or `、`."""
    return [name for part in _SEPARATORS.split(text) if (name := part.strip())]


class UnitDirectory:
    """All units of an authority in memory."""

    def __init__(self) -> None:
        self._full: dict[str, list[UnitRef]] = defaultdict(list)
        self._short: dict[str, list[UnitRef]] = defaultdict(list)
        self._near: dict[str, list[tuple[UnitRef, float]]] = {}

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str, Iterable[str]]]) -> "UnitDirectory":
        """Build from (key, full name, short names)."""
        directory = cls()
        for identifier, name, short_names in rows:
            directory._add(UnitRef(identifier, name), short_names)
        return directory

    def _add(self, unit: UnitRef, short_names: Iterable[str]) -> None:
        self._full[key(unit.name)].append(unit)
        for short in {key(name) for name in short_names} - {key(unit.name), ""}:
            self._short[short].append(unit)

    def exact(self, name: str) -> list[UnitRef]:
        """Return the units of that full name, else those of that short name."""
        wanted = key(name)
        return list(self._full.get(wanted) or self._short.get(wanted) or [])

    def near(self, name: str) -> list[tuple[UnitRef, float]]:
        """Return up to five units of the most similar names, full or short; 0.8 and more come first by nature."""
        wanted = key(name)[:_LONGEST]
        if wanted not in self._near:
            self._near[wanted] = self._rank(wanted)
        return self._near[wanted]

    def _rank(self, wanted: str) -> list[tuple[UnitRef, float]]:
        best: dict[UnitRef, float] = {}
        letters = Counter(wanted)
        for names in (self._full, self._short):
            for name, units in names.items():
                ratio = _similarity(wanted, letters, name)
                for unit in units if ratio else ():
                    best[unit] = max(ratio, best.get(unit, 0.0))
        return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:5]


def _similarity(wanted: str, letters: Counter[str], name: str) -> float:
    """difflib's ratio, or 0 where even all common characters together could not reach a third."""
    common = sum((letters & Counter(name)).values())
    if not wanted or 6 * common < len(wanted) + len(name):
        return 0.0
    return difflib.SequenceMatcher(None, name, wanted).ratio()
