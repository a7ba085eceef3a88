"""Faults of a workbook's content: where, what was found, what is expected, in plain Chinese (CLASS_WORKBOOK.md §2)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.idnumber import hidden
from core.sheets.cells import letter

MOST_OF_A_LEVEL = 5_000
_FOUND = 60


class Level(StrEnum):
    """An error refuses the workbook, a warning lets the user go on, a notice only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is: sheet by its canonical name, Excel's row number, header text; `index` is the column from 0.

    Row and column are None where there is nothing to point at.
    """

    sheet: str
    row: int | None = None
    column: str | None = None
    index: int | None = None
    tab: str | None = None
    """The sheet's name in the file, where it differs from the canonical one (white space)."""

    def __str__(self) -> str:
        words = [self.sheet]
        if self.row is not None:
            words.append(f"第{self.row}行")
        if self.column:
            words.append(self.column)
        return " ".join(words)

    @property
    def reference(self) -> str | None:
        """The cell in Excel's words, such as D15, or None."""
        return None if self.row is None or self.index is None else f"{letter(self.index)}{self.row}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `follows` holds what only follows from it and is no fault of its own."""

    level: Level
    code: str
    place: Place
    text: str
    found: str = ""
    follows: tuple["Fault", ...] = ()

    @property
    def message(self) -> str:
        """The whole sentence: `花名册 第15行 身份证号：校验位不符，应为 7`."""
        return f"{self.place}：{self.text}"

    def to_json(self) -> dict[str, Any]:
        """Return exactly the keys that the command `class_workbook --json` prints."""
        return {
            "sheet": self.place.sheet,
            "row": self.place.row,
            "column": self.place.column,
            "found": self.found,
            "message": self.message,
            "code": self.code,
            "follows": [fault.to_json() for fault in self.follows],
        }


@dataclass(slots=True)
class FaultLog:
    """Collects the faults of one pass, of each level no more than anybody could read."""

    faults: list[Fault] = field(default_factory=list)
    left_out: Counter[Level] = field(default_factory=Counter)
    """How many faults of a level were found beyond MOST_OF_A_LEVEL and are not kept."""
    _kept: Counter[Level] = field(default_factory=Counter)

    def error(self, code: str, place: Place, text: str, found: object = "") -> Fault:
        """Add an error and return it."""
        return self._add(Level.ERROR, code, place, text, found)

    def warning(self, code: str, place: Place, text: str, found: object = "") -> Fault:
        """Add a warning and return it."""
        return self._add(Level.WARNING, code, place, text, found)

    def notice(self, code: str, place: Place, text: str, found: object = "") -> Fault:
        """Add a notice and return it."""
        return self._add(Level.NOTICE, code, place, text, found)

    def _add(self, level: Level, code: str, place: Place, text: str, found: object) -> Fault:
        """What was found may be somebody's number in a column where it does not belong: faults are kept and handed out."""
        shown = hidden(str(found))
        fault = Fault(level, code, place, text, shown if len(shown) <= _FOUND else shown[:_FOUND] + "…")
        if self._kept[level] < MOST_OF_A_LEVEL:
            self._kept[level] += 1
            self.faults.append(fault)
        else:
            self.left_out[level] += 1
        return fault

    def tell_under(self, pairs: Iterable[tuple[Fault, Fault]]) -> None:
        """Put faults that only follow under their cause and take them out of the list; `pairs` are (cause, follower)."""
        followers: dict[int, list[Fault]] = defaultdict(list)
        gone: set[int] = set()
        for cause, follower in pairs:
            followers[id(cause)].append(follower)
            gone.add(id(follower))
        self.faults = [
            replace(fault, follows=(*fault.follows, *followers[id(fault)])) if id(fault) in followers else fault
            for fault in self.faults
            if id(fault) not in gone
        ]

    def count(self, level: Level) -> int:
        """How many of a level were found, kept or not."""
        return sum(fault.level is level for fault in self.faults) + self.left_out[level]

    def of(self, level: Level, order: Sequence[str]) -> tuple[Fault, ...]:
        """Return the faults of a level by sheet (in `order`, unknown sheets last), row, column."""
        ranks = {sheet: rank for rank, sheet in enumerate(order)}

        def place(fault: Fault) -> tuple[int, str, int, int]:
            where = fault.place
            rank = ranks.get(where.sheet, len(ranks))
            return (
                rank,
                "" if where.sheet in ranks else where.sheet,
                where.row or 0,
                -1 if where.index is None else where.index,
            )

        return tuple(sorted((fault for fault in self.faults if fault.level is level), key=place))
