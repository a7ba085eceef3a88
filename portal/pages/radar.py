"""The radar of a result: the trainee's blocks against the class's means, for charts.js, with the table behind it."""

from collections.abc import Iterable
from typing import Any

Block = tuple[str, float, float, float]
"""Its name, the most it gives, the trainee's points, the class's mean."""


def radar_of(title: str, blocks: Iterable[Block]) -> dict[str, Any]:
    rows = list(blocks)
    return {
        "id": "chart-radar",
        "kind": "radar",
        "title": title,
        "data": {
            "axes": [{"name": name, "max": most} for name, most, _, _ in rows],
            "series": [
                {"name": "本人", "values": [own for _, _, own, _ in rows]},
                {"name": "班级平均", "values": [mean for _, _, _, mean in rows]},
            ],
        },
        "table": {"head": ["板块", "满分", "本人", "班级平均"], "rows": rows},
    }
