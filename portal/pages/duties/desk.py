"""What the first pages say of learning: the department's desk who is falling behind, a leader's home how many are trained."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from organization.models import Account
from portal.pages import words
from portal.pages.duties.attainment import Board, board, chart, people_url, percent
from portal.pages.duties.look import look
from trainees.models import Cadre

UNKNOWN = "层次待核"


def whole(request: HttpRequest, user: Account) -> Board:
    """This year, everybody the account comes to, whatever the page's own filters are."""
    return board(look(request, user, plain=True))


def attained(found: Board) -> dict[str, object]:
    """The share of those who have met all that falls due this year."""
    every = found.total.tally()
    year = found.look.view.year
    return words.figure(
        f"{year}年学习达标率", percent(every.share), "", f"{every.met} / {every.asked} 人", reverse("portal:duties")
    )


def trained(found: Board) -> dict[str, object]:
    every = found.total.tally()
    note = f"{every.trained} / {every.people} 人有学时"
    return words.figure("参训覆盖率", percent(every.coverage), "", note, people_url(found.look))


def waits(found: Board) -> list[tuple[str, int, str, str]]:
    """(icon, number, words, address) of who is falling behind: units under what is asked, people who were missed."""
    every, behind = found.total.tally(), [line for line in found.lines if line.unit and line.tally().warned]
    by_warned = f"{reverse('portal:duties')}?{urlencode({'sort': '-warned'})}"
    return [
        ("target", len(behind), "个单位有干部可能完不成年度学习任务", by_warned),
        ("users", every.warned, "名干部学习预警", people_url(found.look, only="warned")),
        ("flag", every.promoted, "名新提任干部未补训", people_url(found.look, only="promoted")),
    ]


def charts(found: Board) -> list[dict[str, Any]]:
    """Coverage by level, and units by the share of their people who have attained."""
    drawn = [_by_level(found), chart(found, "chart-attainment")]
    return [one for one in drawn if one]


def _by_level(found: Board) -> dict[str, Any] | None:
    """Who has learned anything, and who has attained, in per cent of each level's people."""
    levels = {Cadre.Band(band).label if band else UNKNOWN: tally for band, tally in sorted(found.bands.items())}
    if not levels:
        return None
    shown = {name: (tally.coverage or Decimal(0), tally.share or Decimal(0)) for name, tally in levels.items()}
    return {
        "id": "chart-levels",
        "kind": "bars",
        "title": "各层次参训覆盖率和达标率",
        "data": {
            "categories": list(shown),
            "series": [
                {"name": "参训覆盖率", "values": [float(covered) for covered, _ in shown.values()]},
                {"name": "达标率", "values": [float(met) for _, met in shown.values()]},
            ],
            "unit": "%",
        },
        "table": {
            "head": ["层次", "参训覆盖率（%）", "达标率（%）"],
            "rows": [[name, float(covered), float(met)] for name, (covered, met) in shown.items()],
        },
    }
