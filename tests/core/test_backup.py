"""Backup → restore into a scratch database → compare: green; one byte changed anywhere: red (REL-13)."""

import json
import subprocess
import tarfile
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from core.audit.sealing import seal_waiting
from core.audit.verifying import export_head
from core.backup import programs
from core.backup.checking import check_backup, unpack
from core.backup.making import DATABASE, FILES, HEADS, MANIFEST, PARTS, make_backup
from core.backup.packing import sha256_of
from core.database import owner_session
from core.files import keep
from core.models import AuditEntry, StoredFile
from tests.cast import build_city
from trainees.models import Cadre

KEY = bytes(range(16))


@pytest.fixture
def portal(own_database, files_in_memory, tmp_path, settings):
    """A city with its class and papers, sealed audit entries and an exported head; real commits."""
    settings.AUDIT_SEALS_DIR = str(tmp_path / "heads")
    city = build_city("云岭")
    seal_waiting()
    export_head(Path(settings.AUDIT_SEALS_DIR))
    return city


@pytest.fixture(params=["plain", "sealed"])
def backup(portal, settings, tmp_path, request) -> Path:
    settings.BACKUP_KEY = KEY if request.param == "sealed" else b""
    return make_backup(tmp_path / "backups", timezone.now())


def scratch_databases() -> set[str]:
    with owner_session() as owner:
        found = owner.execute("SELECT datname FROM pg_database WHERE datname LIKE 'portal_restore_%'").fetchall()
    return {name for (name,) in found}


def are_gone(databases: set[str]) -> bool:
    """Whether all of them go within half a minute: those of tests at the other processor do, one left behind does not."""
    until = time.monotonic() + 30
    while databases & scratch_databases() and time.monotonic() < until:
        time.sleep(0.3)
    return not databases & scratch_databases()


def turn_a_bit(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))


def trust_the_hashes(folder: Path) -> None:
    """What somebody would do who changes a part and knows of the manifest, but has no key."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    for name in PARTS:
        manifest["parts"][name]["sha256"] = sha256_of(folder / name)
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")


def test_rel_13_one_changed_byte_is_found_and_what_was_backed_up_comes_back_whole(backup):
    for part in PARTS:
        size = (backup / part).stat().st_size
        for place in (0, size // 2, size - 1):
            turn_a_bit(backup / part, place)
            assert check_backup(backup) == [f"{part} 与清单中的散列不符"]
            turn_a_bit(backup / part, place)
    before = scratch_databases()
    assert check_backup(backup) == []
    assert are_gone(scratch_databases() - before), "a scratch database is left"
    manifest = json.loads((backup / MANIFEST).read_text("utf-8"))
    assert manifest["tables"]["trainees_cadre"] == 3
    assert manifest["files"] == StoredFile.objects.count() > 5
    assert (backup.stat().st_mode & 0o777) == 0o700


def test_rel_13_a_changed_manifest_is_found(portal, settings, tmp_path):
    settings.BACKUP_KEY = KEY
    made = make_backup(tmp_path / "backups", timezone.now())
    text = (made / MANIFEST).read_text("utf-8")
    (made / MANIFEST).write_text(text.replace('"trainees_cadre": 3', '"trainees_cadre": 2'), "utf-8")
    assert check_backup(made) == ["清单的签名不符，清单被改动，或不是用这把密钥备份的"]
    (made / MANIFEST).write_text(text[: len(text) // 2], "utf-8")
    assert "清单读不出来" in check_backup(made)[0]


def test_rel_13_rows_that_are_missing_are_counted(portal, settings, tmp_path):
    """Without a key the manifest could be written anew; the restored rows still speak."""
    settings.BACKUP_KEY = b""
    made = make_backup(tmp_path / "backups", timezone.now())
    text = (made / MANIFEST).read_text("utf-8")
    (made / MANIFEST).write_text(text.replace('"trainees_cadre": 3', '"trainees_cadre": 4'), "utf-8")
    assert check_backup(made) == ["trainees_cadre：备份时 4 行，恢复后 3 行"]


def test_rel_13_a_file_that_is_missing_or_changed_is_found(portal, settings, tmp_path):
    settings.BACKUP_KEY = b""
    lost, changed = keep(b"lost"), keep(b"changed")
    default_storage.delete(lost.location)
    default_storage.delete(changed.location)
    with default_storage.open(changed.location, "wb") as there:
        there.write(b"k1\0" + b"x" * 40)
    found = check_backup(make_backup(tmp_path / "backups", timezone.now()))
    assert sorted(found) == sorted([f"备份里缺少文件 {lost.location}", f"文件 {changed.pk} 打不开，或与登记的散列不符"])


def test_rel_13_a_database_that_was_tampered_with_before_is_found(portal, settings, tmp_path):
    """The owner changed an entry of the log: the backup is whole, what it holds is not."""
    settings.BACKUP_KEY = b""
    with connections["owner"].cursor() as owner:
        owner.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        owner.execute("UPDATE core_auditentry SET reason = '改' WHERE id = (SELECT min(id) FROM core_auditentry)")
        owner.execute("ALTER TABLE core_auditentry ENABLE TRIGGER USER")
    found = check_backup(make_backup(tmp_path / "backups", timezone.now()))
    assert len(found) == 1 and found[0].startswith("审计链：") and "内容被改动" in found[0]


def test_sec_33_a_sealed_backup_shows_nothing_and_opens_with_its_key_only(portal, settings, tmp_path):
    settings.BACKUP_KEY = KEY
    made = make_backup(tmp_path / "backups", timezone.now())
    data = b"".join((made / name).read_bytes() for name in PARTS)
    assert b"PGDMP" not in data and portal.cadres[0].name.encode() not in data
    settings.BACKUP_KEY = bytes(16)
    assert "签名不符" in check_backup(made)[0]
    settings.BACKUP_KEY = b""
    assert "须设置 BACKUP_KEY" in check_backup(made)[0]


def test_sec_33_a_piece_that_was_cut_off_is_found_though_the_hashes_were_made_to_fit(portal, settings, tmp_path):
    settings.BACKUP_KEY = KEY
    made = make_backup(tmp_path / "backups", timezone.now())
    with (made / FILES).open("r+b") as part:
        part.truncate((made / FILES).stat().st_size - 1)
    trust_the_hashes(made)
    assert check_backup(made) != []


def test_sec_33_a_dump_holds_no_number_as_text(portal, settings, tmp_path):
    """The database as pg_dump writes it, as plain SQL."""
    arguments, environment = programs.reach()
    command = [programs.program("pg_dump"), *arguments, "--format=plain"]
    text = subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode()
    assert portal.cadres[0].name in text
    assert [cadre.open_id_number() for cadre in portal.cadres if cadre.open_id_number() in text] == []


def test_rel_13_unpacked_it_is_what_the_programs_read(portal, settings, tmp_path):
    settings.BACKUP_KEY = KEY
    made = make_backup(tmp_path / "backups", timezone.now())
    unpack(made, tmp_path / "open")
    assert (tmp_path / "open" / DATABASE).read_bytes().startswith(b"PGDMP")
    with tarfile.open(tmp_path / "open" / FILES) as archive:
        assert len(archive.getnames()) == StoredFile.objects.count()
    with tarfile.open(tmp_path / "open" / HEADS) as archive:
        assert archive.getnames() == [f"{timezone.localdate()}.json"]


def test_rel_13_the_commands_speak_and_leave_their_entries(portal, settings, tmp_path):
    settings.BACKUP_KEY = KEY
    said = StringIO()
    call_command("backup", str(tmp_path / "backups"), stdout=said)
    made = Path(said.getvalue().strip())
    call_command("restore_check", str(made), stdout=said)
    assert "备份完整" in said.getvalue()
    turn_a_bit(made / DATABASE, 100)
    with pytest.raises(CommandError, match="不能用来恢复"):
        call_command("restore_check", str(made), stdout=said)
    assert AuditEntry.objects.get(event="backup.made").after["name"] == made.name
    assert list(AuditEntry.objects.filter(event="backup.check").order_by("pk").values_list("result", flat=True)) == [
        "ok", "failed",
    ]  # fmt: skip
    assert Cadre.objects.count() == 3, "the portal's own database is not touched"


def test_rel_13_a_backup_that_fails_leaves_nothing(portal, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("core.backup.making._pack_files", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_backup(tmp_path / "backups", timezone.now())
    assert list((tmp_path / "backups").iterdir()) == []


def test_rel_13_without_the_programs_it_says_what_to_install(portal, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "folders", lambda: iter(()))
    with pytest.raises(CommandError, match="请安装 postgresql-client-"):
        call_command("backup", str(tmp_path / "backups"))
