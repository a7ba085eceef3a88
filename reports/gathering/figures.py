"""Means of a class, counted by the database in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Avg, Count, DecimalField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from assessments.models import Result
from reports.gathering.outset import results_of
from training.models import TrainingClass

HUNDREDTH = Decimal("0.01")
POINTS = DecimalField(max_digits=9, decimal_places=2)


@dataclass(frozen=True, slots=True)
class ClassMeans:
    """Means are None where there is nothing to average; those of points leave 退学 out, those of exams take every paper.

    `items` are unrounded, so that a block's mean is rounded once.
    """

    total: Decimal | None
    entry: Decimal | None
    final: Decimal | None
    ranked: int
    items: Mapping[str, Decimal | None]

    def of_block(self, items: Sequence[str]) -> Decimal | None:
        """The mean of a sum of items; None as soon as one of them is not assessed."""
        means = [mean for item in items if (mean := self.items.get(item)) is not None]
        return cents(sum(means, Decimal(0))) if means and len(means) == len(items) else None


def class_means(training_class: TrainingClass, items: Sequence[str] = ()) -> ClassMeans:
    counted = ~Q(grade=Result.Grade.WITHDRAWN)
    averages = {f"item_{place}": Avg(_points(item), filter=counted) for place, item in enumerate(items)}
    found = results_of(training_class).order_by().aggregate(
        all_total=Avg("total", filter=counted), all_entry=Avg("entry_score"), all_final=Avg("final_score"),
        all_ranked=Count("rank"), **averages,
    )  # fmt: skip
    return ClassMeans(
        total=cents(found["all_total"]),
        entry=cents(found["all_entry"]),
        final=cents(found["all_final"]),
        ranked=found["all_ranked"],
        items={item: found[f"item_{place}"] for place, item in enumerate(items)},
    )


def _points(item: str) -> Cast:
    return Cast(KeyTextTransform(item, "points"), POINTS)


def cents(value: Decimal | None) -> Decimal | None:
    """To 0.01, half up."""
    return None if value is None else value.quantize(HUNDREDTH, ROUND_HALF_UP)
