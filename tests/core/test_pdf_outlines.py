"""Simplified outlines (scripts/outlines.py): fewer curves, the same shape, corners kept."""

import importlib.util
import sys
from cmath import exp, pi
from itertools import pairwise
from math import tan
from types import ModuleType

import pytest

from core.pdf.coverage import FONTS


@pytest.fixture(scope="module")
def outlines() -> ModuleType:
    spec = importlib.util.spec_from_file_location("outlines", FONTS.parent.parent / "scripts" / "outlines.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["outlines"] = module
    spec.loader.exec_module(module)
    return module


def circle(outlines: ModuleType, arcs: int, radius: float = 400) -> list:
    """A circle as cubic arcs, handles of (4/3)·tan(angle/4)."""
    step = 2 * pi / arcs
    handle = 4 / 3 * tan(step / 4) * radius
    corners = [radius * exp(1j * step * index) for index in range(arcs + 1)]
    return [
        outlines.Curve(a, a + 1j * a / radius * handle, b - 1j * b / radius * handle, b) for a, b in pairwise(corners)
    ]


def test_a_circle_of_32_arcs_becomes_a_few_that_stay_on_it(outlines: ModuleType):
    runs = outlines.smooth_runs(circle(outlines, 32))
    joined = [curve for run in runs for curve in outlines.join(run)]
    assert len(joined) <= 5
    for curve in joined:
        assert all(abs(abs(curve.at(step / 20)) - 400) <= outlines.TOLERANCE for step in range(21))


def test_corners_and_straight_sides_stay(outlines: ModuleType):
    corners = [0j, 500 + 0j, 500 + 500j, 500j]
    square = [outlines.line(a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    runs = outlines.smooth_runs(square)
    assert len(runs) == 4
    assert [curve for run in runs for curve in outlines.join(run)] == square


def test_what_would_stray_is_not_joined(outlines: ModuleType):
    wave = [
        outlines.Curve(0j, 50 + 100j, 100 + 100j, 150 + 0j),
        outlines.Curve(150 + 0j, 200 - 100j, 250 - 100j, 300 + 0j),
        outlines.Curve(300 + 0j, 350 + 100j, 400 + 100j, 450 + 0j),
    ]
    assert outlines.fit(wave) is None
