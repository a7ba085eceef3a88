"""What a run says: rows of one table, with the date, the commit and the machine they were measured on."""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results.md"
HEAD = ("id", "what", "measured", "beside", "ratio", "aim", "met")
VERDICTS = {True: "yes", False: "no", None: "–"}


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement; `met` is None where there is no aim."""

    id: str
    what: str
    measured: str
    beside: str = "–"
    ratio: str = "–"
    aim: str = "–"
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        return (self.id, self.what, self.measured, self.beside, self.ratio, self.aim, VERDICTS[self.met])


def at_least(identity: str, what: str, measured: str, beside: str, ratio: float, aim: float) -> Row:
    return Row(identity, what, measured, beside, f"{ratio:.2f}×", f"≥ {aim:g}×", ratio >= aim)


def at_most(identity: str, what: str, measured: str, beside: str, ratio: float, aim: float) -> Row:
    return Row(identity, what, measured, beside, f"{ratio:.2f}×", f"≤ {aim:g}×", ratio <= aim)


def machine() -> str:
    """Processor, cores, Python, and how busy the machine was: `AMD EPYC, 2 cores, Python 3.11.2, load 0.31`."""
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.2f}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def commit(root: Path) -> str:
    """The commit's short name, with a + where the work tree differs from it."""
    name, changes = (
        _git(root, *words) for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "-uno"))
    )
    return f"{name}{'+' if changes else ''}" if name else "unknown commit"


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def text_of(rows: Sequence[Row], title: str) -> str:
    """A section of Markdown: a heading, a table."""
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join([f"## {title}", "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def append(rows: Iterable[Row], started: datetime, root: Path, load: str) -> str:
    """Add this run to results.md; returns what was added."""
    text = text_of(list(rows), f"{started:%Y-%m-%d %H:%M}, commit {commit(root)}, {load}")
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(f"\n{text}" if file.tell() else f"# Results of `make bench`\n\n{text}")
    return text
