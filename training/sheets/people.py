"""Who is meant by a name in 考勤, 量化记录 or a paper: everybody is matched by name inside the class."""

import difflib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from core import names
from core.names import PersonName
from core.sheets.cells import ErrorValue, FormulaWithoutValue
from core.sheets.faults import FaultLog, Place
from core.sheets.fields import has_value
from core.sheets.table import Line, shown

COLUMN = "姓名"


@dataclass(frozen=True, slots=True)
class Seat:
    """A named row of the roster, faulty or not. `tail` is the last four of a valid ID number, "" if it is not valid."""

    name: PersonName
    tail: str
    row: int


@dataclass(slots=True)
class Mentions:
    """The places where a name was written that could not be matched; `written` is the name in its one form."""

    written: str
    places: list[Place] = field(default_factory=list)


class People:
    """The roster as an index, and a record of every name that it does not resolve.

    `strangers` are not on the roster; `ambiguous` are bare names of several trainees; `blurred` are names that the
    roster itself has twice, a fault already said there.
    """

    def __init__(self, seats: Iterable[Seat], *, readable: bool = True) -> None:
        self.readable = readable
        self.strangers: dict[str, Mentions] = {}
        self.ambiguous: dict[str, Mentions] = {}
        self.blurred: dict[str, Mentions] = {}
        self._by_label: dict[str, list[Seat]] = defaultdict(list)
        self._by_bare: dict[str, list[Seat]] = defaultdict(list)
        for seat in seats:
            self._by_label[seat.name.label].append(seat)
            self._by_bare[seat.name.bare].append(seat)

    @property
    def labels(self) -> list[str]:
        """Every name on the roster once, in roster order."""
        return list(self._by_label)

    def is_blurred(self, label: str) -> bool:
        """Tell whether the roster has the very same written name more than once."""
        return len(self._by_label[label]) > 1

    def read(self, row: Line, faults: FaultLog) -> str | None:
        """Return the label of the trainee a row names; None where it names none (a fault, or recorded here)."""
        cell, place = row.cell(COLUMN), row.place(COLUMN)
        if not has_value(cell, place, faults):
            return None
        if isinstance(cell, ErrorValue | FormulaWithoutValue) or not names.parse(shown(cell)).bare:
            faults.error("missing_name", place, "缺少姓名", shown(cell))
            return None
        return self._resolve(cell if isinstance(cell, str) else shown(cell), place)

    def _resolve(self, written: str, place: Place) -> str | None:
        name = names.parse(written)
        if names.fault_of(written):
            self._mention(self.strangers, repr(written), place)
            return None
        label = self._label_of(name)
        if label is None:
            several = len(self._by_bare.get(name.bare, ())) > 1 and not name.suffix
            self._mention(self.ambiguous if several else self.strangers, name.label, place)
        elif self.is_blurred(label):
            self._mention(self.blurred, label, place)
        return label

    def _label_of(self, name: PersonName) -> str | None:
        if name.label in self._by_label:
            return name.label
        same = self._by_bare.get(name.bare, [])
        if name.suffix:
            same = [seat for seat in same if not seat.name.suffix and seat.tail in ("", name.suffix)]
        return same[0].name.label if len(same) == 1 else None

    @staticmethod
    def _mention(where: dict[str, Mentions], written: str, place: Place) -> None:
        where.setdefault(written, Mentions(written)).places.append(place)

    def nearest(self, written: str) -> str | None:
        """Return the name on the roster that is most like a stranger's, for the hint."""
        close = difflib.get_close_matches(written, self._by_label, n=1, cutoff=0.6)
        return close[0] if close else None
