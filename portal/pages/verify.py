"""What a QR code opens: whether a document is genuine and current. No names of trainees, no points."""

from typing import Any

from portal.pages import words
from reports.services import Genuineness


def verdict(found: Genuineness | None) -> dict[str, Any]:
    """A draft is not a document: nobody issued it."""
    if found is None:
        return {"verdict": "unknown", "document": None}
    facts = [
        words.fact("文号", found.number),
        words.fact("种类", found.kind),
        words.fact("签发机关", found.office),
        words.fact("签发日期", words.day(found.issued_on)),
    ]
    return {"verdict": found.state, "document": {"replaced_by": found.replaced_by, "void_reason": "", "facts": facts}}
