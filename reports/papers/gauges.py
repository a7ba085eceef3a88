"""Gauges in documents: an arc of three quarters that fills clockwise. Pure geometry, in millimetres."""

from dataclasses import dataclass
from math import cos, pi, sin

from reports.papers.archive import DutyLine

RADIUS = 9.0
CENTRE = 12.0
SPAN = 1.5 * pi
BEGIN = 0.75 * pi


@dataclass(frozen=True, slots=True)
class Gauge:
    """Paths of the whole arc and of its filled part; no fill for nothing."""

    whole: str
    fill: str
    percent: int
    line: DutyLine

    @property
    def tone(self) -> str:
        """The colour's class."""
        return "off" if self.line.exempt else "met" if self.line.met else "open"


def gauge(line: DutyLine) -> Gauge:
    return Gauge(arc(1.0), arc(line.percent / 100) if line.percent else "", line.percent, line)


def arc(share: float) -> str:
    """An SVG path from the lower left over the top, as far as the share goes."""
    end = BEGIN + SPAN * share
    large = 1 if SPAN * share > pi else 0
    return f"M{_at(BEGIN)}A{RADIUS:g} {RADIUS:g} 0 {large} 1 {_at(end)}"


def _at(angle: float) -> str:
    return f"{CENTRE + RADIUS * cos(angle):.2f} {CENTRE + RADIUS * sin(angle):.2f}"
