"""What the open page behind a QR code says: genuine and current, replaced, void, or unknown. No personal data."""

from dataclasses import dataclass
from datetime import date

from reports.gathering.outset import office_name
from reports.models import Document

State = Document.State


@dataclass(frozen=True, slots=True)
class Genuineness:
    """`state` is issued, replaced or void; `replaced_by` is the number of the document to go by, if one stands."""

    state: str
    words: str
    kind: str
    number: str
    office: str
    issued_on: date
    class_name: str
    replaced_by: str


WORDS = {State.ISSUED: "现行有效", State.REPLACED: "已被替换", State.VOID: "作废"}


def verify(token: str) -> Genuineness | None:
    """None for what was never issued: an unknown token, a draft."""
    every = Document.objects.unscoped("the open page of genuineness shows kind, number, office and date only")
    rows = every.select_related("series", "office", "training_class")
    document = rows.filter(token=token).exclude(state=State.DRAFT).first()
    if document is None or document.issued_on is None:
        return None
    return Genuineness(
        state=document.state,
        words=WORDS[State(document.state)],
        kind=document.get_kind_display(),
        number=document.number_text,
        office=office_name(document, document.issued_on),
        issued_on=document.issued_on,
        class_name=document.training_class.name,
        replaced_by=_successor(document),
    )


def _successor(document: Document) -> str:
    """The number of the last document of the chain, empty while it is not issued."""
    every = Document.objects.unscoped("the chain of replacing documents, numbers only").select_related("series")
    last, following = document, every.filter(replaces=document).first()
    while following is not None:
        last, following = following, every.filter(replaces=following).first()
    return last.number_text if last.pk != document.pk and last.state == State.ISSUED else ""
