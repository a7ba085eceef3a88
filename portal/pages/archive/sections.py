"""The sections of a cadre's page, in their order: each a function that answers its context, or None for nothing to show."""

from collections.abc import Callable

from portal.pages.archive import afterwards, classes, duties, elsewhere, ledger, person
from portal.pages.archive.look import Look, Shown

SECTIONS: tuple[Callable[[Look], Shown | None], ...] = (
    duties.duties,
    person.person,
    classes.classes,
    ledger.ledger,
    elsewhere.recognised,
    elsewhere.online,
    afterwards.works,
    afterwards.honours,
    afterwards.told,
    afterwards.visits,
    elsewhere.exempted,
    person.postings,
)


def sections(look: Look) -> list[Shown]:
    return [shown for make in SECTIONS if (shown := make(look)) is not None]
