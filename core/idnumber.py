"""Citizens' identity numbers after GB 11643: 6 digits address, 8 birth date, 3 sequence (odd: male), check character.

Address codes are not checked: they retire (CLASS_WORKBOOK.md §2).
"""

import datetime
import re
from enum import StrEnum

from core.sheets.text import fold

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FORM = re.compile(r"[0-9]{17}[0-9X]")
_INSIDE = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_EARLIEST = datetime.date(1900, 1, 1)


class IdFault(StrEnum):
    """What is wrong with an identity number; the values are the codes of CLASS_WORKBOOK.md §2."""

    FORM = "bad_id_form"
    BIRTH = "bad_id_birth"
    CHECK_DIGIT = "bad_id_check_digit"


def normalise(text: str) -> str:
    """Return the number in half-width capitals without outer white space; nothing else is repaired."""
    return fold(text).upper()


def check_character(first_17: str) -> str:
    """Return the 18th character that belongs to 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def birth_date(number: str) -> datetime.date | None:
    """Return the birth date in a well-formed number, None if no such day exists."""
    try:
        return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """Return 男 or 女 as the 17th digit of a well-formed number says."""
    return "男" if int(number[16]) % 2 else "女"


def fault_of(number: str, today: datetime.date) -> IdFault | None:
    """Return the first thing wrong with a normalised number, or None."""
    if not _FORM.fullmatch(number):
        return IdFault.FORM
    born = birth_date(number)
    if born is None or not _EARLIEST <= born <= today:
        return IdFault.BIRTH
    if number[17] != check_character(number[:17]):
        return IdFault.CHECK_DIGIT
    return None


def is_id_number(text: str) -> bool:
    """Whether somebody has typed a whole number, right or wrong; white space inside is let pass."""
    return bool(_FORM.fullmatch("".join(normalise(text).split())))


def mask(number: str) -> str:
    """Return the number with all but the first and the last character hidden (SEC-31)."""
    if len(number) < 3:
        return "*" * len(number)
    return number[0] + "*" * (len(number) - 2) + number[-1]


def hidden(text: str) -> str:
    """Return a text that somebody wrote with every number of an identity masked that stands in it (SEC-31)."""
    return _INSIDE.sub(lambda found: mask(found[0]), mask(normalise(text)) if is_id_number(text) else text)
