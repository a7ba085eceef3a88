"""`python -m benchmarks.roster_worker <service> <upload>`: one part of an import in a fresh process, measured; JSON out."""

import json
import os
import sys
import time
from pathlib import Path
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django


def main(service: str, upload: str) -> None:
    django.setup()
    from django.utils.module_loading import import_string

    act = import_string(f"trainees.services.rosters.{service}")
    begin, processor = time.perf_counter(), time.process_time()
    act(UUID(upload))
    found = {"seconds": time.perf_counter() - begin, "processor": time.process_time() - processor, "peak": peak()}
    print(json.dumps(found))


def peak() -> float:
    """The most memory this process held, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
