"""What a workbook holds once it is read: sheets, rows with Excel's own numbers, typed cells."""

import datetime
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A stored error such as `#N/A`."""

    code: str


@dataclass(frozen=True, slots=True)
class FormulaWithoutValue:
    """A formula whose result was never stored in the file."""


@dataclass(frozen=True, slots=True)
class DateCell:
    """A number shown as a date: `date` is None for mere times and durations, `serial` is the number itself."""

    date: datetime.date | None
    serial: Decimal


Cell = None | str | bool | Decimal | DateCell | ErrorValue | FormulaWithoutValue


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` as Excel shows it, `cells` from column A on (index 0)."""

    number: int
    cells: tuple[Cell, ...]

    def at(self, index: int) -> Cell:
        """Return the cell of a zero-based column, None beyond the last one."""
        return self.cells[index] if 0 <= index < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet; `rows` leaves out rows in which nothing is written."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The worksheets in the order of the file."""

    sheets: tuple[Sheet, ...]


def letter(index: int) -> str:
    """Return Excel's letters for a zero-based column index: 0 → A, 26 → AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def index_of(letters: str) -> int:
    """Return the zero-based column index of Excel's letters: A → 0, AA → 26."""
    number = 0
    for character in letters:
        number = number * 26 + ord(character) - 64
    return number - 1


def shortest_decimal(number: float) -> Decimal:
    """Return the decimal a double stands for in Excel's sense: 15 significant digits.

    CLASS_WORKBOOK.md §1: 8.300000000000001 in the file is 8.3 on the screen and counts as 8.3.
    """
    decimal = Decimal(f"{number:.15g}")
    return decimal.quantize(Decimal(1)) if decimal == decimal.to_integral_value() and abs(decimal) < 10**20 else decimal
