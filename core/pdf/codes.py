"""QR codes as one SVG path, for documents."""

from collections.abc import Sequence
from dataclasses import dataclass

import segno


@dataclass(frozen=True)
class Square:
    """A QR code: modules a side, with the quiet zone of four, and one SVG path that is stroked one module wide."""

    side: int
    path: str


def qr_code(url: str) -> Square:
    """Error correction M: a crease or a stamp's edge may cover 15 % of it."""
    rows = [list(row) for row in segno.make_qr(url, error="m").matrix]
    runs = (f"M{x + 4} {y + 4.5}h{length}" for y, row in enumerate(rows) for x, length in _dark_runs(row))
    return Square(len(rows) + 8, "".join(runs))


def _dark_runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """(start, length) of each run of dark modules."""
    runs: list[list[int]] = []
    for x, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == x:
            runs[-1][1] += 1
        else:
            runs.append([x, 1])
    return [(start, length) for start, length in runs]
