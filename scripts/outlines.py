"""Fewer curves for the same outlines: a traced font draws a stroke with dozens of tiny arcs, and every PDF carries them.

Neighbouring curves that meet smoothly are joined into one where it stays within `TOLERANCE` of them (least squares with
the end tangents held, after Schneider, "An Algorithm for Automatically Fitting Digitized Curves", 1990). Points are
complex numbers in font units.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

TOLERANCE = 2.5  # thousandths of the em: 0.014 mm in a text of 16 points, a third of a dot at 600 dpi
CORNER = 0.94  # cosine of the angle (20°) from which on two curves meet in a corner
SAMPLES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Curve:
    """A cubic Bézier; a straight one remembers it, so that it is written as a line."""

    start: complex
    first: complex
    second: complex
    end: complex
    straight: bool = False

    def at(self, t: float) -> complex:
        s = 1 - t
        return s * s * s * self.start + 3 * s * s * t * self.first + 3 * s * t * t * self.second + t * t * t * self.end

    @property
    def leaves(self) -> complex:
        return _unit(next((p - self.start for p in (self.first, self.second, self.end) if p != self.start), 0j))

    @property
    def arrives(self) -> complex:
        return _unit(next((self.end - p for p in (self.second, self.first, self.start) if p != self.end), 0j))


def _unit(vector: complex) -> complex:
    return vector / abs(vector) if vector else 0j


def _dot(a: complex, b: complex) -> float:
    return a.real * b.real + a.imag * b.imag


def line(start: complex, end: complex) -> Curve:
    return Curve(start, start + (end - start) / 3, end - (end - start) / 3, end, straight=True)


def contours(draw: Callable[[RecordingPen], None]) -> list[list[Curve]]:
    """What a glyph draws, as closed rings of curves."""
    pen = RecordingPen()
    draw(pen)
    rings: list[list[Curve]] = []
    here = start = 0j
    for command, points in pen.value:
        places = [complex(*point) for point in points]
        if command == "moveTo":
            here = start = places[0]
            rings.append([])
        elif command == "lineTo" and places[0] != here:
            rings[-1].append(line(here, places[0]))
            here = places[0]
        elif command == "curveTo":
            first, second, end = places
            rings[-1].append(Curve(here, first, second, end))
            here = end
        elif command == "closePath" and here != start:
            rings[-1].append(line(here, start))
    return [ring for ring in rings if ring]


def smooth_runs(ring: list[Curve]) -> list[list[Curve]]:
    """The ring cut at its corners; one without a corner is cut where it begins."""
    corners = [i for i, curve in enumerate(ring) if _dot(ring[i - 1].arrives, curve.leaves) < CORNER] or [0]
    turned = ring[corners[0] :] + ring[: corners[0]]
    cuts = [corner - corners[0] for corner in corners] + [len(ring)]
    return [turned[low:high] for low, high in pairwise(cuts)]


def join(run: list[Curve]) -> list[Curve]:
    """As few curves as follow the run: each takes in as many of the next ones as it can."""
    joined, begin = [], 0
    while begin < len(run):
        best, end = run[begin], begin + 1
        while end < len(run) and (fitted := fit(run[begin : end + 1])):
            best, end = fitted, end + 1
        joined.append(best)
        begin = end
    return joined


def fit(curves: list[Curve]) -> Curve | None:
    """One curve for several, None if it would stray from them."""
    points = [curves[0].start, *(curve.at(t) for curve in curves for t in SAMPLES)]
    lengths = [0.0]
    for before, after in pairwise(points):
        lengths.append(lengths[-1] + abs(after - before))
    if not lengths[-1]:
        return None
    places = [length / lengths[-1] for length in lengths]
    for _ in range(3):
        curve = _least_squares(points, places, curves[0].leaves, curves[-1].arrives)
        if curve is None:
            return None
        if max(abs(curve.at(t) - point) for t, point in zip(places, points, strict=True)) <= TOLERANCE:
            return curve
        places = [_nearer(curve, t, point) for t, point in zip(places, points, strict=True)]
    return None


def _least_squares(points: list[complex], places: list[float], leaves: complex, arrives: complex) -> Curve | None:
    """The cubic through both ends with the given tangents that lies nearest to the points at their places."""
    start, end = points[0], points[-1]
    c00 = c01 = c11 = x0 = x1 = 0.0
    for t, point in zip(places, points, strict=True):
        s = 1 - t
        b1, b2 = 3 * s * s * t, 3 * s * t * t
        a0, a1 = leaves * b1, -arrives * b2
        rest = point - (start * (s * s * s + b1) + end * (b2 + t * t * t))
        c00, c01, c11 = c00 + _dot(a0, a0), c01 + _dot(a0, a1), c11 + _dot(a1, a1)
        x0, x1 = x0 + _dot(a0, rest), x1 + _dot(a1, rest)
    determinant = c00 * c11 - c01 * c01
    if abs(determinant) < 1e-9:
        return None
    first, second = (x0 * c11 - x1 * c01) / determinant, (c00 * x1 - c01 * x0) / determinant
    reach = 2 * abs(end - start)
    if not (0 < first < reach and 0 < second < reach):
        return None
    return Curve(start, start + leaves * first, end - arrives * second, end)


def _nearer(curve: Curve, t: float, point: complex) -> float:
    """One Newton step towards the place on the curve that is nearest to the point."""
    s = 1 - t
    first = 3 * (
        s * s * (curve.first - curve.start)
        + 2 * s * t * (curve.second - curve.first)
        + t * t * (curve.end - curve.second)
    )
    second = 6 * (s * (curve.second - 2 * curve.first + curve.start) + t * (curve.end - 2 * curve.second + curve.first))
    away = curve.at(t) - point
    slope = _dot(first, first) + _dot(away, second)
    return min(1.0, max(0.0, t - _dot(away, first) / slope)) if slope else t


def simplify(font: TTFont) -> None:
    """Redraw every glyph of a CFF font with as few curves as follow it; advances stay."""
    glyphs = font.getGlyphSet()
    strings = font["CFF "].cff.topDictIndex[0].CharStrings
    for name in font.getGlyphOrder():
        old = strings[name]
        advance = font["hmtx"][name][0]
        private = old.private
        pen = T2CharStringPen(None if advance == private.defaultWidthX else advance - private.nominalWidthX, glyphs)
        for ring in contours(glyphs[name].draw):
            _draw([curve for run in smooth_runs(ring) for curve in join(run)], pen)
        new = pen.getCharString(private, old.globalSubrs)
        new.fdSelectIndex = getattr(old, "fdSelectIndex", None)
        strings.charStringsIndex[strings.charStrings[name]] = new


def _draw(ring: list[Curve], pen: T2CharStringPen) -> None:
    pen.moveTo(_pair(ring[0].start))
    for curve in ring:
        if curve.straight:
            pen.lineTo(_pair(curve.end))
        else:
            pen.curveTo(_pair(curve.first), _pair(curve.second), _pair(curve.end))
    pen.closePath()


def _pair(point: complex) -> tuple[float, float]:
    return point.real, point.imag
