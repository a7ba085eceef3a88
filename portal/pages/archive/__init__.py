"""一人一册 on screen: one cadre's page, composed of sections."""

from typing import Any

from django.urls import reverse

from portal.pages import words
from portal.pages.archive import classes, papers
from portal.pages.archive.look import Look
from portal.pages.archive.sections import sections
from portal.rules import may_list_cadres
from portal.rules_people import may_keep_cadre

__all__ = ["Look", "page"]
BESIDE = ("duties", "person")
"""Sections beside which radar and papers stand; the others are as wide as the page."""


def page(look: Look) -> dict[str, Any]:
    """What templates/portal/archive/page.html needs."""
    who, latest, user = look.archive.person, look.archive.latest, look.request.user
    shown = sections(look)
    keeps = may_keep_cadre(user, look.cadre) is None
    return {
        "person": who,
        "lead": " · ".join(part for part in (who.unit, who.post, who.rank or who.post_level) if part),
        "sections": shown,
        "head": [one for one in shown if one["id"] in BESIDE],
        "rest": [one for one in shown if one["id"] not in BESIDE],
        "radar": classes.radar(latest) if latest else None,
        "papers": papers.of_cadre(look.cadre, look.sight, user),
        "move_url": reverse("portal:cadre_move", args=[look.cadre.pk]) if keeps else "",
        "exempt_url": reverse("portal:exemption_add", args=[look.cadre.pk]) if look.sight.staff else "",
        "award_url": reverse("portal:award_add", args=[look.cadre.pk]) if look.sight.staff else "",
        "crumbs": words.crumbs(*_above(look), (who.name, "")),
    }


def _above(look: Look) -> list[tuple[str, str]]:
    """The list of cadres, for those who have it."""
    listed = may_list_cadres(look.request.user) is None
    return [("干部", reverse("portal:cadre_list"))] if listed else []
