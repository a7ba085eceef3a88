"""The process that touches uploaded workbooks: `python -m core.sheets.child`, no Django, small and bounded.

Speaks on its pipes: one line of JSON ({"task": …, limits …, task's own keys}) and the file's bytes in; one line of JSON
and, for `mark`, the new file's bytes out. {"refused": [code, message]} stands for FileRefused.
"""

import dataclasses
import json
import resource
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from core.sheets.limits import Limits
from core.sheets.refusal import FileRefused

Work = Callable[[dict[str, Any], bytes, Limits], tuple[dict[str, Any], bytes]]


def serve(source: BinaryIO, target: BinaryIO, work: Work) -> None:
    """Answer one request by `work` (order, bytes, limits → answer, bytes after it), confined to the order's limits."""
    order = json.loads(source.readline())
    limits = Limits(**order["limits"])
    _confine(limits)
    data = source.read()
    try:
        answer, body = work(order, data, limits)
    except FileRefused as refusal:
        answer, body = {"refused": [refusal.code, refusal.message]}, b""
    except MemoryError:
        answer, body = {"refused": ["too_large", "文件太大，超出读取上限"]}, b""
    target.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n" + body)


def workbook(order: dict[str, Any], data: bytes, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """What is asked of workbooks: their cells, or a copy with marks."""
    if order["task"] == "mark":
        from core.sheets.marking import mark

        return {}, mark(data, order["marks"], order["summary"], limits)
    from core.sheets.parsing import parse

    return {"sheets": parse(data, limits)}, b""


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.unpacked_bytes, limits.unpacked_bytes))


def order_line(task: str, limits: Limits, **more: Any) -> bytes:
    """Return the request's first line."""
    return json.dumps({"task": task, "limits": dataclasses.asdict(limits), **more}).encode() + b"\n"


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, workbook)
