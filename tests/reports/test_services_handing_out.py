"""Downloads: one file, a ZIP, a folder; names of files; the audit log."""

import io
import tracemalloc
import zipfile

import pytest

from core.files import keep
from core.models import AuditEntry
from core.operations import Refused
from reports.models import Document
from reports.services import (
    confirm_and_issue,
    file_names,
    make_drafts,
    read_document,
    read_summary,
    void_document,
    write_files,
    zip_documents,
)
from reports.services.handing_out import nameable
from tests.reports.story import ISSUED, a_scored_class, an_actor

pytestmark = pytest.mark.django_db
Kind = Document.Kind
PATHS = [
    "反馈函/01_云岭市发展和改革局.pdf", "反馈函/02_云岭市审计局.pdf", "反馈函/03_清溪县石桥镇人民政府.pdf",
    "学员/01_陈一.pdf", "学员/02_欧阳青山.pdf", "学员/03_龚䶮.pdf", "学员/04_阿依古丽·买买提.pdf", "综合通报.pdf",
]  # fmt: skip


@pytest.fixture
def training_class(settings):
    """Issued, with bytes that tell which document they are."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    made = a_scored_class()
    confirm_and_issue(made, actor=an_actor(), on=ISSUED)
    for document in Document.objects.select_related("series"):
        Document.objects.filter(pk=document.pk).update(file=keep(document.number_text.encode()), pages=1)
    return made


def opened(pieces):
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_one_file_and_who_took_it(training_class):
    letter = Document.objects.get(kind=Kind.LETTER, position=2)
    assert read_document(letter, actor=an_actor()).decode() == "培函〔2026〕2号"
    entry = AuditEntry.objects.get(event="document.read")
    assert (entry.actor_id, entry.object_id) == (an_actor().pk, str(letter.pk))


def test_a_file_that_is_not_made_yet_is_refused_with_a_sentence(training_class):
    Document.objects.update(file=None)
    with pytest.raises(Refused, match="还没有生成"):
        read_document(Document.objects.first(), actor=an_actor())
    with pytest.raises(Refused, match="没有已生成的文件"):
        zip_documents(Document.objects.all(), actor=an_actor())
    assert not AuditEntry.objects.filter(event__in=["document.read", "documents.zip"]).exists()


def test_bytes_that_were_deleted_are_refused_with_a_sentence(training_class):
    letter = Document.objects.select_related("file").first()
    letter.file.deleted = "2026-04-01T00:00:00+08:00"
    with pytest.raises(Refused, match="按保存期限删除"):
        read_document(letter, actor=an_actor())


def test_the_zip_has_the_folders_of_a_class(training_class):
    archive = opened(zip_documents(Document.objects.all(), actor=an_actor()))
    assert sorted(archive.namelist()) == sorted(PATHS)
    assert archive.testzip() is None
    assert archive.read("反馈函/02_云岭市审计局.pdf").decode() == "培函〔2026〕2号"
    assert AuditEntry.objects.get(event="documents.zip").after["count"] == 8


def test_the_audit_entry_is_there_before_the_first_byte(training_class):
    zip_documents(Document.objects.all(), actor=an_actor())
    assert AuditEntry.objects.filter(event="documents.zip").exists()


def test_a_zip_of_some_holds_those_under_the_same_names(training_class):
    archive = opened(zip_documents(Document.objects.filter(kind=Kind.LETTER, position=3), actor=an_actor()))
    assert archive.namelist() == ["反馈函/03_清溪县石桥镇人民政府.pdf"]


def test_void_ones_lie_aside(training_class):
    void_document(Document.objects.get(kind=Kind.LETTER, position=1), actor=an_actor(), reason="印制有误")
    names = opened(zip_documents(Document.objects.all(), actor=an_actor())).namelist()
    assert "作废/1_反馈函_01_云岭市发展和改革局.pdf" in names


def test_the_zip_keeps_one_document_in_memory(training_class):
    size = 2_000_000
    for document in Document.objects.filter(kind=Kind.SHEET):
        Document.objects.filter(pk=document.pk).update(file=keep(bytes(size)))
    pieces = zip_documents(Document.objects.filter(kind=Kind.SHEET), actor=an_actor())
    tracemalloc.start()
    total = sum(len(piece) for piece in pieces)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 4 * size
    assert peak < 8 * size


def test_a_folder_with_everything_that_a_run_leaves(training_class, tmp_path):
    assert write_files(training_class, tmp_path) == 10
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert found == sorted([*PATHS, "成绩汇总.csv", "成绩汇总.xlsx"])
    assert (tmp_path / PATHS[0]).read_text() == "培函〔2026〕1号"


def test_drafts_are_not_written_to_a_folder(training_class, tmp_path):
    other = a_scored_class(code="2026-02", start=ISSUED.replace(month=5), end=ISSUED.replace(month=6))
    make_drafts(other, actor=an_actor())
    assert write_files(other, tmp_path) == 2


def test_numbers_of_files_are_as_wide_as_the_last_one_needs(training_class):
    Document.objects.filter(kind=Kind.SHEET, position=4).update(position=123)
    names = [name for document, name in file_names(Document.objects.all()) if document.kind == Kind.SHEET]
    assert names[0] == "学员/001_陈一.pdf"
    assert names[-1] == "学员/123_阿依古丽·买买提.pdf"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("云岭市财政局", "云岭市财政局"),
        ('a\\b/c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("..", "_"),
        ("<script>", "_script_"),
        ("行\n列\t\x00", "行_列__"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
    ],
)
def test_what_a_file_name_cannot_hold_is_replaced(text, name):
    assert nameable(text) == name


def test_a_long_name_fits_the_file_system(tmp_path):
    name = f"01_{nameable('局' * 120)}.pdf"
    (tmp_path / name).write_bytes(b"")
    assert len(name.encode()) <= 255


def test_the_summary_is_an_export_with_an_audit_entry(training_class):
    assert read_summary(training_class, "csv", actor=an_actor()).startswith(b"\xef\xbb\xbf")
    assert read_summary(training_class, "xlsx", actor=an_actor()).startswith(b"PK")
    assert [entry.after for entry in AuditEntry.objects.filter(event="results.export").order_by("id")] == [
        {"kind": "csv"}, {"kind": "xlsx"},
    ]  # fmt: skip
