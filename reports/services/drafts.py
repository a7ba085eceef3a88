"""Drafts: what a class owes and has not issued, watermarked and without a number."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.utils import timezone

from core.audit import record
from core.jobs import submit
from core.models import Batch, StoredFile
from core.operations import Refused, demand_current, intention
from organization.models import Account
from reports.models import Document, DocumentQuerySet
from reports.services.wanted import Key, Wanted, key_of, wanted_of
from training.models import TrainingClass

State = Document.State
KEEP_DRAFTS = timedelta(days=1)  # for whoever is just reading one
JOB = "document"


@intention
def make_drafts(training_class: TrainingClass, *, actor: Account, seen: int | None = None) -> Batch:
    """A draft of every document that the class owes and has not issued; those that exist are made anew.

    `seen`: the revision of the class that the actor looked at. Raises Conflict when it moved on.
    """
    hold_class(training_class, seen)
    drafts = refresh_drafts(training_class)
    if not drafts:
        raise Refused("没有可以生成草稿的文书：本班尚未计算成绩，或文书已全部印发")
    record(
        "documents.draft", actor=actor.pk, obj=training_class, unit_id=training_class.unit_id,
        after={"drafts": len(drafts)},
    )  # fmt: skip
    return submit_documents(f"{training_class.name}：文书草稿", drafts, training_class, actor)


def submit_documents(title: str, documents: Iterable[Document], training_class: TrainingClass, actor: Account) -> Batch:
    """A batch that makes these documents in this order."""
    keys = [document.pk for document in documents]
    return submit(JOB, title[:200], keys, actor=actor.pk, subject_id=training_class.pk)


def hold_class(training_class: TrainingClass, seen: int | None = None) -> None:
    """Whoever writes documents of the class at the same time waits. Refuses for a cancelled class.

    Raises Conflict when the class moved on from the revision that the actor has `seen`.
    """
    held = TrainingClass.objects.select_for_update(no_key=True).get(pk=training_class.pk)
    if held.state == TrainingClass.State.CANCELLED:
        raise Refused("本班已取消，不再制发文书")
    demand_current(seen, held.revision, "本班的数据和成绩")


def refresh_drafts(training_class: TrainingClass, *, replacing: Collection[Document] = ()) -> list[Document]:
    """Drafts of everything that is owed and not issued, in order, without files; drafts nobody wants are dropped.

    The caller holds the class. A draft follows the document of `replacing` it stands for, or else one that is void.
    """
    current = {key_of(document): document for document in documents_of(training_class).current()}
    former = _void(training_class) | {key_of(document): document for document in replacing}
    owed = [
        _placed(current.pop(wanted.key, None) or _begun(training_class, wanted, former.get(wanted.key)), wanted)
        for wanted in wanted_of(training_class)
    ]
    drafts = [document for document in owed if document.state == State.DRAFT]
    unwanted = [document.pk for document in current.values() if document.state == State.DRAFT]
    documents_of(training_class).filter(pk__in=unwanted).delete()
    forget_files(drafts)
    Document.objects.bulk_create([document for document in drafts if document._state.adding])
    _write(document for document in owed if not document._state.adding)
    return drafts


def documents_of(training_class: TrainingClass) -> DocumentQuerySet:
    every = Document.objects.unscoped("documents of a class that the caller fetched in scope")
    return every.filter(training_class=training_class)


def _void(training_class: TrainingClass) -> dict[Key, Document]:
    """Void documents that nothing follows yet."""
    rows = documents_of(training_class).filter(state=State.VOID, replaced_by=None).order_by("issued_on", "number")
    return {key_of(document): document for document in rows}


def _begun(training_class: TrainingClass, wanted: Wanted, former: Document | None) -> Document:
    return Document(
        kind=wanted.kind, training_class=training_class, office=training_class.unit, enrolment=wanted.enrolment,
        replaces=former,
    )  # fmt: skip


def _placed(document: Document, wanted: Wanted) -> Document:
    """Its place in the class as it is now; what an issued document says of itself stays."""
    document.position = wanted.position
    if document.state == State.DRAFT:
        document.title, document.unit = wanted.title[:200], wanted.unit
    return document


def _write(documents: Iterable[Document]) -> None:
    Document.objects.bulk_update(documents, ["position", "title", "unit", "file", "pages"], batch_size=500)


def forget_files(documents: Iterable[Document]) -> None:
    """Take the files off documents that will be made anew, and let the bytes go after a while; not yet written."""
    documents = list(documents)
    old = [document.file_id for document in documents if document.file_id]
    StoredFile.objects.filter(pk__in=old).update(delete_after=timezone.localdate() + KEEP_DRAFTS)
    for document in documents:
        document.file = document.pages = None
