"""Makes a fresh machine ready, and sees in an instant that it is: `.venv`, packages by locked hash, system libraries.

`setup.py run` for the portal itself, `setup.py test` for the checks and tests too. Uses nothing but the standard
library. What may not be installed is named with the exact command, in Chinese, and the set-up stops.
"""

import ctypes.util
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"

LOCKS = {"run": ["requirements.txt", "requirements-services.txt"]}
LOCKS["test"] = [*LOCKS["run"], "requirements-dev.txt"]
OPTIONAL = "requirements-services.txt"
# Debian package → the library it brings (QUALITY.md: WeasyPrint's only system libraries)
LIBRARIES = {
    "libpango-1.0-0": "pango-1.0",
    "libpangoft2-1.0-0": "pangoft2-1.0",
    "libharfbuzz-subset0": "harfbuzz-subset",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(kind: str) -> None:
    if is_done(kind):
        return
    with (ROOT / "requirements.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second `make` waits here, and then finds everything done
        if not is_done(kind):
            make_ready(kind)


def make_ready(kind: str) -> None:
    install_system_packages(missing_system_packages(kind))
    make_venv()
    STAMPS.mkdir(exist_ok=True)
    for name in LOCKS[kind]:
        install_lock(name)
    compile_packages()
    (STAMPS / kind).write_text(fingerprint(kind))


def is_done(kind: str) -> bool:
    """By the stamp of an earlier run: same locks, same interpreter, system libraries still found by their path."""
    stamp = STAMPS / kind
    browser = kind != "test" or browser_found()
    return PYTHON.exists() and browser and stamp.exists() and stamp.read_text() == fingerprint(kind)


def fingerprint(kind: str) -> str:
    return "\n".join([str(PYTHON.resolve()), *(digest(name) for name in LOCKS[kind])])


def digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def browser_found() -> bool:
    return any(shutil.which(name) for name in BROWSERS)


def missing_system_packages(kind: str) -> list[str]:
    missing = [package for package, library in LIBRARIES.items() if not ctypes.util.find_library(library)]
    return missing + (["chromium"] if kind == "test" and not browser_found() else [])


def install_system_packages(packages: list[str]) -> None:
    """With apt-get as root or by a sudo that asks nothing; else say what to type, and stop."""
    if not packages:
        return
    prefix = administrator()
    if prefix is None or not shutil.which("apt-get"):
        command = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"
        sys.exit(f"缺少系统组件，请由管理员执行下面的命令，然后重试：\n\n  {command}\n")
    say(f"正在安装系统组件：{' '.join(packages)}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    quiet([*apt, "update"])
    quiet([*apt, "install", "-y", "--no-install-recommends", *packages])


def administrator() -> list[str] | None:
    """What to put before a command to run it as root; None when that is not allowed."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode:
        return ["sudo", "-n"]
    return None


def make_venv() -> None:
    """`.venv` with pip; remade when its Python is gone (the folder was copied, the system upgraded)."""
    if (VENV / "pyvenv.cfg").exists() and runs([PYTHON, "-m", "pip", "--version"]):
        return
    say("正在建立 Python 环境（.venv）")
    if not venv_works():
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        install_system_packages([f"{version}-venv"])
        if not venv_works():
            sys.exit(f"无法建立 Python 环境，请安装软件包 {version}-venv 后重试")


def venv_works() -> bool:
    interpreter = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = interpreter if interpreter.exists() else Path(sys.executable)
    return runs([base, "-m", "venv", "--clear", VENV]) and runs([PYTHON, "-m", "pip", "--version"])


def install_lock(name: str) -> None:
    """Install one lock file by its hashes, unless its stamp says so already."""
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == digest(name):
        return
    say(f"正在安装 {name}")
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", "--no-compile"]
    done = subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(ROOT / name)], check=False)
    if done.returncode and not (name == OPTIONAL and system_servers()):
        sys.exit(f"安装 {name} 失败：请检查网络或软件包镜像（PIP_INDEX_URL），然后重试")
    if done.returncode:
        say("内置数据库的安装包无法安装，改用系统已有的 PostgreSQL 和 Redis")
    stamp.write_text(digest(name))


def compile_packages() -> None:
    """Bytecode of what is new, on all cores: where the environment forbids Python to keep it, nothing else would."""
    quiet([str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(VENV / "lib")], fatal=False)


def system_servers() -> bool:
    """Whether the system has a PostgreSQL and a Redis or Valkey of its own."""
    postgres = [*Path("/usr/lib/postgresql").glob("*/bin/postgres"), *Path("/usr").glob("pgsql-*/bin/postgres")]
    return bool(postgres or shutil.which("postgres")) and bool(
        shutil.which("valkey-server") or shutil.which("redis-server")
    )


def runs(command: Sequence[str | Path]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def quiet(command: list[str], *, fatal: bool = True) -> None:
    """Run, and show what was said only if it failed and that matters."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and fatal:
        sys.exit(f"命令失败：{' '.join(command)}\n{done.stdout}{done.stderr}")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
