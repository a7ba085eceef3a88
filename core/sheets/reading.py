"""Reading an uploaded workbook: in a child process with bounded memory, processor time and waiting time (SEC-24)."""

import datetime
import json
import logging
import os
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.sheets import gate
from core.sheets.cells import Book, Cell, DateCell, ErrorValue, FormulaWithoutValue, Row, Sheet
from core.sheets.child import order_line
from core.sheets.limits import CLASS_WORKBOOK, Limits
from core.sheets.refusal import FileRefused

_ROOT = Path(__file__).resolve().parents[2]
log = logging.getLogger(__name__)


def read_workbook(data: bytes, limits: Limits = CLASS_WORKBOOK) -> Book:
    """Return the typed cells of a workbook.

    Raises:
        FileRefused: whatever is wrong with the file as a file; never anything else, whatever the bytes.
    """
    gate.check_kind(data, limits)
    answer, _ = ask(order_line("read", limits), data, limits)
    return from_wire(answer["sheets"])


def from_wire(sheets: list[dict[str, Any]]) -> Book:
    """Return typed cells from what `core.sheets.parsing.parse` gives."""
    return Book(tuple(_sheet(sheet) for sheet in sheets))


def ask(order: bytes, data: bytes, limits: Limits, module: str = "core.sheets.child") -> tuple[dict[str, Any], bytes]:
    """Run the child process (a module that serves, core.sheets.child) on one request; its answer and the bytes after it.

    Raises:
        FileRefused: the child's refusal, or that it ran out of memory or time.
    """
    # Nothing of the environment goes along: the child needs no secrets. `-I` would hide the project, so only its parts.
    environment = {"PATH": os.defpath, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1"}
    command = [sys.executable, "-P", "-m", module]
    # A folder of its own, gone afterwards whatever happens: openpyxl writes sheets to temporary files.
    with tempfile.TemporaryDirectory(prefix="sheets-") as folder:
        try:
            done = subprocess.run(
                command,
                input=order + data,
                capture_output=True,
                env={**environment, "TMPDIR": folder},
                timeout=limits.wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FileRefused("too_slow", "工作簿太大，读取超时") from error
    if done.returncode != 0:
        # A signal (memory, processor time) has a negative code; a positive one is a defect of ours, said in the log.
        log.error("the reader of workbooks ended with %s", done.returncode)
        raise FileRefused("too_large", "工作簿太大、行/列超过上限或已损坏，无法读取")
    head, _, body = done.stdout.partition(b"\n")
    done.stdout = b""  # a city's roster is many megabytes: nothing of it is held twice
    answer: dict[str, Any] = json.loads(head.decode("utf-8", "surrogatepass"))
    if "refused" in answer:
        raise FileRefused(*answer["refused"])
    return answer, body


def _sheet(wire: dict[str, Any]) -> Sheet:
    """Takes the rows out of `wire` as it goes, so that nothing is held twice."""
    given: list[Any] = wire.pop("rows")[::-1]
    rows = []
    while given:
        number, cells = given.pop()
        rows.append(Row(number, tuple(map(_cell, cells))))
    return Sheet(wire["name"], tuple(rows))


def _cell(wire: Any) -> Cell:
    if not isinstance(wire, list):
        return wire
    kind = wire[0]
    if kind == "n":
        return Decimal(wire[1])
    if kind == "d":
        return DateCell(datetime.date.fromisoformat(wire[1]) if wire[1] else None, Decimal(wire[2]))
    return ErrorValue(wire[1]) if kind == "e" else FormulaWithoutValue()
