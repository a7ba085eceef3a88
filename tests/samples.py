"""The owner's sample workbooks and what must come out of them.

They lie beside the project (`../shared/data`); the project ships copies for machines that have only the project.
"""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def workbook(name: str) -> bytes:
    """`clean`, `untidy` or `faulty`."""
    return (DATA / f"class_{name}.xlsx").read_bytes()


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"class_{name}.expect.json").read_text("utf-8"))
    return found
