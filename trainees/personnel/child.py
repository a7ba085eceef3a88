"""The process that touches uploaded personnel forms: `python -m trainees.personnel.child` (core.sheets.child.serve)."""

import sys
from typing import Any

from core.sheets.child import serve
from core.sheets.limits import Limits
from trainees.personnel.parsing import parse


def form(order: dict[str, Any], data: bytes, limits: Limits) -> tuple[dict[str, Any], bytes]:
    return {"fields": parse(data, order["ending"])}, b""


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, form)
