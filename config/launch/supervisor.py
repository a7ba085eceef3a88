"""A tiny supervisor: starts the portal's processes, restarts one that died, ends exactly what it started."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import Server

TICK = 0.3  # seconds between two looks
PATIENCE = 20.0  # seconds a process may take to finish what it is doing; a job it drops is taken up again later
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a restart, doubled with each death
HEALTHY = 60.0  # seconds of life after which earlier deaths are forgotten


def server(var: Path, name: str) -> Server:
    return Server(name, var / "run" / f"{name}.lock", var / "log" / f"{name}.log")


@dataclass
class Child:
    """One process of the portal, alive or waiting for its restart."""

    server: Server
    argv: list[str]
    environment: Mapping[str, str]
    pid: int | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE / 2
    due: float = 0.0

    def start(self) -> None:
        self.pid = self.server.spawn(self.argv, self.environment)
        self.started = time.monotonic()

    def look(self) -> None:
        """Notice a death, clear away what is left of its process group, start anew when it is time."""
        if self.pid is not None and has_ended(self.pid):
            clear_away(self.pid)
            self._plan_restart()
        if self.pid is None and time.monotonic() >= self.due:
            self.start()

    def _plan_restart(self) -> None:
        now = time.monotonic()
        self.pause = FIRST_PAUSE if now - self.started > HEALTHY else min(self.pause * 2, LONGEST_PAUSE)
        self.pid, self.due = None, now + self.pause
        sys.stderr.write(f"{self.server.title} 意外退出，{self.pause:.0f} 秒后重新启动（日志：{self.server.log}）\n")


@dataclass
class Supervisor:
    """All processes of the portal; `stop` must be called, whatever happens."""

    var: Path
    environment: Mapping[str, str]
    children: list[Child] = field(default_factory=list)

    def start(self, name: str, argv: list[str]) -> None:
        child = Child(server(self.var, name), argv, self.environment)
        self.children.append(child)
        child.start()

    def look(self) -> None:
        for child in self.children:
            child.look()

    def watch(self) -> None:
        """For ever, until a signal's exception ends it."""
        while True:
            self.look()
            time.sleep(TICK)

    def stop(self) -> None:
        """Ask all at once, wait, and end the stubborn with their whole group."""
        living = [child.pid for child in reversed(self.children) if child.pid is not None]
        self.children.clear()
        for pid in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        waiting = set(living)
        while waiting and time.monotonic() < deadline:
            waiting = {pid for pid in waiting if not has_ended(pid)}
            time.sleep(0.05)
        for pid in living:
            clear_away(pid)


def end_leftovers(var: Path, names: Sequence[str]) -> None:
    """End processes whose supervisor was killed; their lock files tell them from strangers with the same pid."""
    for name in names:
        left = server(var, name)
        while (pid := left.pid()) is not None:
            end_group(pid, signal.SIGKILL)
            time.sleep(0.05)


def has_ended(pid: int) -> bool:
    """Whether our child has ended; it stays on the list of processes, so its number cannot be a stranger's yet."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def clear_away(pid: int) -> None:
    """End what is left of our child's group, then take leave of the child itself."""
    end_group(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def end_group(pid: int, number: int) -> None:
    """Signal the process group that `pid` leads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
