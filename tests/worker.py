"""The worker, as far as a test needs one: what waits is carried out, here and now."""

from core.jobs import drain
from core.models import Batch, BatchItem


def work_off(*kinds: str) -> None:
    """The batches of these kinds that wait, in the order in which they were asked for."""
    waiting = BatchItem.objects.filter(state=BatchItem.State.WAITING, kind__in=kinds).values("batch")
    for batch in Batch.objects.filter(pk__in=waiting).order_by("created", "pk"):
        drain(batch.pk)
