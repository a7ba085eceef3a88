"""A server process that outlives the one that started it.

The server holds an flock on its lock file for as long as it or a child of it lives, so "is it running?" has one answer
that no reused pid, no crash and no restart of the machine can falsify. The file's text is the server's pid.
As root a server runs as an unprivileged user; it may still search folders (`dac_read_search`), because the project may
lie below a folder that only root may enter.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED_USERS = ("nobody", "daemon")
SEARCH_CAPABILITY = 2  # CAP_DAC_READ_SEARCH, linux/capability.h
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # a server need not know the portal's secrets
DEFAULT_SIGNALS = [signal.SIGPIPE, signal.SIGINT, signal.SIGHUP]
LOG_LIMIT = 10_000_000  # bytes; a longer log is put aside at the next start


class ServiceError(RuntimeError):
    """An embedded server cannot be found, started or stopped; the text says why, in Chinese."""


@dataclass(frozen=True)
class Owner:
    """Who a server runs as and who owns its folder: numeric user and group."""

    uid: int
    gid: int

    def give(self, path: Path, mode: int) -> None:
        """Make `path` (always inside var/) the owner's, with these permissions."""
        path.chmod(mode)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def command(self, *argv: str | Path) -> list[str]:
        """`argv`, run as the owner."""
        return [*self._prefix(), *map(str, argv)]

    def _prefix(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise ServiceError("以 root 运行内置数据库需要 setpriv 命令（软件包 util-linux）")
        identity = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", "--no-new-privs"]
        kept = "-all,+dac_read_search" if may_search() else "-all"
        capabilities = [f"--{kind}={kept}" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
        # initdb asks access(2) for its neighbour, and the kernel answers by the capabilities only with this bit
        secure_bits = ["--securebits=+no_setuid_fixup"] if may_search() else []
        return [setpriv, *identity, *secure_bits, *capabilities]


def may_search() -> bool:
    """Whether this process may hand on the right to search any folder (a container may have taken it from root)."""
    status = Path("/proc/self/status").read_text()
    sets = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("CapEff:", "CapBnd:"))]
    return all(capabilities >> SEARCH_CAPABILITY & 1 for capabilities in sets)


def owner_of(folder: Path) -> Owner:
    """The user that the server of `folder` runs as: its owner if it exists, else ourselves, or somebody harmless."""
    if os.geteuid() != 0:
        if folder.exists() and folder.stat().st_uid != os.geteuid():
            raise ServiceError(f"{folder} 属于另一个用户，请用当初启动门户的用户运行")
        return Owner(os.geteuid(), os.getegid())
    if folder.exists() and folder.stat().st_uid != 0:
        return Owner(folder.stat().st_uid, folder.stat().st_gid)
    return unprivileged()


def unprivileged() -> Owner:
    """An existing user without rights: initdb wants one that has a name, and none is added to the system."""
    for name in UNPRIVILEGED_USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Owner(entry.pw_uid, entry.pw_gid)
    raise ServiceError("系统没有 nobody 用户，无法以非特权身份运行内置数据库")


@contextlib.contextmanager
def locked(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[int | None]:
    """Hold an flock on `path`; yields its file descriptor, or None when somebody else has it and `wait` is off."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor if lock(descriptor, shared=shared, wait=wait) else None
    finally:
        os.close(descriptor)


def lock(descriptor: int, *, shared: bool, wait: bool) -> bool:
    """Take the flock; False when somebody else has it and `wait` is off."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True)
class Server:
    """One server by its lock file and its log."""

    title: str
    lock: Path
    log: Path

    def alive(self) -> bool:
        if not self.lock.exists():
            return False
        with locked(self.lock, shared=True, wait=False) as descriptor:  # shared: two who look do not meet
            return descriptor is None

    def pid(self) -> int | None:
        """The server's pid, only while it lives."""
        if not self.alive():
            return None
        return int(self.lock.read_text() or 0) or None

    def spawn(self, argv: list[str], environment: Mapping[str, str] = ENVIRONMENT) -> int:
        """Start `argv` in a session of its own (Ctrl-C does not reach it), its output appended to the log; its pid."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with locked(self.lock) as descriptor:
            assert descriptor is not None  # noqa: S101 (it waits: only for one who looks whether we live)
            os.set_inheritable(descriptor, True)
            actions = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ]
            pid = os.posix_spawn(
                argv[0], argv, environment, file_actions=actions, setsid=True, setsigmask=[], setsigdef=DEFAULT_SIGNALS
            )
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(pid).encode())
            return pid

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """True once `ready`; False when the server ended before; an error after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if ready():
                return True
            if not self.alive():
                return False
            time.sleep(0.02)
        raise ServiceError(f"{self.title}在 {seconds:.0f} 秒内没有就绪：\n{self.last_words()}")

    def stop(self, signals: Sequence[int], seconds: float) -> None:
        """Send each signal in turn and give the server `seconds` after each one to end with all its children."""
        for number in signals:
            pid = self.pid()
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if self._ended(seconds):
                reap(pid)
        if self.alive():
            raise ServiceError(f"{self.title}无法停止，请查看 {self.log}")

    def _ended(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def last_words(self) -> str:
        """The end of the log, for an error message."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


def reap(pid: int) -> None:
    """Take leave of an ended server, if it was started by this very process."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
