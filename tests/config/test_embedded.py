"""Embedded services on real processes: what lies in var/, who may do what, and what survives (SEC-12)."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded
from config.embedded import process
from config.embedded.postgres import Postgres, folders, major
from config.embedded.valkey import Valkey

ROOT = embedded.ROOT
NOTHING: dict[str, str] = {}


@contextlib.contextmanager
def attached(var: Path) -> Iterator[dict[str, str]]:
    """The services of `var`, given back afterwards."""
    environment = embedded.attach(var, environ=NOTHING, release_at_exit=False)
    try:
        yield environment
    finally:
        embedded.give_back()  # the last lease only: the test session holds one of its own


def servers(var: Path) -> list[process.Server]:
    return [Postgres(var, {}).server, Valkey(var, {}).server]


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var/ below folders that only their owner may enter, with a space and Chinese in its path."""
    parent = tmp_path_factory.mktemp("门户 one")
    parent.chmod(0o700)
    return parent / "var"


@pytest.fixture(scope="module")
def services(var: Path) -> Iterator[dict[str, str]]:
    with attached(var) as environment:
        yield environment


@pytest.fixture
def app(services: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(services["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(services: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(services["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


def test_the_variables_are_those_the_settings_read(services: dict[str, str]) -> None:
    assert set(services) == {
        "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL", "SECRET_KEY", "FIELD_KEYS", "INDEX_KEY",
        "AUDIT_KEY", "ALLOW_HTTP",
    }  # fmt: skip
    assert len(services["SECRET_KEY"]) >= 50
    assert services["REDIS_URL"].endswith("/0")
    assert services["CACHE_URL"].endswith("/1")


def test_what_the_environment_gives_is_not_started(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgres://elsewhere/portal", "REDIS_URL": "redis://elsewhere/0"}
    assert embedded.attach(tmp_path / "var", environ=given) == {}
    assert not (tmp_path / "var").exists()


def test_secrets_are_for_their_owner_only(services: dict[str, str], var: Path) -> None:
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    private = ["services.json", "secrets.env", "services.lock", "postgres/data/PG_VERSION", "valkey/users.acl"]
    assert {name: stat.S_IMODE((var / name).stat().st_mode) & 0o077 for name in private} == dict.fromkeys(private, 0)
    assert not (var / "postgres" / "password").exists()


def test_the_database_knows_chinese_letters_and_sorts_by_code_point(owner: psycopg.Connection) -> None:
    row = owner.execute("SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = 'portal'")
    assert row.fetchone() == ("UTF8", "C")
    owner.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    owner.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    assert owner.execute("SELECT similarity('欧阳娜娜', '欧阳娜娜')").fetchone() == (1.0,)


def test_commits_are_durable_and_pages_have_checksums(app: psycopg.Connection) -> None:
    shown = [app.execute(f"SHOW {name}").fetchone() for name in ("synchronous_commit", "fsync", "data_checksums")]
    assert shown == [("on",), ("on",), ("on",)]


def test_the_portal_s_own_database_waits_for_the_disk_whatever_is_set(tmp_path: Path) -> None:
    hasty = {"DURABLE": "0"}
    assert not embedded.is_durable(tmp_path / "var", hasty)
    assert embedded.is_durable(ROOT / "var", hasty) and embedded.is_durable(tmp_path / "var", NOTHING)


def test_sec_12_the_app_role_owns_nothing_and_may_nothing(app: psycopg.Connection, owner: psycopg.Connection) -> None:
    owner.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
    forbidden = [
        "ALTER TABLE kept ADD COLUMN x int",
        "DROP TABLE kept",
        "CREATE TABLE mine (id int)",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "CREATE EXTENSION file_fdw",
        "SET ROLE portal_owner",
        "SET ROLE postgres",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/x'",
        "SELECT pg_read_file('/etc/passwd')",
    ]
    for statement in forbidden:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)
    rights = app.execute("SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = user")
    assert rights.fetchone() == (False, False, False, False)


def test_sec_12_the_owner_is_no_superuser_and_may_make_test_databases(owner: psycopg.Connection) -> None:
    rights = owner.execute("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = user")
    assert rights.fetchone() == (False, True, False)


def test_sec_12_no_password_no_entry(services: dict[str, str]) -> None:
    wrong = services["DATABASE_URL"].replace("portal_app:", "portal_app:x")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    host, port = services["REDIS_URL"].split("@")[1].split("/")[0].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(100).startswith(b"-NOAUTH")


def test_sec_12_the_app_user_may_not_run_dangerous_commands(services: dict[str, str]) -> None:
    client = redis.Redis.from_url(services["REDIS_URL"])
    for command in (["FLUSHALL"], ["CONFIG", "GET", "*"], ["KEYS", "*"], ["DEBUG", "SLEEP", "0"], ["SHUTDOWN"]):
        with pytest.raises(redis.ResponseError, match=r"no permissions|DEBUG command not allowed"):
            client.execute_command(*command)
    assert len(services["REDIS_URL"].split(":")[2].split("@")[0]) >= 32


def test_broker_and_cache_are_apart_and_nothing_is_evicted(services: dict[str, str], var: Path) -> None:
    broker, cache = (redis.Redis.from_url(services[name]) for name in ("REDIS_URL", "CACHE_URL"))
    broker.set("bell", "1")
    assert cache.get("bell") is None
    password = json.loads((var / "services.json").read_text())["valkey"]["passwords"]["admin"]
    port = broker.connection_pool.connection_kwargs["port"]
    admin = redis.Redis(port=port, username="admin", password=password, decode_responses=True)
    assert admin.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert admin.config_get("appendonly") == {"appendonly": "yes"}


def test_both_listen_on_this_machine_only(services: dict[str, str], app: psycopg.Connection, var: Path) -> None:
    assert app.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    ports = {entry["port"] for entry in json.loads((var / "services.json").read_text()).values()}
    listening = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            address, port = line.split()[1].split(":")
            if line.split()[3] == "0A" and int(port, 16) in ports:
                listening.add(address)
    assert listening == {"0100007F"}  # 127.0.0.1 as the kernel writes it


def test_a_second_user_shares_and_the_last_one_out_stops_them(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with attached(var) as first:
        pids = [server.pid() for server in servers(var)]
        with attached(var) as second:
            assert second == first
            assert [server.pid() for server in servers(var)] == pids
        assert all(server.alive() for server in servers(var))
    assert not any(server.alive() for server in servers(var))
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_eight_processes_at_once_start_one_pair(tmp_path: Path) -> None:
    var = tmp_path / "var"
    command = [sys.executable, "-c", "from config import embedded; print(embedded.attach()['DATABASE_URL']); input()"]
    environment = {"VAR_DIR": str(var), "PATH": os.environ["PATH"]}
    users = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    answers = {user.stdout.readline() for user in users if user.stdout}
    pids = [server.pid() for server in servers(var)]
    for user in users[1:]:
        user.communicate("\n")
    assert len(answers) == 1
    assert [server.pid() for server in servers(var)] == pids
    users[0].communicate("\n")
    assert [server.pid() for server in servers(var)] == [None, None]


def test_data_survives_kill_9_and_a_clean_stop(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with attached(var) as environment:
        with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id")
        redis.Redis.from_url(environment["REDIS_URL"]).lpush("bells", *range(50))
        for server in servers(var):
            pid = server.pid()
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        with attached(var) as again:
            assert kept(again) == (1000, 50)
    with attached(var) as later:
        assert kept(later) == (1000, 50)
        assert later == environment


def kept(environment: dict[str, str]) -> tuple[int, int]:
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    return (row[0] if row else -1), redis.Redis.from_url(environment["REDIS_URL"]).llen("bells")


def test_a_stale_pid_file_whose_pid_is_somebody_else(tmp_path: Path) -> None:
    """After a restart of the machine the old pid may belong to a stranger of the same user."""
    var = tmp_path / "var"
    with attached(var):
        pass
    owner = process.owner_of(var / "postgres")
    stranger = subprocess.Popen(owner.command("/bin/sleep", "60"))
    try:
        data = var / "postgres" / "data"
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n1\n\n127.0.0.1\n 1 1\nready   \n")
        owner.give(data / "postmaster.pid", 0o600)
        with attached(var) as environment, psycopg.connect(environment["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_taken_port_is_exchanged(tmp_path: Path) -> None:
    var = tmp_path / "var"
    embedded.prepare(var)
    port = embedded.remembered(var)["valkey"]["port"]
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        with attached(var) as environment:
            assert f":{port}/" not in environment["REDIS_URL"]
            assert redis.Redis.from_url(environment["REDIS_URL"]).ping()


def test_a_broken_initialisation_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "var" / "postgres.new" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with attached(tmp_path / "var") as environment, psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_no_mode_or_owner_changes_outside_var(tmp_path: Path) -> None:
    parents = [tmp_path, *tmp_path.parents, ROOT, ROOT / ".venv", *(f for f in folders() if f.exists())]
    tmp_path.chmod(0o700)
    before = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in parents]
    users = Path("/etc/passwd").read_text()
    with attached(tmp_path / "var"):
        pass
    assert [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in parents] == before
    assert Path("/etc/passwd").read_text() == users


def test_programs_below_a_closed_folder_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project, and with it .venv, may lie in root's own folder."""
    closed = tmp_path / "closed"
    wheel = next(folders()).parent.parent
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(part, closed / part.name, copy_function=link_or_copy, symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setattr("config.embedded.postgres.folders", lambda: iter([closed / wheel.name / "pginstall" / "bin"]))
    with attached(closed / "var") as environment, psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_no_server_runs_as_root(services: dict[str, str], var: Path) -> None:
    for server in servers(var):
        pid = server.pid()
        status = Path(f"/proc/{pid}/status").read_text()
        uids = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
        assert "0" not in uids
        expected = os.geteuid() or process.unprivileged().uid
        assert set(uids) == {str(expected)}


def test_ctrl_c_in_the_terminal_does_not_reach_the_servers(services: dict[str, str], var: Path) -> None:
    for server in servers(var):
        pid = server.pid()
        assert pid is not None
        assert os.getsid(pid) == pid != os.getsid(0)


SCRIPT = """
import os, psycopg, redis
from config import embedded
environment = embedded.attach()
with psycopg.connect(environment["DATABASE_URL"]) as connection:
    print(os.geteuid(), connection.execute("SELECT current_user").fetchone()[0])
print(redis.Redis.from_url(environment["REDIS_URL"]).ping())
"""


def test_an_ordinary_user_needs_no_rights_at_all() -> None:
    """As root we step down to a user without rights, who may only still enter the folders of the programs."""
    home = Path(tempfile.mkdtemp(prefix="portal-", dir="/tmp"))
    try:
        user = process.Owner(os.geteuid(), os.getegid()) if os.geteuid() else process.unprivileged()
        user.give(home, 0o700)
        command = user.command(sys.executable, "-c", SCRIPT)
        environment = {"VAR_DIR": str(home / "var"), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr) == (f"{user.uid} portal_app\nTrue\n", "")
        assert (home / "var" / "postgres" / "data").stat().st_uid == user.uid
    finally:
        shutil.rmtree(home)


def test_another_users_var_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgres").mkdir()
    strangers = max(entry.pw_uid for entry in pwd.getpwall()) + 1
    monkeypatch.setattr(os, "geteuid", lambda: strangers)
    with pytest.raises(embedded.ServiceError, match="属于另一个用户"):
        process.owner_of(tmp_path / "postgres")


def test_a_killed_user_leaves_nothing_behind_after_the_next_one(tmp_path: Path) -> None:
    var = tmp_path / "var"
    command = [sys.executable, "-c", "from config import embedded; embedded.attach(); print('up', flush=True); input()"]
    environment = {"VAR_DIR": str(var), "PATH": os.environ["PATH"]}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == "up\n"
        assert not embedded.stop_unused(var)
        user.kill()
    assert all(server.alive() for server in servers(var))
    assert embedded.stop_unused(var)
    assert not any(server.alive() for server in servers(var))


def test_the_systems_own_servers_serve_when_there_is_no_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever PostgreSQL the system has; without one the message says what to do."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    if any(major(folder) >= 15 for folder in folders()):
        service = Postgres(tmp_path / "var", dict.fromkeys(("postgres", "portal_owner", "portal_app"), "ab" * 20))
        embedded.prepare(tmp_path / "var")
        port = embedded.free_port()
        assert service.start(port)
        try:
            with psycopg.connect(service.urls(port)["DATABASE_URL"]) as connection:
                assert connection.info.server_version >= 150000
        finally:
            service.stop()
    monkeypatch.setattr("config.embedded.postgres.folders", lambda: iter(()))
    with pytest.raises(embedded.ServiceError, match="DATABASE_URL"):
        Postgres(tmp_path / "other", {})._programs()


def test_a_server_that_ends_at_once_is_reported_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.embedded.valkey.SETTINGS", "no-such-setting yes\n")
    started = time.monotonic()
    with pytest.raises(embedded.ServiceError, match="no-such-setting"):
        embedded.attach(tmp_path / "var", environ={"DATABASE_URL": "given"}, release_at_exit=False)
    assert time.monotonic() - started < 60
