"""The demo: services, database, demo city, web server, worker and relay; and its end."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from config import embedded
from config.embedded.process import locked
from config.launch.stamps import database_stamp, static_stamp
from config.launch.supervisor import Supervisor, end_leftovers

ROOT = embedded.ROOT
MANAGE = [sys.executable, str(ROOT / "manage.py")]
PROCESSES = ("web", "worker", "relay")
ANSWER_SECONDS = 120.0
ERROR_SECONDS = 10.0
STOP_SECONDS = 90.0


class DemoError(SystemExit):
    """The demo cannot go on; the text says why, in Chinese."""


class Stopped(BaseException):
    """Ctrl-C or `make stop`."""


def pid_file(var: Path) -> Path:
    """The supervisor's pid and, once the site answers, the line `ready`; locked while the supervisor lives."""
    return var / "run" / "demo.pid"


def run(port: int) -> None:
    """Prepare, serve, watch; ends with Ctrl-C or SIGTERM and leaves nothing running that it started."""
    var = embedded.var_dir()
    check_port(port)
    signal.signal(signal.SIGTERM, stop_now)
    signal.signal(signal.SIGINT, stop_now)
    with claimed(var) as mark_ready, contextlib.suppress(Stopped):
        try:
            serve(var, port, mark_ready)
        finally:
            embedded.release()
    print("门户已停止。", flush=True)


def serve(var: Path, port: int, mark_ready: Any) -> None:
    url = f"http://127.0.0.1:{port}"
    print("正在启动数据库和消息服务……", flush=True)
    environment = demo_environment(url)
    prepare(environment)
    supervisor = Supervisor(var, environment)
    try:
        end_leftovers(var, PROCESSES)
        start_web(supervisor, port)
        wait_for_answer(supervisor, url)
        start_jobs(supervisor)
        announce(var, url)
        mark_ready()
        supervisor.watch()
    finally:
        supervisor.stop()
        end_leftovers(var, PROCESSES)


def demo_environment(url: str) -> dict[str, str]:
    """Everything the portal's processes are told; what the user has set wins.

    But they keep the bytecode of the project: without it each of them takes seconds longer to start, every time.
    """
    try:
        services = embedded.attach(release_at_exit=False)
    except embedded.ServiceError as error:
        raise DemoError(str(error)) from error
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"DEMO": "1", "PUBLIC_URL": url} | services | given


def prepare(environment: dict[str, str]) -> None:
    """Static files beside the database (there are two cores), then the demo city; nothing that is ready already."""
    with static_files(environment):
        if database_stamp(environment).holds():
            return
        print("正在准备数据库和页面文件……", flush=True)
        manage(environment, "prepare_database")
        if has_command("demo_city"):
            print("正在准备示范市数据……", flush=True)
            manage(environment, "demo_city")
        database_stamp(environment).put()


@contextlib.contextmanager
def static_files(environment: dict[str, str]) -> Iterator[None]:
    """Collect and compress the pages' files meanwhile, unless they are as they were last time."""
    stamp = static_stamp()
    if stamp.holds():
        yield
        return
    collect = subprocess.Popen([*MANAGE, "collectstatic", "--noinput", "--verbosity=0"], env=environment, cwd=ROOT)
    try:
        yield
        if collect.wait():
            raise DemoError("页面文件准备失败，见上面的说明。")
        stamp.put()
    finally:
        collect.terminate()
        collect.wait()


def manage(environment: dict[str, str], command: str) -> None:
    done = subprocess.run([*MANAGE, command], env=environment, cwd=ROOT, check=False)
    if done.returncode:
        raise DemoError(f"{command} 失败，见上面的说明。")


def has_command(name: str) -> bool:
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def start_web(supervisor: Supervisor, port: int) -> None:
    """The application is loaded once, then forked: its processes share what it takes to load and to hold."""
    web = ["gunicorn", "config.wsgi:application", f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4", "--preload"]
    web += ["--no-control-socket", f"--chdir={ROOT}", "--graceful-timeout=10"]
    supervisor.start("web", [sys.executable, "-m", *web])


def start_jobs(supervisor: Supervisor) -> None:
    """What nobody looks at before a page: it would only take the processors from the first answer."""
    queue = supervisor.environment.get("JOB_QUEUE", "portal")
    worker = ["celery", "-A", "config", f"--workdir={ROOT}", "worker", f"--queues={queue}", "--concurrency=2"]
    worker += ["--loglevel=INFO", "--without-gossip", "--without-mingle"]
    supervisor.start("worker", [sys.executable, "-m", *worker])
    supervisor.start("relay", [*MANAGE, "relay"])


def wait_for_answer(supervisor: Supervisor, url: str) -> None:
    """Until the site gives a page, a redirect or a refusal; a site that only gives errors is not waited for long."""
    log, started = supervisor.var / "log" / "web.log", time.monotonic()
    while (status := answer(url)) is None or status >= 500:
        waited = time.monotonic() - started
        if waited > ANSWER_SECONDS:
            raise DemoError(f"网站在 {ANSWER_SECONDS:.0f} 秒内没有应答，请查看 {log}")
        if status is not None and waited > ERROR_SECONDS:
            raise DemoError(f"网站出错（{status}），请查看 {log}")
        supervisor.look()
        time.sleep(0.05)


def answer(url: str) -> int | None:
    """The status of the page, None without an answer; proxies of the environment do not apply."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as page:
            return int(page.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def announce(var: Path, url: str) -> None:
    """Put the address beside the accounts in var/demo.json and print both."""
    path = var / "demo.json"
    facts: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"accounts": []}
    facts = {"url": url} | facts | {"url": url}
    embedded.write_private(path, json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    print(table(url, facts["accounts"]), flush=True)


def table(url: str, accounts: list[dict[str, str]]) -> str:
    """The address and one line per account; a Chinese character is two columns wide."""
    rows = [("角色", "用户名", "密码"), *((a["role"], a["username"], a["password"]) for a in accounts)]
    lines = ["  ".join(cell + " " * (18 - width(cell)) for cell in row).rstrip() for row in rows]
    body = [f"  {line}" for line in lines] if accounts else ["  （没有示范账号）"]
    return "\n".join(["", f"门户已就绪：{url}", "", *body, "", "停止：Ctrl-C 或 make stop；日志在 var/log/", ""])


def width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def detach(port: int) -> None:
    """Start the demo in the background; returns when the site answers."""
    var = embedded.var_dir()
    if running(var):
        print(table(**known_facts(var)), flush=True)
        return
    check_port(port)
    embedded.prepare(var)
    log = var / "log" / "demo.log"
    with log.open("w") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "config.launch", "demo", f"--port={port}"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    follow(demo, var, log)


def follow(demo: "subprocess.Popen[bytes]", var: Path, log: Path) -> None:
    """Show what the background process says until the site answers."""
    with log.open() as lines:
        while True:
            ended, ready = demo.poll() is not None, running(var) and "ready" in pid_file(var).read_text()
            sys.stdout.write(lines.read())
            sys.stdout.flush()
            if ended:
                raise SystemExit(demo.returncode or 1)
            if ready:
                return
            time.sleep(0.1)


def known_facts(var: Path) -> dict[str, Any]:
    path = var / "demo.json"
    return json.loads(path.read_text()) if path.exists() else {"url": "（正在启动）", "accounts": []}


def running(var: Path) -> int | None:
    """The pid of the demo's supervisor, only while it lives."""
    path = pid_file(var)
    if not path.exists():
        return None
    with locked(path, shared=True, wait=False) as free:
        return int(path.read_text().split()[0]) if free is None else None


@contextlib.contextmanager
def claimed(var: Path) -> Iterator[Any]:
    """Hold the pid file; yields the function that marks the site as ready."""
    embedded.prepare(var)
    with locked(pid_file(var), wait=False) as descriptor:
        if descriptor is None:
            raise DemoError(f"示范门户已在运行：{known_facts(var)['url']}（make stop 停止它）")
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield lambda: os.write(descriptor, b"ready\n")


def stop() -> None:
    """End the demo if it runs, what a killed one left behind, and services that nobody uses."""
    var = embedded.var_dir()
    pid = running(var)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        wait_for_end(var)
    end_leftovers(var, PROCESSES)
    stopped = embedded.stop_unused(var)
    print("门户已停止。" if pid else "没有在运行的示范门户。")
    if not stopped:
        print("数据库仍有别的命令在用，用完后自行停止。")


def wait_for_end(var: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while running(var):
        if time.monotonic() > deadline:
            raise DemoError("门户没有按时停止，请查看 var/log/demo.log")
        time.sleep(0.1)


def check_port(port: int) -> None:
    if not embedded.is_free(port):
        raise DemoError(
            f"端口 {port} 已被占用或不可用：请先停止占用它的程序，或换一个端口，例如 make demo PORT={port + 1}"
        )


def stop_now(*_: object) -> NoReturn:
    """The first signal ends the demo; a second one must not break off the tidying up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped
