"""How much a document may hold: a long cell or an endless table must not occupy the worker for minutes (E5, SEC-27)."""

from xml.etree.ElementTree import Element

MAX_CELL = 2_000  # characters
MAX_ROWS = 3_000
CUT = "……（以下从略）"


class DocumentTooLong(Exception):
    """More table rows than a document may have; the message is for the job's reason."""


def hold(root: Element) -> None:
    """Refuse a document of too many rows, and cut the text of every table cell after its 2,000th character."""
    rows = sum(1 for _ in root.iter("tr"))
    if rows > MAX_ROWS:
        raise DocumentTooLong(f"表格共 {rows} 行，一份文书最多 {MAX_ROWS} 行，请分开生成。")
    for tag in ("td", "th"):
        for cell in root.iter(tag):
            if sum(map(len, cell.itertext())) > MAX_CELL:
                _cut(cell, MAX_CELL)


def _cut(element: Element, left: int) -> int:
    """Cut an element's text, its children's and what stands between them; what is left of the allowance."""
    element.text, left = _take(element.text, left)
    for child in element:
        left = _cut(child, left)
        child.tail, left = _take(child.tail, left)
    return left


def _take(text: str | None, left: int) -> tuple[str | None, int]:
    """As much of a text as is allowed, marked where it is cut; −1 once the mark has been set."""
    if not text or left < 0:
        return (None, left)
    if len(text) <= left:
        return text, left - len(text)
    return text[:left] + CUT, -1
