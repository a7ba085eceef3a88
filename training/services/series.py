"""Which runs are of one kind: the series that a class belongs to."""

from core.audit import record
from core.operations import intention
from organization.models import Account
from training.models import ClassSeries, TrainingClass


@intention
def put_in_series(training_class: TrainingClass, name: str, *, actor: Account) -> ClassSeries:
    """Say that a class is a run of a series of its office; the series is begun with its first class."""
    series, _ = ClassSeries.objects.get_or_create(unit=training_class.unit, name=name)
    before = {"series": str(training_class.series_id) if training_class.series_id else None}
    TrainingClass.objects.filter(pk=training_class.pk).update(series=series)
    training_class.series = series
    record(
        "class.series", actor=actor.pk, obj=training_class, unit_id=training_class.unit_id, before=before,
        after={"series": str(series.pk)},
    )  # fmt: skip
    return series
