"""B1: letters and sheets of a class of 100 from 30 units by the real worker, beside others printing the same HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from subprocess import Popen

from django.db.models import Count, Max
from django.utils import timezone

from assessments.services import commit_workbook, rehearse_workbook
from assessments.workbook.writing import write_book
from benchmarks import others, papers
from benchmarks.classes import LETTERS, a_city, class_book
from benchmarks.databases import a_clone
from benchmarks.processes import processor_time, resident, waiting_time
from benchmarks.stored import forget_files
from benchmarks.table import Row, at_least, at_most
from core.database import using_database
from core.models import Batch, BatchItem
from organization.models import Account
from reports.models import Document
from reports.services import confirm_and_issue, make_drafts
from reports.workers import own_worker, wait_for
from training.models import TrainingClass

SAMPLE = 20
DRAFTS = 3  # batches of drafts before the one that is timed: with it about 500 documents
ONE_PAGE = 120 * 1024  # bytes
FLAT = 1.1  # of the memory after the first hundred


@dataclass(frozen=True, slots=True)
class Made:
    """What a worker did when warm, a document: seconds, of processor time, of waiting for one; its memory by documents (MB)."""

    seconds: float
    processor: float
    waited: float
    memory: tuple[tuple[int, float], ...]


def rows() -> Iterator[Row]:
    with a_clone("documents") as prepared:
        with using_database(prepared):
            prepare()
        one, two, sizes, sample = measure(prepared)
    yield from beside_others(one, sample)
    yield at_least(
        "B1", "two worker processes beside one", told_of(two), f"{one.seconds * 1000:.0f} ms", one.seconds / two.seconds, 1.8,
    )  # fmt: skip
    yield size_row(sizes)
    yield memory_row(one)


def measure(prepared: str) -> tuple[Made, Made, list[tuple[int, int]], list[papers.Printable]]:
    """One process, two processes, (bytes, pages) of the documents, a sample of them for the others."""
    with a_clone("one", prepared) as database, using_database(database):
        one = work(database, processes=1, drafts=DRAFTS)
        documents = papers.documents_of(TrainingClass.objects.get())
        sizes = [(row.file.size, row.pages or 0) for row in documents if row.file]
        sample = [papers.printable(row, timezone.localdate()) for row in papers.sample_of(documents, SAMPLE)]
        forget_files()
    with a_clone("two", prepared) as database, using_database(database):
        two = work(database, processes=2, drafts=1)
        forget_files()
    return one, two, sizes, sample


def prepare() -> None:
    """The class, imported and scored."""
    operator, city = a_city()
    data = write_book(class_book("百人班", LETTERS))
    commit_workbook(rehearse_workbook(data, "百人班.xlsx", actor=operator, unit=city), actor=operator)


def work(database: str, processes: int, drafts: int) -> Made:
    """Drafts until the worker is warm, then the real documents, which are timed."""
    training_class, operator = TrainingClass.objects.get(), Account.objects.get(username="benchmark")
    memory, count = [], 0
    with own_worker(database, processes) as children:
        for _ in range(drafts):
            count += _finish(make_drafts(training_class, actor=operator), children)
            memory.append((count, resident(children[0].pid)))
        used, waited = processor_time(children[0].pid), waiting_time(children[0].pid)
        batch = confirm_and_issue(training_class, actor=operator, on=timezone.localdate())
        made = _finish(batch, children)
        used = (processor_time(children[0].pid) - used) / made
        waited = (waiting_time(children[0].pid) - waited) / made
        memory.append((count + made, resident(children[0].pid)))
    return Made(seconds_a_document(batch), used, waited, tuple(memory))


def _finish(batch: Batch, children: list[Popen[bytes]]) -> int:
    failed = wait_for(batch, children, lambda finished, total: None)
    if failed:
        raise RuntimeError(f"{failed} documents could not be made")
    return BatchItem.objects.filter(batch=batch).count()


def seconds_a_document(batch: Batch) -> float:
    """From the batch's first row to its last letter or sheet, by the database's clock; the bulletin comes last."""
    bulletin = Document.objects.unscoped(papers.WHY).filter(kind=Document.Kind.BULLETIN).values("pk")
    items = BatchItem.objects.filter(batch=batch).exclude(subject_id__in=bulletin)
    found = items.aggregate(count=Count("pk"), last=Max("finished"))
    return float((found["last"] - batch.created).total_seconds()) / int(found["count"])


def beside_others(ours: Made, sample: list[papers.Printable]) -> Iterator[Row]:
    told = f"{told_of(ours)}, {sum(document.pages for document in sample)} pages of {len(sample)}"
    plain = [document.with_families(papers.SYSTEM) for document in sample]
    note = "" if others.system_fonts() else " (fonts-noto-cjk is missing: not the comparison that is meant)"
    with others.warm_browser() as browser, others.served(papers.font_folder()) as address:
        found = others.printed(browser, [document.in_one_file() for document in plain])
        yield _beside("warm Chromium, system fonts" + note, told, found, ours, 4)
        ruled = papers.faces(address)
        found = others.printed(browser, [document.in_one_file(ruled) for document in sample])
        yield _beside("warm Chromium, the project's fonts", told, found, ours, 2)
    found = others.plainly([(document.html, document.css) for document in plain])
    yield _beside("one plain WeasyPrint call a document, system fonts" + note, told, found, ours, 2)


def told_of(made: Made) -> str:
    """What a busy machine adds is told apart: the time in which a worker could have run, had a processor been free."""
    used, waited = made.processor * 1000, made.waited * 1000
    return f"{made.seconds * 1000:.0f} ms a document ({used:.0f} ms of a processor, {waited:.0f} ms waiting for one)"


def _beside(name: str, told: str, found: others.Printed, ours: Made, aim: float) -> Row:
    ratio = found.seconds / ours.seconds
    return at_least("B1", "letters and sheets, one worker process", told, f"{name}: {found}", ratio, aim)


def size_row(sizes: list[tuple[int, int]]) -> Row:
    """`sizes` are (bytes, pages); longer documents, where there are such, are held to the same."""
    largest, pages = max(sizes)
    single = sum(1 for _, count in sizes if count == 1)
    mean = sum(size for size, _ in sizes) / len(sizes) / 1024
    measured = f"{largest / 1024:.0f} KB the largest ({pages} pages), {mean:.0f} KB the mean; one page: {single} of {len(sizes)}"
    return Row("B1", "size of letters and sheets", measured, aim="≤ 120 KB with one page", met=largest <= ONE_PAGE)


def memory_row(made: Made) -> Row:
    (first, before), (last, after) = made.memory[0], made.memory[-1]
    measured, beside = f"{after:.0f} MB after {last} documents", f"{before:.0f} MB after {first}"
    return at_most("B1", "memory of a worker process", measured, beside, after / before, FLAT)
