"""One look at a cadre's page: whose it is, what the account sees of it, and what was gathered for it."""

from dataclasses import dataclass
from typing import Any

from portal.requests import SignedIn
from reports.gathering.archive import Sight
from reports.papers.archive_classes import Archive
from trainees.models import Cadre

Shown = dict[str, Any]
"""A section: its anchor `id`, `title`, `template`, and what the template shows."""


@dataclass(frozen=True)
class Look:
    request: SignedIn
    cadre: Cadre
    sight: Sight
    archive: Archive


def section(key: str, title: str, **shown: Any) -> Shown:
    """Its template is named after its anchor."""
    return {"id": key, "title": title, "template": f"portal/archive/_{key}.html"} | shown
