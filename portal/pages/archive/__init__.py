"""一人一册 on screen: one cadre's page, composed of sections."""

from typing import Any

from django.urls import reverse

from portal.pages.archive import classes, papers
from portal.pages.archive.look import Look
from portal.pages.archive.sections import sections

__all__ = ["Look", "page"]


def page(look: Look) -> dict[str, Any]:
    """What templates/portal/archive/page.html needs."""
    who, latest = look.archive.person, look.archive.latest
    return {
        "person": who,
        "lead": " · ".join(part for part in (who.unit, who.post, who.rank or who.post_level) if part),
        "sections": sections(look),
        "radar": classes.radar(latest) if latest else None,
        "papers": papers.of_cadre(look.cadre, look.sight, look.request.user),
        "award_url": reverse("portal:award_add", args=[look.cadre.pk]) if look.sight.staff else "",
        "crumbs": [{"label": "首页", "url": reverse("portal:home")}, {"label": who.name, "url": ""}],
    }
