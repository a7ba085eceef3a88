"""The set-up script: idempotent, quick when done, and plain-spoken when it may not install."""

import importlib.util
import os
import re
import subprocess
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_second_run_changes_nothing_and_takes_no_time() -> None:
    command = ["sh", str(ROOT / "scripts" / "setup.sh"), "run"]
    subprocess.run(command, check=True, capture_output=True)
    before = {path.name: path.stat().st_mtime_ns for path in (ROOT / ".venv" / "stamps").iterdir()}
    started = time.monotonic()
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    assert time.monotonic() - started < 5
    assert done.stdout == done.stderr == ""
    assert {path.name: path.stat().st_mtime_ns for path in (ROOT / ".venv" / "stamps").iterdir()} == before


def test_what_may_not_be_installed_is_named_with_its_command(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "administrator", lambda: None)
    with pytest.raises(SystemExit, match=r"sudo apt-get update && sudo apt-get install -y .*libpango-1\.0-0"):
        setup.install_system_packages(["libpango-1.0-0"])


def test_libraries_are_looked_for_by_name(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.ctypes.util, "find_library", lambda name: None if "harfbuzz" in name else "found")
    assert setup.missing_system_packages("run") == ["libharfbuzz-subset0"]


def stamps(folder: Path) -> Path:
    (folder / "stamps").mkdir()
    return folder / "stamps"


def test_a_changed_lock_is_installed_again(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a pip that only notes that it was called."""
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "STAMPS", stamps(tmp_path))
    monkeypatch.setattr(setup, "PYTHON", "/bin/true")
    said: list[str] = []
    monkeypatch.setattr(setup, "say", said.append)
    for contents in ("one==1", "one==1", "one==2"):
        (tmp_path / "requirements.txt").write_text(contents)
        setup.install_lock("requirements.txt")
    assert said == ["正在安装 requirements.txt"] * 2


@pytest.mark.parametrize(("servers", "stops"), [(True, False), (False, True)])
def test_the_service_wheels_are_dispensable_where_the_system_has_servers(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, servers: bool, stops: bool
) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "STAMPS", stamps(tmp_path))
    monkeypatch.setattr(setup, "PYTHON", "/bin/false")
    monkeypatch.setattr(setup, "system_servers", lambda: servers)
    (tmp_path / setup.OPTIONAL).write_text("nothing==0")
    try:
        setup.install_lock(setup.OPTIONAL)
        stopped = False
    except SystemExit:
        stopped = True
    assert stopped is stops


def test_no_committed_file_of_the_set_up_names_a_package_host() -> None:
    names = ["requirements.txt", "requirements-dev.txt", "requirements-services.txt", "Makefile", "Dockerfile",
             "docker-compose.yml", "scripts/setup.py", "scripts/setup.sh"]  # fmt: skip
    forbidden = ("pypi.org", "pythonhosted", "debian.org", "npmjs", "docker.io", "ghcr.io", "quay.io")
    found = [(name, host) for name in names for host in forbidden if host in (ROOT / name).read_text()]
    assert found == []


def test_the_integration_run_is_the_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


def test_every_variable_that_is_read_is_explained() -> None:
    """By name: what config/ reads from the environment, and what docker-compose.yml is filled in with."""
    read = r"""(?:env\.\w+|required|environ\.get)\(\s*["']([A-Z][A-Z_]+)["']"""
    names = {name for path in (ROOT / "config").rglob("*.py") for name in re.findall(read, path.read_text())}
    names |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    explained = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert names - explained - {"HOME"} == set()
