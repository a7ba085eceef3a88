"""`python -m benchmarks [b1 import b3 b8 …]` with the services up: measures, prints a table, appends it to results.md."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

from benchmarks import table

#: name on the command line → module whose `rows()` measures it; in the order of a whole run
BENCHMARKS = {
    "b1": "benchmarks.bench_documents",
    "b2": "benchmarks.bench_roster",
    "import": "benchmarks.bench_import",
    "b3": "benchmarks.bench_scoring",
    "b5": "benchmarks.bench_check_in",
    "b7": "benchmarks.bench_ledger",
    "posting": "benchmarks.bench_posting",
    "marks": "benchmarks.bench_attendance",
    "duties": "benchmarks.bench_duties",
    "recognition": "benchmarks.bench_recognition",
    "b8": "benchmarks.bench_start",
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name.lower() not in BENCHMARKS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    django.setup()
    from django.conf import settings

    started, load = datetime.now().astimezone(), table.machine()
    found = [row for name in names or BENCHMARKS for row in measured(name.lower())]
    print(table.append(found, started, settings.BASE_DIR, load))
    return 0


def measured(name: str) -> list[table.Row]:
    """Rows of one benchmark, told as they come."""
    begin = time.perf_counter()
    print(f"measuring {name} …", flush=True)
    rows: Callable[[], Iterable[table.Row]] = import_module(BENCHMARKS[name]).rows
    found = []
    for row in rows():
        found.append(row)
        print("  " + " | ".join(row.cells()), flush=True)
    print(f"  {time.perf_counter() - begin:.0f} s", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
