"""`python -m benchmarks.roster_worker <service> <upload>`: one part of an import in a fresh process, measured; JSON out."""

import json
import os
import sys
import time
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

from benchmarks.processes import memory


def main(service: str, upload: str) -> None:
    django.setup()
    from django.utils.module_loading import import_string

    act = import_string(f"trainees.services.rosters.{service}")
    begin, processor = time.perf_counter(), time.process_time()
    act(UUID(upload))
    found = {
        "seconds": time.perf_counter() - begin,
        "processor": time.process_time() - processor,
        "peak": memory("VmHWM"),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
