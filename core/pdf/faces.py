"""The fonts of the PDF process: one Fontconfig configuration a process, and which typefaces it found.

Fontconfig reads its file name from the environment when a configuration is made. It is set for just that moment, so
that WeasyPrint sees the project's fonts and the official typefaces only, and child processes keep the system's.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from core.pdf.coverage import FONTS

#: CSS family → what an office calls it. fonts.conf puts the official typeface before ours.
FACES = {"Paper Title": "小标宋", "Paper Fang": "仿宋", "Paper Kai": "楷体", "Paper Hei": "黑体", "Paper Song": "宋体"}


@contextmanager
def _own_configuration() -> Iterator[None]:
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


with _own_configuration():  # WeasyPrint reads a configuration while it is imported, too
    from weasyprint.text import ffi
    from weasyprint.text.fonts import FontConfiguration


@cache
def font_configuration() -> FontConfiguration:
    """The process's fonts, read once: reading them anew for each document costs more than laying out a letter."""
    with _own_configuration():
        return FontConfiguration()


@cache
def resolved_faces() -> dict[str, str]:
    """What each typeface of a document is set in on this machine, for the run's log: `{"仿宋": "Paper Fang", …}`."""
    return {called: _match(family) for family, called in FACES.items()}


def _match(family: str) -> str:
    """Fontconfig's own answer, as Pango asks for it."""
    fontconfig: Any = ffi.fontconfig
    configuration = font_configuration()._config
    pattern = ffi.ffi.gc(fontconfig.FcPatternCreate(), fontconfig.FcPatternDestroy)
    fontconfig.FcPatternAddString(pattern, b"family", family.encode())
    fontconfig.FcConfigSubstitute(configuration, pattern, fontconfig.FcMatchPattern)
    fontconfig.FcDefaultSubstitute(pattern)
    found = fontconfig.FcFontMatch(configuration, pattern, ffi.ffi.new("FcResult *"))
    if found == ffi.ffi.NULL:
        return ""
    owned = ffi.ffi.gc(found, fontconfig.FcPatternDestroy)  # holds the name until it has been copied
    name = ffi.ffi.new("FcChar8 **")
    fontconfig.FcPatternGetString(owned, b"family", 0, name)
    return str(ffi.ffi.string(name[0]).decode())
