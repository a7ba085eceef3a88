"""What every official document (GB/T 9704) has: the head's size, the signature, the QR code."""

from collections.abc import Sequence
from typing import Any

from core.pdf.codes import qr_code
from reports.papers.facts import Issue
from reports.papers.wording import day

TYPE_AREA = 442.2  # points: 156 mm
PITCH = 15.79  # points from one character to the next
SEAL_SIZE = 119.06  # points: 42 mm
SEAL_INDENT = 4  # characters at the right of a date under a seal


def head_size(name: str, largest: float) -> float:
    """Points of the red head, so that the name of the office stays on one line inside the type area."""
    return round(min(largest, TYPE_AREA / max(1, len(name)) / 1.02), 2)


def _width(text: str) -> float:
    """Points a line of text is wide: a digit is half as wide as an ideograph."""
    return sum(7.79 if character.isascii() else PITCH for character in text)


def signature_places(office: str, date: str) -> dict[str, float]:
    """Points from the right edge of the type area: of the date, of the office centred over it, of a seal of 42 mm.

    A name too long to be centred over the date ends at the margin.
    """
    indent = SEAL_INDENT * PITCH
    centre = indent + _width(date) / 2
    return {
        "indent": round(indent, 2),
        "name_right": round(max(0.0, centre - _width(office) / 2), 2),
        "seal_right": round(centre - SEAL_SIZE / 2, 2),
    }


def attachment_lines(names: Sequence[str]) -> list[str]:
    """附件：1.甲 / 2.乙; a single one has no number."""
    if len(names) == 1:
        return [f"附件：{names[0]}"]
    return [f"{'附件：' if number == 1 else ''}{number}.{name}" for number, name in enumerate(names, 1)]


def official_context(issue: Issue, *, head: str, largest_head: float, attachments: Sequence[str]) -> dict[str, Any]:
    """Values that the shared fragments of official documents use."""
    date = day(issue.day)
    return {
        "issue": issue,
        "head": head,
        "head_size": head_size(head, largest_head),
        "date": date,
        "attachment_lines": attachment_lines(attachments),
        **signature_places(issue.office, date),
        "qr": None if issue.is_draft or not issue.check_url else qr_code(issue.check_url),
    }
