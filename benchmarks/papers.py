"""The documents of a class as HTML that others can print: the same markup and styles, with typefaces of their choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from core.pdf.coverage import FONTS
from core.pdf.rendering import TEMPLATES, render_html
from reports.gathering import letter_of, sheet_of
from reports.models import Document
from reports.papers import letter, sheet
from training.models import TrainingClass

WHY = "a measurement reads the documents of the class that it made"
#: the family of our stylesheets → the nearest one of Debian's fonts-noto-cjk
SYSTEM = {
    "Paper Title": "Noto Serif CJK SC", "Paper Fang": "Noto Serif CJK SC", "Paper Song": "Noto Serif CJK SC",
    "Paper Kai": "Noto Serif CJK SC", "Paper Hei": "Noto Sans CJK SC",
}  # fmt: skip
FILES = {path.stem.replace("Paper", "Paper "): path for path in sorted(FONTS.glob("Paper*.[ot]tf"))}


@dataclass(frozen=True, slots=True)
class Printable:
    """One document: its HTML without styles, its stylesheets' text, and on how many pages the worker printed it."""

    html: str
    css: str
    pages: int

    def with_families(self, families: Mapping[str, str]) -> "Printable":
        return replace(self, html=_renamed(self.html, families), css=_renamed(self.css, families))

    def in_one_file(self, before: str = "") -> str:
        """For a browser; `before` stands before the document's own styles."""
        return self.html.replace("</head>", f"<style>{before}\n{self.css}</style></head>", 1)


def _renamed(text: str, families: Mapping[str, str]) -> str:
    for ours, theirs in families.items():
        text = text.replace(ours, theirs)
    return text


def documents_of(training_class: TrainingClass) -> list[Document]:
    """Letters, then sheets, in the order in which the worker makes them."""
    rows = Document.objects.unscoped(WHY).filter(training_class=training_class).exclude(kind=Document.Kind.BULLETIN)
    facts = ("training_class", "office", "unit", "series", "replaces__series", "file")
    return list(rows.select_related(*facts).order_by("kind", "position"))


def sample_of(documents: Sequence[Document], count: int) -> list[Document]:
    """So many, evenly taken: as many letters to a sheet as in the class."""
    return [documents[place * len(documents) // count] for place in range(count)]


def printable(document: Document, today: date) -> Printable:
    pages = document.pages or 0
    if document.kind == Document.Kind.LETTER:
        return _printable("letter", letter.letter_context(letter_of(document, today)), letter.STYLES, pages)
    return _printable("sheet", sheet.sheet_context(sheet_of(document, today)), sheet.STYLES, pages)


def _printable(template: str, context: Mapping[str, object], styles: Sequence[str], pages: int) -> Printable:
    css = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in styles)
    return Printable(render_html(f"papers/{template}.html", context), css, pages)


def faces(address: str) -> str:
    """@font-face rules for the project's fonts, served at `address`."""
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; src: url("{address}/{path.name}"); font-display: block; }}'
        for family, path in FILES.items()
    )


def font_folder() -> Path:
    return FONTS
