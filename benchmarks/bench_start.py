"""B8: from a fresh clone to a page that answers, and a warm start, with everything in a folder of its own.

Packages are downloaded anew (pip's cache is off); system libraries that the machine has stay.
"""

import json
import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from benchmarks.table import Row
from config.embedded import free_port

FRESH, WARM = 180.0, 5.0  # seconds
#: what `make bench` and its services put into the environment, and what would lead the clone to this folder's var/
OURS = (
    "DATABASE_URL DATABASE_OWNER_URL REDIS_URL CACHE_URL SECRET_KEY FIELD_KEYS INDEX_KEY ALLOW_HTTP VAR_DIR FILES_DIR DEBUG "
    "DJANGO_SETTINGS_MODULE PYTHONPATH VIRTUAL_ENV MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES PORT DETACH ARGS"
).split()


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="portal-start-") as folder:
        clone, port = Path(folder) / "portal", free_port()
        begin = time.perf_counter()
        run("git", "clone", "--quiet", str(settings.BASE_DIR), str(clone), folder=Path(folder))
        try:
            start(clone, port)
            yield row("fresh clone to a page that answers, no package cache", time.perf_counter() - begin, FRESH)
            run("make", "stop", folder=clone)
            begin = time.perf_counter()
            start(clone, port)
            yield row("warm start to a page that answers", time.perf_counter() - begin, WARM)
        finally:
            run("make", "stop", folder=clone)


def row(what: str, seconds: float, aim: float) -> Row:
    return Row("B8", what, f"{seconds:.1f} s", aim=f"≤ {aim:.0f} s", met=seconds <= aim)


def start(clone: Path, port: int) -> None:
    """`make demo` in the background, then the page that it names."""
    run("make", "demo", "DETACH=1", f"PORT={port}", folder=clone)
    url = json.loads((clone / "var" / "demo.json").read_text())["url"]
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as page:
        if page.status != 200:
            raise RuntimeError(f"{url} answered {page.status}")


def run(*command: str, folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in OURS} | {"PIP_NO_CACHE_DIR": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
