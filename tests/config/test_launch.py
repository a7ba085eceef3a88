"""The supervisor and the demo command on real processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import embedded
from config.launch import demo
from config.launch.supervisor import Supervisor, end_leftovers, server

SLEEPER = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    embedded.prepare(tmp_path)
    supervisor = Supervisor(tmp_path, os.environ)
    yield supervisor
    supervisor.stop()


def sleeper(supervisor: Supervisor) -> int:
    """A process with a child of its own; its pid."""
    supervisor.start("web", [sys.executable, "-c", SLEEPER + "time.sleep(60)"])
    pid = supervisor.children[0].pid
    assert pid is not None
    return pid


def looked_at(supervisor: Supervisor) -> int | None:
    """Let the supervisor look; the pid of its only process after that."""
    supervisor.look()
    return supervisor.children[0].pid


def group(leader: int) -> list[int]:
    """The living members of a process group."""
    members = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, of = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(of) == leader and state != "Z":
                members.append(int(folder.name))
    return members


def test_a_process_that_died_is_started_again_and_its_children_are_cleared_away(supervisor: Supervisor) -> None:
    first = sleeper(supervisor)
    assert eventually(lambda: len(group(first)) == 2)
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: looked_at(supervisor) not in (None, first))
    assert eventually(lambda: group(first) == [])
    assert server(supervisor.var, "web").pid() == supervisor.children[0].pid


def test_one_that_keeps_dying_is_started_less_and_less_often(supervisor: Supervisor) -> None:
    supervisor.start("web", [sys.executable, "-c", "raise SystemExit(1)"])
    child = supervisor.children[0]
    pauses = []
    for _ in range(4):
        assert eventually(lambda: looked_at(supervisor) is None)
        pauses.append(child.pause)
        child.due = 0
        supervisor.look()
    assert pauses == [1, 2, 4, 8]


def test_stop_ends_what_was_started_and_nothing_else(supervisor: Supervisor) -> None:
    pid = sleeper(supervisor)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        assert eventually(lambda: len(group(pid)) == 2)
        supervisor.stop()
        assert eventually(lambda: group(pid) == [])
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_a_killed_supervisor_left_is_found_by_its_lock(supervisor: Supervisor) -> None:
    pid = sleeper(supervisor)
    supervisor.children.clear()  # as if it had never been ours
    end_leftovers(supervisor.var, ["web", "worker"])
    assert eventually(lambda: group(pid) == [])


def test_a_taken_port_is_said_in_chinese() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"端口 {port} 已被占用.*PORT={port + 1}"):
            demo.check_port(port)


def test_address_and_accounts_stand_in_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = {"role": "学员", "username": "xueyuan", "password": "secret words"}
    (tmp_path / "demo.json").write_text(json.dumps({"accounts": [account]}))
    demo.announce(tmp_path, "http://127.0.0.1:8000")
    assert json.loads((tmp_path / "demo.json").read_text()) == {
        "url": "http://127.0.0.1:8000", "accounts": [account],
    }  # fmt: skip
    assert "  学员                xueyuan             secret words\n" in capsys.readouterr().out


def launch(var: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {"VAR_DIR": str(var), "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DURABLE": "0"}
    command = [sys.executable, "-m", "config.launch", *arguments]
    return subprocess.run(command, cwd=demo.ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.worker
def test_demo_in_the_background_answers_and_stops_without_a_trace(tmp_path: Path) -> None:
    port = embedded.free_port()
    started = launch(tmp_path, "demo", "--detach", f"--port={port}")
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        assert f"门户已就绪：http://127.0.0.1:{port}" in started.stdout
        assert json.loads((tmp_path / "demo.json").read_text())["url"] == f"http://127.0.0.1:{port}"
        assert demo.answer(f"http://127.0.0.1:{port}/") == 200
        pids = [server(tmp_path, name).pid() for name in demo.PROCESSES]
        assert None not in pids
    finally:
        stopped = launch(tmp_path, "stop")
    assert stopped.stdout == "门户已停止。\n"
    assert [pid for pid in pids if pid and group(pid)] == []
    assert not any(server(tmp_path, name).alive() for name in ("postgres", "valkey", *demo.PROCESSES))
    assert embedded.is_free(port)


def test_stop_without_a_demo_says_so(tmp_path: Path) -> None:
    assert launch(tmp_path / "var", "stop").stdout == "没有在运行的示范门户。\n"
