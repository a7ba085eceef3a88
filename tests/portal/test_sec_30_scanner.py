"""SEC-30: what is uploaded passes the virus scanner first; tested against a small server that speaks INSTREAM."""

import hashlib
import re
import socket
import struct
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import WorkbookImport
from assessments.services import export_class
from core.keys import new_key
from core.models import AuditEntry, StoredFile

pytestmark = pytest.mark.django_db
# Put together here, so that no scanner takes this file for one.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
NAME = "Win.Test.EICAR_HDB-1"


class Clamd:
    """Answers INSTREAM as clamd does; looks into zip files; `lines` are the answers it gave."""

    def __init__(self, server: socket.socket) -> None:
        self.server, self.answers = server, list[str]()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                answer = self.verdict(b"".join(iter(lambda: self.piece(stream), b"")))
                self.answers.append(answer)
                line.sendall(answer.encode() + b"\0")

    def piece(self, stream) -> bytes:
        (length,) = struct.unpack("!L", stream.read(4))
        return stream.read(length)

    def verdict(self, data: bytes) -> str:
        inside = data
        if data[:2] == b"PK":
            with ZipFile(BytesIO(data)) as archive:
                inside = b"".join(archive.read(name) for name in archive.namelist())
        return f"stream: {NAME} FOUND" if EICAR in inside else "stream: OK"


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, settings, tmp_path: Path) -> Iterator[Clamd]:
    if request.param == "tcp":
        server = socket.create_server(("127.0.0.1", 0))
        settings.SCANNER_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
    else:
        settings.SCANNER_ADDRESS = str(tmp_path / "clamd.ctl")
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(settings.SCANNER_ADDRESS)
        server.listen()
    settings.SCANNER = "required"
    with server:
        yield Clamd(server)


@pytest.fixture
def workbook(yunling) -> bytes:
    return export_class(yunling.open_class, actor=None)


def with_eicar(workbook: bytes) -> bytes:
    """A sound workbook with the test virus as one more part."""
    out = BytesIO(workbook)
    with ZipFile(out, "a") as archive:
        archive.writestr("xl/media/image1.bin", EICAR)
    return out.getvalue()


def send(client, data: bytes, unit):
    file = SimpleUploadedFile("班次.xlsx", data)
    return client.post(
        reverse("portal:workbook_upload"), {"op_id": str(new_key()), "workbook": file, "unit": str(unit.pk)}
    )


def test_sec_30_a_clean_file_passes(yunling, client_of, workbook, clamd):
    assert send(client_of(yunling.staff), workbook, yunling.root).status_code == 302
    assert clamd.answers == ["stream: OK"]
    assert WorkbookImport.objects.count() == 1


def test_b35_eicar_is_refused_and_in_the_log(yunling, client_of, workbook, clamd):
    data, before = with_eicar(workbook), StoredFile.objects.count()
    answer = send(client_of(yunling.staff), data, yunling.root)
    assert answer.status_code == 422
    assert NAME in answer.content.decode() and "文件没有保存" in answer.content.decode()
    assert (WorkbookImport.objects.count(), StoredFile.objects.count()) == (0, before)
    entry = AuditEntry.objects.get(event="upload.infected")
    assert (entry.actor_id, entry.role, entry.result) == (yunling.staff.pk, "staff", "refused")
    assert entry.after == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "found": NAME}


@pytest.fixture
def nobody_there(settings):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        settings.SCANNER_ADDRESS = f"127.0.0.1:{probe.getsockname()[1]}"


def test_sec_30_a_scanner_that_is_down_and_required_takes_nothing(yunling, client_of, workbook, settings, nobody_there):
    settings.SCANNER, before = "required", StoredFile.objects.count()
    answer = send(client_of(yunling.staff), workbook, yunling.root)
    assert answer.status_code == 503
    assert "没有查过毒的文件一律不收" in answer.content.decode()
    assert (WorkbookImport.objects.count(), StoredFile.objects.count()) == (0, before)


def test_sec_30_a_scanner_that_is_down_and_optional_is_told_of(
    yunling, client_of, workbook, settings, nobody_there, caplog
):
    settings.SCANNER = "optional"
    assert send(client_of(yunling.staff), workbook, yunling.root).status_code == 302
    assert "the virus scanner does not answer" in caplog.text


@pytest.mark.parametrize("said", ["", "INSTREAM size limit exceeded. ERROR", "stream: sNOT OKAY", "FOUND"])
def test_sec_30_an_answer_that_is_none_is_no_clean_bill(yunling, client_of, workbook, clamd, monkeypatch, said):
    monkeypatch.setattr(clamd, "verdict", lambda data: said)
    assert send(client_of(yunling.staff), workbook, yunling.root).status_code == 503


def test_sec_30_no_form_takes_a_file_past_the_scanner():
    """A bare FileField or ImageField stands only where it is made into a scanned one, or on the page of components."""
    root = Path(__file__).resolve().parents[2]
    apps = ("core", "organization", "trainees", "courses", "training", "assessments", "reports", "portal")
    bare = re.compile(r"forms\.(FileField|ImageField|MultipleFileField)\b")
    sources = [path for app in apps for path in (root / app).rglob("*.py") if bare.search(path.read_text("utf-8"))]
    unscanned = [path.name for path in sources if "demand_clean" not in path.read_text("utf-8")]
    assert unscanned == ["styleguide.py"]
