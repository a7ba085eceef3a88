"""The learning archive (一人一册) of one cadre or of many: a fixed number of queries, whatever each has learned."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from reports.gathering.archive import afterwards, classes, learning
from reports.gathering.archive.people import born_in, owners_of, person_of, postings_of
from reports.gathering.archive.sight import Sight, sight_of
from reports.papers.archive_classes import Archive, ClassLine
from trainees.models import Cadre

__all__ = ["Sight", "archive_of", "archives_of", "born_in", "sight_of"]


def archive_of(cadre: Cadre, sight: Sight, on: date, *, ledger: bool = True) -> Archive:
    """One cadre's archive; without the ledger for a page, which shows it by pages of its own."""
    return archives_of([cadre], sight, on, ledger=ledger)[cadre.pk]


def archives_of(cadres: Sequence[Cadre], sight: Sight, on: date, *, ledger: bool = True) -> dict[UUID, Archive]:
    """Archives of people fetched with `unit` and `managing_authority`, all through the same eyes."""
    owners = owners_of(cadres)
    postings = postings_of(owners, sight)
    own_classes = _with_means(classes.classes_of(owners, sight), sight)
    duties = learning.duties_of(owners, sight, on.year)
    years = learning.years_of(owners, sight)
    honours = afterwards.honours_of(owners, sight)
    ledgers = learning.ledgers_of(owners, sight) if ledger and sight.hours else {}
    exempted = learning.exempted_of(owners, sight) if sight.hours else {}
    recognised = learning.recognised_of(owners, sight) if sight.hours else {}
    online = learning.online_of(owners, sight) if sight.hours else {}
    told = afterwards.told_of(owners, sight) if sight.hours else {}
    visits = afterwards.visits_of(owners, sight) if sight.hours else {}
    works = afterwards.works_of(owners, sight) if sight.whole else {}
    return {
        cadre.pk: Archive(
            on=on,
            person=person_of(cadre, postings.get(cadre.pk, []), sight, on),
            postings=tuple(postings.get(cadre.pk, [])),
            duties=tuple(duties.get(cadre.pk, [])),
            years=tuple(years.get(cadre.pk, [])),
            classes=tuple(own_classes.get(cadre.pk, [])),
            ledger=tuple(ledgers.get(cadre.pk, [])),
            exempted=tuple(exempted.get(cadre.pk, [])),
            recognised=tuple(recognised.get(cadre.pk, [])),
            online=tuple(online.get(cadre.pk, [])),
            honours=tuple(honours.get(cadre.pk, [])),
            works=tuple(works.get(cadre.pk, [])),
            told=tuple(told.get(cadre.pk, [])),
            visits=tuple(visits.get(cadre.pk, [])),
        )
        for cadre in cadres
    }


def _with_means(found: dict[UUID, list[ClassLine]], sight: Sight) -> dict[UUID, list[ClassLine]]:
    """The radar of each one's latest class is drawn against its mean."""
    if not sight.whole:
        return found
    latest = {
        owner: next((line for line in lines if line.result and len(line.result.blocks) > 2), None)
        for owner, lines in found.items()
    }
    means = classes.means_of({line.training_class for line in latest.values() if line})
    return {
        owner: [
            classes.with_means(line, means.get(line.training_class, {})) if line is latest[owner] else line
            for line in lines
        ]
        for owner, lines in found.items()
    }
