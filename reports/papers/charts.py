"""Geometry of the charts in documents: pure functions from figures to points, drawn by templates/papers/charts/*.svg.

Coordinates are millimetres with the origin at the top left. Colours are classes in the stylesheet, the same as on pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

RADAR_RADIUS = 25.0
RADAR_CENTRE = (46.0, 37.0)
RINGS = (0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Axis:
    """One axis of a radar: shares of the maximum between 0 and 1, None where nothing was assessed."""

    label: str
    note: str
    own: float | None
    mean: float | None


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    anchor: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Radar:
    """Polygons as SVG `points`."""

    rings: tuple[str, ...]
    spokes: tuple[tuple[float, float], ...]
    own: str
    mean: str
    dots: tuple[tuple[float, float], ...]
    labels: tuple[Label, ...]
    centre: tuple[float, float] = RADAR_CENTRE


def _at(index: int, count: int, share: float) -> tuple[float, float]:
    """A point on an axis; the first points up, the others follow clockwise."""
    angle = 2 * pi * index / count - pi / 2
    x, y = RADAR_CENTRE
    return round(x + RADAR_RADIUS * share * cos(angle), 2), round(y + RADAR_RADIUS * share * sin(angle), 2)


def _polygon(shares: Sequence[float]) -> str:
    corners = (_at(index, len(shares), share) for index, share in enumerate(shares))
    return " ".join(f"{x},{y}" for x, y in corners)


def _label(index: int, count: int, axis: Axis) -> Label:
    x, y = _at(index, count, 1.09)
    sideways = x - RADAR_CENTRE[0]
    anchor = "middle" if abs(sideways) < 1 else "start" if sideways > 0 else "end"
    lift = -3.2 if y < RADAR_CENTRE[1] - 1 else 2.6 if y > RADAR_CENTRE[1] + 1 else -0.6
    return Label(x, round(y + lift, 2), anchor, axis.label, axis.note)


def radar(axes: Sequence[Axis]) -> Radar:
    """A radar of at least three axes; what was not assessed is drawn at the centre and has no dot."""
    count = len(axes)
    bounded = [min(max(axis.own or 0.0, 0.0), 1.0) for axis in axes]
    means = [min(max(axis.mean or 0.0, 0.0), 1.0) for axis in axes]
    return Radar(
        rings=tuple(_polygon([share] * count) for share in RINGS),
        spokes=tuple(_at(index, count, 1.0) for index in range(count)),
        own=_polygon(bounded),
        mean=_polygon(means),
        dots=tuple(_at(index, count, bounded[index]) for index, axis in enumerate(axes) if axis.own is not None),
        labels=tuple(_label(index, count, axis) for index, axis in enumerate(axes)),
    )


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    count: int
    style: str  # own, mean

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Columns:
    """Columns over named classes; `ticks` are (y, count) of the vertical scale."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, int], ...]
    labels: tuple[Label, ...]
    width: float
    height: float


PLOT_LEFT, PLOT_TOP, PLOT_BOTTOM = 9.0, 5.0, 6.0


def columns(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], *, width: float = 156.0, height: float = 48.0
) -> Columns:
    """Columns side by side: `series` are (style, one count a label)."""
    top = max([1, *(count for _, counts in series for count in counts)])
    step = _round_step(top)
    ceiling = step * -(-top // step)
    tall = height - PLOT_TOP - PLOT_BOTTOM
    slot = (width - PLOT_LEFT) / max(1, len(labels))
    bar = slot * 0.72 / len(series)
    bars = []
    for place, (style, counts) in enumerate(series):
        for index, count in enumerate(counts):
            x, rise = PLOT_LEFT + slot * (index + 0.14) + bar * place, tall * count / ceiling
            bars.append(Bar(round(x, 2), round(PLOT_TOP + tall - rise, 2), round(bar, 2), round(rise, 2), count, style))
    ticks = tuple((round(PLOT_TOP + tall - tall * value / ceiling, 2), value) for value in range(0, ceiling + 1, step))
    named = (
        Label(round(PLOT_LEFT + slot * (i + 0.5), 2), height - 1.4, "middle", text) for i, text in enumerate(labels)
    )
    return Columns(tuple(bars), ticks, tuple(named), width, height)


def _round_step(top: int) -> int:
    """A step of 1, 2, 5, 10, 20, … that gives at most five lines."""
    step = 1
    while top > step * 5:
        step = step * 2 if str(step)[0] != "2" else step * 5 // 2
    return step
