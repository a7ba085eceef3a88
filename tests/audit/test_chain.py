"""SEC-36: the chain finds every change, deletion, insertion and reordering, and names the row."""

import random
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from core.audit import record
from core.audit.sealing import seal_waiting
from core.audit.verifying import export_head, verify
from core.models import AuditEntry, AuditSeal

ROWS = 50


def write(count):
    for number in range(count):
        record("unit.change", actor=None, reason=f"第{number}次", after={"name": str(number)})


@pytest.fixture
def owner(own_database):
    """The owner with the triggers off: whoever can do that must be found out by the chain."""
    write(ROWS)
    assert seal_waiting() == ROWS
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE core_auditseal DISABLE TRIGGER USER")
        yield cursor


def victim():
    return random.Random(36).choice(list(AuditEntry.objects.values_list("pk", flat=True)[:ROWS]))


TAMPERINGS = {
    "changed": ("UPDATE core_auditentry SET reason = 'x' WHERE id = {one}", "内容被改动"),
    "actor": ("UPDATE core_auditentry SET actor_id = gen_random_uuid() WHERE id = {one}", "内容被改动"),
    "after": ('UPDATE core_auditentry SET after = \'{{"name": "y"}}\' WHERE id = {one}', "内容被改动"),
    "time": ("UPDATE core_auditentry SET at = at + interval '1 microsecond' WHERE id = {one}", "内容被改动"),
    "deleted": ("DELETE FROM core_auditentry WHERE id = {one}", "已被删除"),
}


def test_sec_36_an_untouched_log_is_sound(own_database):
    write(ROWS)
    seal_waiting()
    write(3)
    report = verify()
    assert (report.findings, report.entries, report.waiting) == ([], ROWS, 3)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_sec_36_the_row_is_named(owner, name):
    statement, what = TAMPERINGS[name]
    one = victim()
    owner.execute(statement.format(one=one))
    assert [(finding.entry, finding.what) for finding in verify().findings] == [(one, what)]


def test_sec_36_each_of_fifty_rows_is_found_out(owner):
    for one in AuditEntry.objects.order_by("pk").values_list("pk", flat=True):
        owner.execute("BEGIN")
        owner.execute("UPDATE core_auditentry SET result = 'nok' WHERE id = %s", [one])
        owner.execute("COMMIT")
        assert [finding.entry for finding in verify().findings] == [one]
        owner.execute("UPDATE core_auditentry SET result = 'ok' WHERE id = %s", [one])
    assert verify().sound


def test_sec_36_two_rows_in_another_order(owner):
    one = victim()
    other = one + 7 if one + 7 <= AuditEntry.objects.latest("pk").pk else one - 7
    for old, new in ((one, -1), (other, one), (-1, other)):
        owner.execute("UPDATE core_auditentry SET id = %s WHERE id = %s", [new, old])
    found = {(finding.entry, finding.what) for finding in verify().findings}
    assert found == {(one, "与别的记录调换了次序"), (other, "与别的记录调换了次序")}


def test_sec_36_a_row_put_in_later(owner):
    first = AuditEntry.objects.earliest("pk")
    owner.execute(
        "INSERT INTO core_auditentry (id, at, event, role, object_type, object_id, result, reason, session_hash, xact)"
        " SELECT 9999, at, event, role, object_type, object_id, result, reason, session_hash, xact"
        " FROM core_auditentry WHERE id = %s",
        [first.pk],
    )
    assert [(finding.entry, finding.what) for finding in verify().findings] == [(9999, "是封存之后插入的")]


def test_sec_36_a_row_of_a_transaction_to_come(owner):
    """Such a row would wait for its seal for ever."""
    owner.execute(
        "INSERT INTO core_auditentry (id, at, event, role, object_type, object_id, result, reason, session_hash, xact)"
        " VALUES (9999, now(), 'x', '', '', '', 'ok', '', '', 1000000000000)"
    )
    assert [(finding.entry, finding.what) for finding in verify().findings] == [(9999, "事务号是伪造的")]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM core_auditseal WHERE id = 2", "缺失（其后是第 3 号）"),
        ("UPDATE core_auditseal SET count = count + 1 WHERE id = 2", "校验值不符"),
        ("UPDATE core_auditseal SET leaves = 'x' WHERE id = 2", "校验值不符"),
        ("UPDATE core_auditseal SET previous = mac WHERE id = 2", "与上一封存不相连"),
        ("UPDATE core_auditseal SET at = at + interval '1 s' WHERE id = 2", "校验值不符"),
    ],
)
def test_sec_36_the_seals_themselves(owner, statement, what):
    for _ in range(2):
        write(2)
        seal_waiting()
    owner.execute(statement)
    found = verify().findings
    assert found[0].seal == 2 and found[0].what.startswith(what)


def test_sec_36_a_seal_made_with_another_key_is_found_out(owner, settings):
    """Whoever rewrites the chain does not have the key."""
    owner.execute("DELETE FROM core_auditseal")
    key, settings.AUDIT_KEY = settings.AUDIT_KEY, bytes(32)
    seal_waiting()
    settings.AUDIT_KEY = key
    assert "校验值不符" in verify().findings[0].what


def test_sec_36_the_end_cannot_be_cut_off(owner, tmp_path):
    write(2)
    seal_waiting()
    export_head(tmp_path)
    assert verify(tmp_path).sound
    owner.execute("DELETE FROM core_auditentry WHERE id > (SELECT last FROM core_auditseal WHERE id = 1)")
    owner.execute("DELETE FROM core_auditseal WHERE id = 2")
    assert verify().sound  # what is left fits together; the file outside knows better
    assert [finding.seal for finding in verify(tmp_path).findings] == [2]


def test_sec_36_a_transaction_that_commits_late_is_sealed_later(own_database):
    write(1)
    started, done = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            record("unit.add", actor=None)
            started.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    started.wait(20)
    write(5)
    assert seal_waiting() == 1  # what came after the open transaction waits with it
    done.set()
    thread.join()
    assert seal_waiting() == 6
    assert verify().findings == [] and verify().entries == 7


def test_sec_36_a_transaction_larger_than_a_seal_is_sealed_whole(own_database, monkeypatch):
    monkeypatch.setattr("core.audit.sealing.ROWS", 3)
    write(2)
    with transaction.atomic():
        write(10)
    write(4)
    assert seal_waiting() == 16
    assert list(AuditSeal.objects.order_by("pk").values_list("count", flat=True)) == [2, 10, 3, 1]
    assert verify().sound


def test_sec_36_eight_writers_while_sealing_goes_on(own_database):
    """8 threads × 200 entries: nothing stays unsealed, the chain is whole, and sealers do not meet."""
    failures, running = [], threading.Event()
    running.set()

    def guarded(act):
        try:
            act()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    def writer():
        for number in range(100):
            record("unit.change", actor=None)
            with transaction.atomic():
                record("unit.add", actor=None, after={"n": number})

    def sealer():
        while running.is_set():
            seal_waiting()

    writers = [threading.Thread(target=guarded, args=[writer]) for _ in range(8)]
    sealers = [threading.Thread(target=guarded, args=[sealer]) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    running.clear()
    for thread in sealers:
        thread.join()
    seal_waiting()
    report = verify()
    assert failures == [] and report.findings == []
    assert (report.entries, report.waiting) == (1600, 0)
    assert AuditSeal.objects.count() > 1


def test_sec_36_commands(own_database, settings, tmp_path, capsys):
    settings.AUDIT_SEALS_DIR = str(tmp_path / "audit-seals")
    write(3)
    call_command("audit_seal")
    assert [path.suffix for path in Path(settings.AUDIT_SEALS_DIR).iterdir()] == [".json"]
    call_command("audit_verify")
    assert "共 1 号封存、3 条记录" in capsys.readouterr().out
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM core_auditentry WHERE id = (SELECT min(id) FROM core_auditentry)")
    with pytest.raises(CommandError, match="1 处问题"):
        call_command("audit_verify")
    assert "第 1 号封存，第 1 条记录：已被删除" in capsys.readouterr().out


def test_sec_36_a_restored_log_goes_on_in_a_new_era(own_database, monkeypatch):
    """Transaction numbers begin anew in another cluster: prepare_database closes the old span, nothing is lost."""
    from core.audit import sealing

    write(3)
    seal_waiting()
    write(2)  # not sealed when the copy was made
    here = sealing.system()
    monkeypatch.setattr(sealing, "system", lambda: here + 1)
    with pytest.raises(sealing.WrongSystem):
        seal_waiting()
    assert sealing.begin_era(AuditEntry.objects.latest("pk").at)
    write(4)
    seal_waiting()
    report = verify()
    assert (report.findings, report.entries, report.waiting) == ([], 9, 0)
