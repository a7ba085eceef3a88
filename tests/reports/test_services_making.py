"""Making files: each once, whatever happens twice; a unit's letter holds nobody else's trainee (REL-09)."""

import io
import threading
from datetime import date

import pypdf
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from core import jobs
from core.files import keep, load
from core.keys import new_key
from core.models import BatchItem, StoredFile
from core.pdf.rendering import PaperFault
from reports.gathering import bulletin_of, letter_of, sheet_of
from reports.models import Document
from reports.services import confirm_and_issue, make_document, make_drafts, making
from tests.reports.story import ISSUED, PEOPLE, a_scored_class, an_actor
from training.models import Enrolment

Kind, State = Document.Kind, Document.State


def text_of(document):
    reader = pypdf.PdfReader(io.BytesIO(load(document.file)))
    return "".join(page.extract_text() for page in reader.pages)


def snapshot():
    """Everything that making a document may write."""
    documents = Document.objects.order_by("pk").values_list("pk", "state", "number", "file", "pages", "version")
    return list(documents), list(StoredFile.objects.order_by("pk").values_list("pk", "sha256", "location"))


@pytest.fixture
def memory(settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


@pytest.fixture
def made(db, memory):
    """The class with all its documents issued and made by one worker."""
    training_class = a_scored_class()
    jobs.drain(confirm_and_issue(training_class, actor=an_actor(), on=ISSUED).pk)
    return training_class


def test_every_document_is_made_and_says_its_number(made):
    documents = list(Document.objects.select_related("file", "series"))
    assert len(documents) == 8
    for document in documents:
        assert document.number_text in text_of(document)
        assert document.pages == len(pypdf.PdfReader(io.BytesIO(load(document.file))).pages)
    assert set(BatchItem.objects.values_list("state", "attempts")) == {("done", 1)}


def test_a_letter_names_its_own_trainees_and_nobody_else(made):
    for letter in Document.objects.filter(kind=Kind.LETTER).select_related("unit", "file"):
        own = {name for name, code in PEOPLE if letter.unit.code == code}
        text = text_of(letter)
        assert {name for name, _ in PEOPLE if name in text} == own
        assert letter.unit.name in text


def test_a_sheet_names_one_trainee_and_no_id_number(made):
    people = {name: Enrolment.objects.get(roster_name=name).cadre.open_id_number() for name, _ in PEOPLE}
    for sheet in Document.objects.filter(kind=Kind.SHEET).select_related("enrolment", "file"):
        text = text_of(sheet)
        assert [name for name in people if name in text] == [sheet.enrolment.roster_name]
        assert not any(number[6:] in text for number in people.values())


def test_a_draft_is_marked_and_has_no_number(db, memory):
    training_class = a_scored_class()
    jobs.drain(make_drafts(training_class, actor=an_actor()).pk)
    for document in Document.objects.select_related("file"):
        text = text_of(document)
        assert "草稿" in text.replace(" ", "")
        assert "〔2026〕" not in text


def test_made_twice_changes_nothing(made):
    before = snapshot()
    for key in Document.objects.values_list("pk", flat=True):
        make_document(key)
    assert snapshot() == before


def test_a_document_that_is_gone_or_void_is_left_alone(db, memory):
    confirm_and_issue(a_scored_class(), actor=an_actor(), on=ISSUED)
    letter = Document.objects.filter(kind=Kind.LETTER).first()
    Document.objects.filter(pk=letter.pk).update(state=State.VOID, void_reason="印制有误")
    before = snapshot()
    make_document(letter.pk)
    make_document(new_key())
    assert snapshot() == before


@pytest.fixture
def letter(own_database, memory):
    """An issued letter that nobody has made yet, in a database where workers commit."""
    training_class = a_scored_class(PEOPLE[:1] + PEOPLE[-1:])
    confirm_and_issue(training_class, actor=an_actor(), on=ISSUED)
    return Document.objects.filter(kind=Kind.LETTER).first()


def at_once(count, act):
    ready = threading.Barrier(count)

    def run():
        ready.wait()
        try:
            act()
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_two_workers_at_once_make_one_file(letter):
    at_once(2, lambda: make_document(letter.pk))
    assert StoredFile.objects.count() == 1
    letter.refresh_from_db()
    assert (letter.file, letter.state) == (StoredFile.objects.get(), State.ISSUED)


def test_without_holding_the_row_they_would_make_two(letter, monkeypatch):
    """The positive control: the race is real, so the test above can fail (REL-05)."""
    both_have_looked = threading.Barrier(2)
    held = making._held

    def looked(key):
        document = Document.objects.select_related(*making.NEEDED).get(pk=key)
        both_have_looked.wait(timeout=30)
        return document

    monkeypatch.setattr(making, "_held", looked)
    at_once(2, lambda: make_document(letter.pk))
    monkeypatch.setattr(making, "_held", held)
    assert StoredFile.objects.count() == 2


def test_every_kind_of_job_has_its_handler_and_somebody_who_is_told():
    assert {"document"} <= set(settings.JOB_FAILURES) <= set(settings.JOB_HANDLERS)
    assert all(callable(jobs.handler_of(kind)) for kind in settings.JOB_HANDLERS)
    assert jobs.handler_of("document") is make_document


def test_a_paper_that_cannot_be_made_fails_at_once_with_a_sentence(db, memory, monkeypatch):
    def broken(document, today):
        raise PaperFault("文书模板缺少内容：unit")

    monkeypatch.setitem(making.PAPERS, Kind.LETTER, broken)
    training_class = a_scored_class()
    jobs.drain(confirm_and_issue(training_class, actor=an_actor(), on=ISSUED).pk)
    letters = Document.objects.filter(kind=Kind.LETTER)
    assert set(letters.values_list("state", "void_reason")) == {(State.VOID, "文件未能生成：文书模板缺少内容：unit")}
    assert sorted(letters.values_list("number", flat=True)) == [1, 2, 3]
    assert Document.objects.filter(state=State.ISSUED).exclude(file=None).count() == 5


def test_a_trainee_without_a_result_fails_and_the_others_go_on(db, memory):
    training_class = a_scored_class()
    batch = make_drafts(training_class, actor=an_actor())
    person = Enrolment.objects.get(roster_name="陈一")
    person.result.delete()
    jobs.drain(batch.pk)
    failed = BatchItem.objects.get(state="failed")
    assert failed.error == "该学员没有成绩，不能生成考核结果单"
    assert BatchItem.objects.filter(state="done").count() == 7


@pytest.mark.parametrize("gather", [letter_of, sheet_of, bulletin_of], ids=["letter", "sheet", "bulletin"])
def test_the_queries_of_a_document_do_not_grow_with_the_class(db, gather, query_count):
    kind = {letter_of: Kind.LETTER, sheet_of: Kind.SHEET, bulletin_of: Kind.BULLETIN}[gather]

    def queries(training_class):
        make_drafts(training_class, actor=an_actor())
        document = Document.objects.filter(training_class=training_class, kind=kind).first()
        return query_count(lambda: gather(Document.objects.select_related("replaces").get(pk=document.pk), ISSUED))

    few = queries(a_scored_class())
    many = [(f"学员{place}", f"YL0{1 + place % 3}") for place in range(20)]
    assert queries(a_scored_class(many, code="2026-02", start=date(2026, 5, 4), end=date(2026, 5, 9))) == few


def test_stored_bytes_are_sealed(db, memory):
    with default_storage.open(keep(b"%PDF-1.7").location) as stored:
        assert b"%PDF" not in stored.read()
