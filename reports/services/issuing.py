"""Issue, replace, void: documents get their numbers in one transaction; the batch then only makes their files."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from assessments.models import ClassAssessment
from assessments.services.scoring import amend_results, confirm_results
from core.audit import entry, record_many
from core.models import AuditEntry, Batch
from core.operations import Refused, intention
from organization.models import Account
from organization.preferences import preference
from reports.models import Document, NumberSeries
from reports.services.drafts import documents_of, forget_files, hold_class, refresh_drafts, submit_documents
from reports.services.numbers import hold_series, put_forward, take_from_all
from reports.services.wanted import key_of, sheet_title, wanted_of
from training.models import Enrolment, TrainingClass

State, Kind = Document.State, Document.Kind
WORDS = {Kind.LETTER: "letter_word", Kind.SHEET: "sheet_word", Kind.BULLETIN: "bulletin_word"}
LEFT = "更正成绩后，本文书所涉学员已不在本班名册"


@intention
def confirm_and_issue(training_class: TrainingClass, *, actor: Account, on: date, seen: int | None = None) -> Batch:
    """Confirm the results, if that has not been done, and issue every document that the class owes and has not issued.

    `seen`: the revision of the class that the actor looked at. Raises Conflict when somebody has changed it since:
    nobody confirms scores that they have not seen.
    """
    hold_class(training_class, seen)
    if not _confirmed(training_class):
        confirm_results(training_class, actor=actor)
    drafts = refresh_drafts(training_class)
    if not drafts:
        raise Refused("本班文书已全部印发，没有待印发的文书；成绩有更正的，请用“更正并重新印发”")
    _issue(drafts, on=on, actor=actor)
    return submit_documents(f"{training_class.name}：印发文书", drafts, training_class, actor)


@intention
def amend_and_replace(
    training_class: TrainingClass,
    *,
    actor: Account,
    reason: str,
    on: date,
    touched: Collection[UUID] = (),
    seen: int | None = None,
) -> Batch:
    """Amend the results, and replace every document of a trainee whose result, unit or name changed, and the bulletin.

    `touched`: enrolments with another change that documents show (a post), or whose results were amended one by one
    before (a decision about 待定). `seen`: as in `confirm_and_issue`. Means of the class in letters of untouched units stay those of their day.
    """
    hold_class(training_class, seen)
    issued = list(documents_of(training_class).filter(state=State.ISSUED).select_related("enrolment"))
    if any(document.file_id is None for document in issued):
        raise Refused("上一批文书还在生成，请等全部完成后再更正")
    moved = _moved(issued)
    changed = {*amend_results(training_class, actor=actor, reason=reason), *touched, *moved}
    if not changed:
        raise Refused("重新计算后成绩没有变化，没有需要更正的文书")
    owed = {wanted.key for wanted in wanted_of(training_class)}
    make_void([document for document in issued if key_of(document) not in owed], LEFT, actor=actor)
    units = {*moved.values(), *Enrolment.objects.filter(pk__in=changed).values_list("unit_id", flat=True)}
    kept = (document for document in issued if key_of(document) in owed)
    old = [document for document in kept if _touches(document, changed, units)]
    _move(old, State.REPLACED)
    drafts = refresh_drafts(training_class, replacing=old)
    _issue(drafts, on=on, actor=actor, reason=reason)
    return submit_documents(f"{training_class.name}：更正后重新印发", drafts, training_class, actor)


@intention
def issue_with_number(document: Document, number: int, *, actor: Account, on: date, word: str = "") -> Batch:
    """Issue one draft under a number given by hand; `word` is another 代字 than the office's own.

    Numbers that it passes over count as given on paper before; the audit log names them.
    """
    hold_class(document.training_class)
    draft = documents_of(document.training_class).select_for_update(of=("self",)).get(pk=document.pk)
    if draft.state != State.DRAFT:
        raise Refused("只有草稿可以编号印发，本文书已经印发")
    if not _confirmed(draft.training_class):
        raise Refused("成绩尚未确认，不能印发文书")
    series = hold_series(draft.office, word or preference(draft.office, WORDS[Kind(draft.kind)], on), on.year)
    if number < 1 or Document.objects.filter(series=series, number=number).exists():
        raise Refused(f"{series}{number}号不能使用：编号须为正整数且未被占用")
    passed = put_forward(series, number)
    forget_files([draft])
    _number([draft], [(series, number)], on)
    by_hand = {"by_hand": True, "passed_over": [passed[0], passed[-1]] if passed else []}
    record_many([_issue_entry(draft, actor, "", by_hand)])
    return submit_documents(f"{draft.title}：印发", [draft], draft.training_class, actor)


@intention
def void_document(document: Document, *, actor: Account, reason: str) -> None:
    """作废: the number stays taken, with its reason."""
    issued = documents_of(document.training_class).select_for_update(of=("self",)).get(pk=document.pk)
    if issued.state != State.ISSUED:
        raise Refused("只有现行有效的文书可以作废")
    if not reason.strip():
        raise Refused("作废须说明原因")
    make_void([issued], reason.strip(), actor=actor)


def _confirmed(training_class: TrainingClass) -> bool:
    assessments = ClassAssessment.objects.filter(pk=training_class.pk)
    return assessments.filter(confirmed_at__isnull=False).exists()


def _moved(issued: Iterable[Document]) -> dict[UUID, UUID | None]:
    """Trainees whose sheet bears another unit or name than the roster has now, with the unit on the sheet."""
    return {
        person.pk: sheet.unit_id
        for sheet in issued
        if (person := sheet.enrolment) and (sheet.unit_id, sheet.title) != (person.unit_id, sheet_title(person))
    }


def _touches(document: Document, changed: Collection[UUID], units: Collection[UUID | None]) -> bool:
    if document.kind == Kind.LETTER:
        return document.unit_id in units
    return document.kind == Kind.BULLETIN or document.enrolment_id in changed


def _issue(drafts: Sequence[Document], *, on: date, actor: Account, reason: str = "") -> None:
    """Numbers in the order of the documents, from as many series as there are different 代字."""
    if not drafts:
        return
    office = drafts[0].office
    words = {kind: preference(office, setting, on) for kind, setting in WORDS.items()}
    taken = take_from_all(office, Counter(words[Kind(draft.kind)] for draft in drafts), on.year)
    left = {word: iter(block) for word, (_, block) in taken.items()}
    numbers = [(taken[word][0], next(left[word])) for word in (words[Kind(draft.kind)] for draft in drafts)]
    _number(drafts, numbers, on)
    record_many(_issue_entry(draft, actor, reason) for draft in drafts)


def _number(drafts: Sequence[Document], numbers: Iterable[tuple[NumberSeries, int]], on: date) -> None:
    for draft, (series, number) in zip(drafts, numbers, strict=True):
        draft.state, draft.issued_on, draft.series, draft.number = State.ISSUED, on, series, number
        draft.version += 1
    fields = ["state", "issued_on", "series", "number", "version", "file", "pages"]
    Document.objects.bulk_update(drafts, fields, batch_size=500)


def _issue_entry(draft: Document, actor: Account, reason: str, more: dict[str, object] | None = None) -> AuditEntry:
    after = {"number": draft.number_text, "replaces": draft.replaces.number_text if draft.replaces else ""}
    return entry(
        "document.issue", actor=actor.pk, obj=draft, unit_id=draft.office_id, reason=reason, after=after | (more or {})
    )


def _move(documents: Sequence[Document], state: Document.State, reason: str = "") -> None:
    for document in documents:
        document.state, document.void_reason = state, reason[:500]
        document.version += 1
    Document.objects.bulk_update(documents, ["state", "void_reason", "version"], batch_size=500)


def make_void(documents: Sequence[Document], reason: str, *, actor: Account | None) -> None:
    """Void issued documents that the caller holds; nobody is the actor where a worker gave up."""
    _move(documents, State.VOID, reason)
    key = actor.pk if actor else None
    record_many(
        entry(
            "document.void", actor=key, obj=document, unit_id=document.office_id, reason=reason,
            after={"number": document.number_text},
        )
        for document in documents
    )  # fmt: skip
