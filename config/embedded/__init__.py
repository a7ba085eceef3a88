"""PostgreSQL and Valkey without installing anything: found, initialised, started and stopped, all inside var/.

    environment = attach()          # starts what is not running and not given by the environment
    os.environ.update(environment)

Whoever attaches holds a shared lock on var/services.lock; the last one to leave stops the servers. A process that
was killed has left: its lock went with it, and the next one to come and go stops the servers.
"""

import atexit
import contextlib
import fcntl
import json
import os
import random
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.embedded.postgres import Postgres
from config.embedded.process import Server, ServiceError, locked, may_search
from config.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent.parent
PORTS = range(15_000, 32_000)  # below the range from which systems take ports for outgoing connections
TRIES = 5

__all__ = ["Server", "ServiceError", "attach", "give_back", "release", "stop_unused", "var_dir"]

_leases: list[tuple[int, Path, int]] = []  # (pid that took it, var folder, descriptor of its lock)


def var_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of everything that changes at run time: VAR_DIR, or var/ beside manage.py."""
    return Path(environ.get("VAR_DIR") or ROOT / "var").resolve()


def attach(
    folder: Path | None = None, *, environ: Mapping[str, str] = os.environ, release_at_exit: bool = True
) -> dict[str, str]:
    """Start what is needed, hold it, and say how to reach it.

    Returns the variables that `environ` lacks: DATABASE_URL and DATABASE_OWNER_URL, REDIS_URL and CACHE_URL, and with
    an embedded database the secrets of var/secrets.env. Raises ServiceError.
    """
    kinds = [kind for kind, name in ((Postgres, "DATABASE_URL"), (Valkey, "REDIS_URL")) if not environ.get(name)]
    if not kinds:
        return {}
    var = folder or var_dir(environ)
    prepare(var)
    with locked(var / "run" / "start.lock"):
        take_lease(var)
    if release_at_exit:
        atexit.register(release)
    try:
        found = start_all(kinds, var, durable=is_durable(var, environ))
    except BaseException:
        give_back()
        raise
    return {name: value for name, value in found.items() if not environ.get(name)}


def is_durable(var: Path, environ: Mapping[str, str]) -> bool:
    """Whether its database waits for the disk: not with DURABLE=0, but always in var/ beside manage.py, where a portal lives."""
    return environ.get("DURABLE") != "0" or var.resolve() == ROOT / "var"


def start_all(kinds: list[type[Postgres] | type[Valkey]], var: Path, *, durable: bool) -> dict[str, str]:
    """One at a time over all processes: whoever comes second finds them running."""
    found: dict[str, str] = {}
    with locked(var / "run" / "start.lock"):
        for kind in kinds:
            found |= ensure(kind, var, durable=durable)
        if Postgres in kinds:
            found |= application_secrets(var)
    return found


def release() -> None:
    """Give back what this process holds; the last one out stops the servers."""
    while _leases:
        give_back()


def give_back() -> None:
    """Give back the latest lease."""
    pid, var, descriptor = _leases.pop()
    if pid == os.getpid():  # a forked child holds copies of its parent's leases, not leases of its own
        os.close(descriptor)
        stop_unused(var)


def stop_unused(var: Path) -> bool:
    """Stop the servers if nobody holds them; tells whether they are stopped now."""
    if not (var / "services.lock").exists():
        return True
    with locked(var / "run" / "start.lock"), locked(var / "services.lock", wait=False) as alone:
        if alone is None:
            return False
        for kind in (Valkey, Postgres):
            kind(var, {}).stop()
    return True


def prepare(var: Path) -> None:
    """The folders; only their owner enters var/, unless the servers' user could not reach its own folder then."""
    open_way = os.geteuid() == 0 and not may_search()
    try:
        var.parent.mkdir(parents=True, exist_ok=True)
        var.mkdir(mode=0o711 if open_way else 0o700, exist_ok=True)
        for path in (var / "run", var / "log"):
            path.mkdir(mode=0o700, exist_ok=True)
    except PermissionError as error:
        raise ServiceError(f"无法写入 {var}：请用当初启动门户的用户运行，或另设 VAR_DIR") from error
    if not os.access(var / "run", os.W_OK):
        raise ServiceError(f"{var} 属于另一个用户，请用当初启动门户的用户运行，或另设 VAR_DIR")


def take_lease(var: Path) -> None:
    descriptor = os.open(var / "services.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _leases.append((os.getpid(), var, descriptor))


def ensure(kind: type[Postgres] | type[Valkey], var: Path, *, durable: bool = True) -> dict[str, str]:
    """The addresses of a running server; starts it, on another port if the kept one has been taken meanwhile."""
    kept = remembered(var)[kind.__name__.lower()]
    service = kind(var, kept["passwords"], durable=durable)
    port: int = kept["port"]
    if service.server.alive() and service.server.wait_until(lambda: service.ready(port), service.start_seconds):
        return service.urls(port)
    for _ in range(TRIES):
        port = port if is_free(port) else free_port()
        remember_port(var, kind.__name__.lower(), port)
        if service.start(port):
            return service.urls(port)
    raise ServiceError(f"{service.server.title}启动失败：\n{service.server.last_words()}")


def remembered(var: Path) -> dict[str, Any]:
    """Ports and passwords of both servers, made at the first start (var/services.json, for its owner only)."""
    path = var / "services.json"
    if not path.exists():
        users = {"postgres": ("postgres", "portal_owner", "portal_app"), "valkey": ("admin", "portal")}
        write_private(path, json.dumps({name: new_service(roles) for name, roles in users.items()}, indent=1))
    contents: dict[str, Any] = json.loads(path.read_text())
    return contents


def new_service(users: tuple[str, ...]) -> dict[str, Any]:
    return {"port": free_port(), "passwords": {user: secrets.token_hex(24) for user in users}}


def remember_port(var: Path, name: str, port: int) -> None:
    contents = remembered(var)
    if contents[name]["port"] != port:
        contents[name]["port"] = port
        write_private(var / "services.json", json.dumps(contents, indent=1))


def application_secrets(var: Path) -> dict[str, str]:
    """The keys of an installation that was given none, made once; and leave to speak http on this machine."""
    path = var / "secrets.env"
    lines = path.read_text().splitlines() if path.exists() else []
    kept = dict(line.split("=", 1) for line in lines if "=" in line)
    made = new_secrets() | kept
    if made != kept:  # the first start, or a version that knows another key
        write_private(path, "".join(f"{name}={value}\n" for name, value in made.items()))
    return {"ALLOW_HTTP": "1"} | made


def new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"k1:{secrets.token_hex(16)}",
        "INDEX_KEY": secrets.token_hex(32),
        "AUDIT_KEY": secrets.token_hex(32),
    }


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only."""
    staging = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        staging.unlink()
    with os.fdopen(os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staging.replace(path)


def free_port() -> int:
    """A port on which nothing listens."""
    return next(port for port in random.sample(PORTS, 200) if is_free(port))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False
