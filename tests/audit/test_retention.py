"""SEC-37: nothing younger than 184 days goes, nothing goes that is not in a verified file; the collector gets everything."""

import gzip
import socket
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.utils import timezone

from core.audit import record
from core.audit.archiving import NotArchived, archive, purge, verify_archive
from core.audit.forwarding import forward
from core.audit.sealing import seal_waiting
from core.audit.verifying import verify
from core.keys import new_key
from core.models import AuditArchive, AuditCursor, AuditEntry, AuditSeal
from organization.roles import Role
from tests import factories as make

NOW = timezone.now()
AUDITOR = new_key()


def sealed(count, days):
    """Entries that were sealed so many days ago."""
    for number in range(count):
        record("unit.change", actor=None, reason=f"{days}天前的第{number}条“引号”\n换行")
    seal_waiting(NOW - timedelta(days=days))


@pytest.mark.parametrize(("days", "goes"), [(183, False), (185, True)])
def test_sec_37_only_what_is_old_enough_is_archived(own_database, tmp_path, days, goes):
    sealed(3, days)
    made = archive(tmp_path, timedelta(days=184), NOW)
    assert (made is not None) == goes
    assert len(list(tmp_path.iterdir())) == goes


def test_sec_37_less_than_184_days_is_refused(own_database, tmp_path):
    sealed(1, 400)
    with pytest.raises(NotArchived, match="至少留存 184 天"):
        archive(tmp_path, timedelta(days=183), NOW)
    with pytest.raises(CommandError, match="至少留存 184 天"):
        call_command("audit_archive", tmp_path, "--days=30")


def test_sec_37_archive_verify_purge(own_database, tmp_path):
    sealed(5, 400)
    sealed(4, 390)
    sealed(3, 10)
    made = archive(tmp_path, timedelta(days=365), NOW)
    path = tmp_path / made.file_name
    content = verify_archive(path)
    assert (content.first_seal, content.last_seal, content.count, content.digest) == (1, 2, 9, made.digest)
    assert archive(tmp_path, timedelta(days=365), NOW) is None
    purge(path, timedelta(days=365), NOW, AUDITOR)
    assert AuditEntry.objects.filter(event="unit.change").count() == 3
    assert AuditEntry.objects.get(event="audit.purge").actor_id == AUDITOR
    assert list(AuditArchive.objects.values_list("act", flat=True).order_by("pk")) == ["archived", "purged"]
    assert AuditSeal.objects.count() == 3
    report = verify()
    assert (report.findings, report.purged, report.entries) == ([], 9, 3)
    with pytest.raises(NotArchived, match="没有清除"):
        purge(path, timedelta(days=365), NOW, AUDITOR)


def test_sec_37_a_file_that_was_touched_purges_nothing(own_database, tmp_path):
    sealed(5, 400)
    path = tmp_path / archive(tmp_path, timedelta(days=365), NOW).file_name
    text = gzip.decompress(path.read_bytes()).decode()
    for broken in (
        text.replace("第3条", "第8条"),
        text.replace('"signature": "', '"signature": "0'),
        "\n".join(text.splitlines()[:-1]),
        "\n".join(line for number, line in enumerate(text.splitlines()) if number != 3),
    ):
        path.write_bytes(gzip.compress(broken.encode()))
        with pytest.raises(NotArchived):
            purge(path, timedelta(days=365), NOW, AUDITOR)
    path.write_bytes(b"nonsense")
    with pytest.raises(NotArchived, match="不能读取"):
        purge(path, timedelta(days=365), NOW, AUDITOR)
    assert AuditEntry.objects.filter(event="unit.change").count() == 5


def test_sec_37_the_app_role_cannot_purge(own_database):
    sealed(1, 400)
    for statement in ("DELETE FROM core_auditentry", "ALTER TABLE core_auditentry DISABLE TRIGGER USER"):
        with pytest.raises(ProgrammingError, match="permission denied|must be owner"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_sec_37_only_the_audit_administrator_purges(own_database, fast_passwords, tmp_path):
    unit = make.unit("YL", "云岭市委组织部")
    for name, role in (("yl_audit", Role.AUDIT_ADMIN), ("yl_system", Role.SYSTEM_ADMIN)):
        make.grant(make.account(name, "纪明察", unit=unit), role, unit)
    sealed(2, 400)
    path = tmp_path / archive(tmp_path, timedelta(days=365), NOW).file_name
    with pytest.raises(CommandError, match="只有审计管理员"):
        call_command("audit_purge", path, "--by=yl_system")
    call_command("audit_purge", path, "--by=yl_audit")
    assert not AuditEntry.objects.filter(event="unit.change").exists()


# ---- the collector ----


class Sink:
    """A collector on the loopback that reads counted messages (RFC 6587) until the sender is done."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.messages = []
        self.thread = threading.Thread(target=self.take, daemon=True)
        self.thread.start()

    def take(self):
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                while count := b"".join(iter(lambda: stream.read(1), b" ")) if stream.peek(1) else b"":
                    self.messages.append(stream.read(int(count)).decode())

    def close(self):
        self.server.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_sec_37_the_collector_gets_every_entry_once(own_database, settings):
    sink = Sink()
    settings.AUDIT_SYSLOG = ("tcp", "127.0.0.1", sink.port)
    for number in range(1203):
        record("unit.change", actor=None, reason=f"第{number}次\r\n伪造")
    assert forward() == 1203
    assert forward() == 0
    record("unit.add", actor=None)
    assert forward() == 1
    sink.close()
    assert len(sink.messages) == 1204
    first = sink.messages[0]
    assert first.startswith("<110>1 ") and " portal 1 unit.change - \ufeff{" in first
    assert "\n" not in first and "第0次\\r\\n伪造" in first
    assert AuditCursor.objects.get().entry_id == AuditEntry.objects.latest("pk").pk


def test_f15_while_the_collector_is_down_nothing_is_lost(own_database, settings):
    settings.AUDIT_SYSLOG = ("tcp", "127.0.0.1", free_port())
    record("unit.add", actor=None)
    for _ in range(2):
        with pytest.raises(OSError):
            forward()
    sink = Sink()
    settings.AUDIT_SYSLOG = ("tcp", "127.0.0.1", sink.port)
    record("unit.change", actor=None)
    assert forward() == 2
    sink.close()
    assert [message.split()[5] for message in sink.messages] == ["unit.add", "unit.change"]


def test_sec_37_by_datagrams_too(own_database, settings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        sink.settimeout(5)
        settings.AUDIT_SYSLOG = ("udp", "127.0.0.1", sink.getsockname()[1])
        record("unit.add", actor=None)
        assert forward() == 1
        assert sink.recv(9000).decode().startswith("<110>1 ")


def test_sec_37_without_a_collector_nothing_is_sent(own_database, settings):
    settings.AUDIT_SYSLOG = None
    record("unit.add", actor=None)
    assert forward() == 0


def test_sec_36_one_duty_that_fails_does_not_keep_the_others(own_database, settings, tmp_path):
    from core.audit.keeping import keep

    settings.AUDIT_SYSLOG = ("tcp", "127.0.0.1", free_port())
    settings.AUDIT_SEALS_DIR = str(tmp_path)
    record("unit.add", actor=None)
    keep()
    assert AuditSeal.objects.get().count == 1
    assert len(list(tmp_path.iterdir())) == 1
