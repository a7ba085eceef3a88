"""What a PDF says and where: pages as lines of text with their place, fonts with their file."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader

MM = 25.4 / 72


@dataclass(frozen=True)
class Line:
    """`x` and `y` of the text's first baseline point, millimetres from the page's top left corner; size in points."""

    text: str
    x: float
    y: float
    size: float
    page: int


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def lines(pdf: bytes) -> list[Line]:
    """All pieces of text in the order they are drawn."""
    found: list[Line] = []
    for number, page in enumerate(reader(pdf).pages, 1):
        height = float(page.mediabox.height)

        def keep(
            text: str, cm: Any, tm: Any, _font: Any, size: float, number: int = number, height: float = height
        ) -> None:
            if text.strip():
                x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                found.append(Line(text.strip(), x * MM, (height - y) * MM, abs(size * cm[0]), number))

        page.extract_text(visitor_text=keep)
    return found


def line(pdf: bytes, start: str, page: int | None = None) -> Line:
    """The first piece of text that begins so."""
    return next(found for found in lines(pdf) if found.text.startswith(start) and page in (None, found.page))


def text(pdf: bytes) -> str:
    """The text of all pages without white space, as a search looks for it."""
    return "".join("".join(page.extract_text() for page in reader(pdf).pages).split()).replace("\u200b", "")


def fonts(pdf: bytes) -> dict[str, bool]:
    """Font name without its subset tag → whether its file is in the PDF."""
    found = {}
    for page in reader(pdf).pages:
        resources: Any = page["/Resources"]
        for reference in resources["/Font"].values():
            font = reference.get_object()
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            name = str(font["/BaseFont"]).split("+")[-1]
            found[name] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    return found
