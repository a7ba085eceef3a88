"""A whole installation of a drill's own: PostgreSQL, Valkey, worker, relay; all may be killed, nobody else is hurt."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config import embedded
from config.embedded.postgres import Postgres
from config.env import env

SERVICES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL")
HOLD = f"""
import json, os, sys
print(json.dumps({{name: os.environ[name] for name in {SERVICES}}}), flush=True)
sys.stdin.read()
"""
QUEUE = "drill"
WORKER = ["-m", "celery", "-A", "tests.drills.worker", "worker", "-Q", QUEUE, "-c", "2", "-l", "ERROR"]
PATIENCE = 90.0


@dataclass
class Installation:
    """`services` are the variables that lead to its servers; `processes` what was started and may still run."""

    var: Path
    services: dict[str, str]
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """A process of the portal, in a session of its own."""
        environment = {**os.environ, **self.services, "JOB_QUEUE": QUEUE, "DATABASE_POOL": "4", "LOG_LEVEL": "CRITICAL"}
        argv = [sys.executable, *command]
        process = subprocess.Popen(
            argv, cwd=settings.BASE_DIR, env=environment, start_new_session=True, stdout=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process

    def start_worker(self) -> "subprocess.Popen[bytes]":
        return self.start(*WORKER, "--without-gossip", "--without-mingle")

    def start_relay(self) -> "subprocess.Popen[bytes]":
        return self.start("manage.py", "relay")

    def end_processes(self) -> None:
        for process in self.processes:
            kill(process)
        self.processes.clear()

    def restart_postgres(self) -> None:
        kept = embedded.remembered(self.var)["postgres"]
        server = Postgres(self.var, kept["passwords"])
        server.stop()
        assert server.start(kept["port"])

    def broker(self) -> "redis.Redis":
        """The administrator of Valkey, who may do everything."""
        kept = embedded.remembered(self.var)["valkey"]
        return redis.Redis(port=kept["port"], username="admin", password=kept["passwords"]["admin"])


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9 of the process and all its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def installed(var: Path) -> Iterator[Installation]:
    """Servers in `var`, the schema in their database, and this process's connections pointed at it."""
    environment = {name: value for name, value in os.environ.items() if name not in SERVICES} | {"VAR_DIR": str(var)}
    command = [sys.executable, "-m", "config.embedded", sys.executable, "-c", HOLD]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin and holder.stdout
        installation = Installation(var, json.loads(holder.stdout.readline()))
        try:
            with connected(installation.services):
                call_command("prepare_database", verbosity=0)
                yield installation
        finally:
            installation.end_processes()
            holder.stdin.close()


@contextlib.contextmanager
def connected(services: dict[str, str]) -> Iterator[None]:
    """Let both aliases of this process use these databases for a while."""
    wanted = {"default": services["DATABASE_URL"], "owner": services["DATABASE_OWNER_URL"]}
    before = {alias: dict(connections[alias].settings_dict) for alias in wanted}
    for alias, url in wanted.items():
        point(alias, env.db_url_config(url))
    try:
        yield
    finally:
        for alias, facts in before.items():
            point(alias, facts)


def point(alias: str, facts: dict[str, Any]) -> None:
    connections[alias].close()
    for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
        connections[alias].settings_dict[key] = facts[key]


def wait_until(done: Callable[[], bool], *, seconds: float = PATIENCE, pause: float = 0.1) -> None:
    """Ask until it is so."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"nothing happened in {seconds:.0f} seconds"
        time.sleep(pause)
