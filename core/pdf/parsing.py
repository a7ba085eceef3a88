"""A document's elements. Our own papers take a short way, anything else WeasyPrint's; both make the same pages.

The short way is the XML parser, which is C and takes a tenth of the time, and rules for no more elements than papers
have. It is taken only where the text is well-formed (but for void elements and the namespace of pictures, which are put
right here) and every element is one of those.
"""

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree

from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

from core.pdf.coverage import FONTS

ELEMENTS = FONTS.parent.parent / "templates" / "papers" / "elements.css"
DOCTYPE = "<!DOCTYPE html>"
VOID = re.compile(r"<(meta|col|br|img)\b([^<>]*?)/?>")
PICTURE = ("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
SVG = "{http://www.w3.org/2000/svg}"
KNOWN = frozenset(
    "html head title meta body div p span br h1 h2 h3 img figure figcaption "
    "table colgroup col thead tbody tr th td".split()
)
#: white space between their children is never seen; each piece would be a box to be thrown away
STRUCTURE = ("table", "colgroup", "thead", "tbody", "tr")


class Paper(HTML):
    """What `HTML` knows of a document, from elements that are there already."""

    def __init__(self, root: ElementTree.Element, url_fetcher: URLFetcher) -> None:
        self.base_url = None
        self.url_fetcher = url_fetcher
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = root

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [_element_rules()]


@cache
def _element_rules() -> CSS:
    return CSS(string=ELEMENTS.read_text(encoding="utf-8"))


def parsed(html: str, fetcher: URLFetcher) -> Any:
    """The document as WeasyPrint wants it."""
    root = _elements(html)
    return HTML(string=html, url_fetcher=fetcher) if root is None else Paper(root, fetcher)


def _elements(html: str) -> ElementTree.Element | None:
    """None where the short way is not for it; a text with declarations, and so with entities, is not even tried."""
    text = html.strip().removeprefix(DOCTYPE)
    if "<!" in text:
        return None
    try:
        root = ElementTree.fromstring(VOID.sub(r"<\1\2/>", text).replace(*PICTURE))  # noqa: S314 (see above)
    except ElementTree.ParseError:
        return None
    if not all(element.tag in KNOWN or element.tag.startswith(SVG) for element in root.iter()):
        return None
    for tag in STRUCTURE:
        for element in root.iter(tag):
            _drop_space(element)
    return root


def _drop_space(element: ElementTree.Element) -> None:
    if element.text and element.text.isspace():
        element.text = None
    for child in element:
        if child.tail and child.tail.isspace():
            child.tail = None
