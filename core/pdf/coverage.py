"""Which characters the project's fonts have: precomputed by scripts/make_fonts.py, so no font is opened to ask."""

import json
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent / "fonts"
INVISIBLE = ("Cc", "Cf")  # control and format characters have no glyph
GETA = "〓"  # what Chinese printers set for a character their cases lack


@cache
def _families() -> dict[str, frozenset[str]]:
    """Family name → its characters."""
    listed: dict[str, str] = json.loads((FONTS / "coverage.json").read_text(encoding="utf-8"))
    return {family: _characters(runs) for family, runs in listed.items()}


def _characters(runs: str) -> frozenset[str]:
    found: set[str] = set()
    for run in runs.split():
        low, _, high = run.partition("-")
        found.update(map(chr, range(int(low, 16), int(high or low, 16) + 1)))
    return frozenset(found)


@cache
def _everything() -> frozenset[str]:
    return frozenset().union(*_families().values())


def covers(family: str, text: str) -> bool:
    """Whether one font alone can set the text; white space needs no glyph."""
    return all(character.isspace() for character in set(text) - _families()[family])


def missing_characters(text: str) -> list[str]:
    """The characters of a text that no font of the project has, each once, in order of first appearance.

    White space, control and format characters are not looked for. Callers warn `字库无此字`; a document shows 〓 instead.
    """
    lacking = set(text) - _everything()
    return [character for character in dict.fromkeys(text) if character in lacking and _is_visible(character)]


def _is_visible(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in INVISIBLE


def printable(text: str) -> str:
    """The text with 〓 in place of what no font has, so that no document ever shows an empty box."""
    absent = missing_characters(text)
    return text.translate(dict.fromkeys(map(ord, absent), GETA)) if absent else text
