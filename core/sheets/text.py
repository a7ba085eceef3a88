"""Text as offices write it: full-width forms, stray white space, invisible characters (CLASS_WORKBOOK.md §1, SEC-28).

`clean` is what is stored and shown, `key` is what is compared. Hanzi are never touched, not even by NFKC.
"""

import re
import unicodedata

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20}
_ALPHANUMERIC = {code: half for code, half in _FULL_WIDTH.items() if chr(half).isalnum()}
_BREAKS = re.compile(r"[^\S\n]*\n\s*|\t+")


def is_invisible(character: str) -> bool:
    """Tell whether a character cannot be seen: controls, surrogates, bidi marks, zero-width and other format signs."""
    return character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def invisible(text: str) -> list[str]:
    """Return the invisible characters of a text as U+XXXX, each once, in order."""
    return list(dict.fromkeys(f"U+{ord(c):04X}" for c in text if is_invisible(c) or c in "\n\t"))


def _visible(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isprintable() else "".join(c for c in text if not is_invisible(c))


def clean(text: str) -> str:
    """Return the text to store: no invisible characters, half-width digits and letters, no outer white space.

    Full-width punctuation stays, since Chinese text is set with it; comparing by `key` makes it count as half-width.
    """
    return _visible(text).translate(_ALPHANUMERIC).strip()


def line(text: str) -> str:
    """Return `clean` text on one line."""
    return _BREAKS.sub(" ", clean(text))


def fold(text: str) -> str:
    """Return the text with every full-width form made half-width and without outer white space."""
    return _visible(text).translate(_FULL_WIDTH).strip()


def key(text: str) -> str:
    """Return the form in which headers, sheet names, units and words of a closed list are compared."""
    return "".join(fold(text).split())
