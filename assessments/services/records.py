"""Writing the process record and satisfaction from a workbook."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from assessments.models import Item, SatisfactionCount, ScoreEntry, Suggestion
from assessments.sheets.rows import ASPECTS, RATINGS, EntryRow, Satisfaction
from core.sheets.text import key
from training.models import Enrolment, TrainingClass
from training.services import Changes

Match = tuple[date, UUID, int, Decimal | None, str, str]


def write_entries(
    training_class: TrainingClass,
    rows: Sequence[EntryRow],
    enrolments: Mapping[str, Enrolment],
    items: Mapping[str, Item],
    *,
    actor: UUID | None,
) -> Changes:
    """Meet the entries that came from a workbook as a multiset: add what is new, reverse what is no longer there.

    Compared by person, date, item, points, reason, recorder (CLASS_WORKBOOK.md §2). Entries from pages are untouched; a
    row of the sheet that says the same as one of them is that one, so that an exported class comes back unchanged.
    """
    changes = Changes("entry", "量化记录")
    standing: dict[Match, list[ScoreEntry]] = defaultdict(list)
    ours = ScoreEntry.objects.filter(training_class=training_class, source=ScoreEntry.Source.WORKBOOK).standing()
    for entry in ours.order_by("id"):
        standing[_match_of(entry)].append(entry)
    wanted = Counter(_match(row, enrolments, items) for row in rows)
    spare = Counter({match: len(entries) for match, entries in standing.items()}) + _from_pages(training_class)
    added = []
    for row in rows:
        match = _match(row, enrolments, items)
        if spare[match] > 0:
            spare[match] -= 1
        else:
            added.append(_entry(training_class, row, match, actor))
    gone = [entry for match, entries in standing.items() for entry in entries[wanted[match] :]]
    reversals = [_reversal(entry, actor) for entry in gone]
    ScoreEntry.objects.bulk_create([*added, *reversals], batch_size=2000)
    for entry in added:
        changes.note("added", entry, after={"item": entry.item_id, "points": str(entry.points)})
    for entry in gone:
        changes.note("removed", entry, {"item": entry.item_id, "points": str(entry.points)})
    return changes


def _from_pages(training_class: TrainingClass) -> Counter[Match]:
    """How often each entry stands that was made on a page."""
    rows = ScoreEntry.objects.filter(training_class=training_class, source=ScoreEntry.Source.PAGE).standing()
    return Counter(_match_of(entry) for entry in rows)


def _match(row: EntryRow, enrolments: Mapping[str, Enrolment], items: Mapping[str, Item]) -> Match:
    points = None if row.points is None else row.points.quantize(Decimal("0.01"))
    return row.date, enrolments[row.person].pk, items[row.item].pk, points, key(row.reason), key(row.recorder)


def _match_of(entry: ScoreEntry) -> Match:
    return entry.on, entry.enrolment_id, entry.item_id, entry.points, key(entry.reason), key(entry.recorder)


def _entry(training_class: TrainingClass, row: EntryRow, match: Match, actor: UUID | None) -> ScoreEntry:
    return ScoreEntry(
        training_class=training_class,
        enrolment_id=match[1],
        item_id=match[2],
        on=row.date,
        points=match[3],
        rating=row.rating,
        reason=row.reason,
        recorder=row.recorder,
        source=ScoreEntry.Source.WORKBOOK,
        actor_id=actor,
    )


def _reversal(entry: ScoreEntry, actor: UUID | None) -> ScoreEntry:
    return ScoreEntry(
        training_class_id=entry.training_class_id,
        enrolment_id=entry.enrolment_id,
        item_id=entry.item_id,
        on=entry.on,
        points=entry.points,
        rating=entry.rating,
        reason="工作簿更正：原记录已不在表中",
        source=ScoreEntry.Source.WORKBOOK,
        reverses=entry,
        actor_id=actor,
    )


def write_satisfaction(training_class: TrainingClass, satisfaction: Satisfaction | None) -> Changes:
    """Replace the counts and the suggestions when they differ; nothing ties them to anybody."""
    changes = Changes("satisfaction", "满意度")
    counts = {} if satisfaction is None else _counts(satisfaction)
    texts = [] if satisfaction is None else sorted(satisfaction.suggestions)
    there = {
        (row.aspect, row.rating): row.count for row in SatisfactionCount.objects.filter(training_class=training_class)
    }
    heard = sorted(Suggestion.objects.filter(training_class=training_class).values_list("text", flat=True))
    if there == counts and heard == texts:
        return changes
    SatisfactionCount.objects.filter(training_class=training_class).delete()
    Suggestion.objects.filter(training_class=training_class).delete()
    SatisfactionCount.objects.bulk_create(
        SatisfactionCount(training_class=training_class, aspect=aspect, rating=rating, count=count)
        for (aspect, rating), count in counts.items()
    )
    Suggestion.objects.bulk_create(Suggestion(training_class=training_class, text=text) for text in texts)
    before, after = (_told(found, said) for found, said in ((there, heard), (counts, texts)))
    verb = "changed" if before and after else "added" if after else "removed"
    changes.note(verb, training_class, before, after)
    return changes


def _told(counts: Mapping[tuple[str, str], int], texts: Sequence[str]) -> dict[str, int] | None:
    """What the audit log keeps of a survey: how much was answered, nobody's words; None where there is none."""
    return {"answers": sum(counts.values()), "suggestions": len(texts)} if counts or texts else None


def _counts(satisfaction: Satisfaction) -> dict[tuple[str, str], int]:
    return {
        (aspect, rating): satisfaction.count(aspect, rating)
        for aspect in ASPECTS
        for rating in RATINGS
        if satisfaction.count(aspect, rating)
    }
