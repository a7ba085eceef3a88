"""What the kernel knows of this process, its database session, and a worker's child processes."""

import os
import time
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def resident(worker: int) -> float:
    """MB that the worker's largest child holds."""
    return max(_resident(child) for child in children(worker)) / 1024


def _resident(pid: int) -> int:
    """KB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def processor_time(worker: int) -> float:
    """Seconds of processor time that the worker's children have used."""
    stats = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children(worker)]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / TICKS


def waiting_time(worker: int) -> float:
    """Seconds that the worker's children were ready to run while others had the processors: no work of theirs."""
    stats = [Path(f"/proc/{child}/schedstat").read_text().split() for child in children(worker)]
    return sum(int(fields[1]) for fields in stats) / 1e9


def busy() -> float:
    """Seconds of a processor that this process and its database session have used: a busy machine counts less."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / TICKS


def memory(which: str) -> float:
    """What this process holds (VmRSS) or has held at most (VmHWM), in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{which}:")) / 1024


def forget_peak() -> None:
    """From here on the most memory is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
