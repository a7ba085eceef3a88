"""Two rows of one person who sat in one class: the ledger has once what was learned there (DOMAIN.md §3)."""

from django.db.models import Count

from core.operations import intention
from organization.models import Account
from trainees.models import Cadre
from trainees.services.merging import merge_cadre
from training.models import Enrolment, TrainingClass
from training.services.posting import post_seats

WHY = "seats of two rows of one person, whom the caller fetched in scope"


@intention
def merge_person(double: Cadre, into: Cadre, *, actor: Account, reason: str, seen: int | None = None) -> Cadre:
    """As `merge_cadre`; what both rows have of one closed class counts once, of two seats the one with more hours.

    The classes are held first, as whoever opens or corrects one holds it. Raises as `merge_cadre` does.
    """
    people = Cadre.objects.same_person(double) | Cadre.objects.same_person(into)
    seats = Enrolment.objects.unscoped(WHY).on_roster().filter(cadre__in=people.values("pk")).order_by()
    shared = seats.values("training_class").annotate(seats=Count("pk")).filter(seats__gt=1).values("training_class")
    closed = TrainingClass.objects.unscoped(WHY).filter(pk__in=shared, state=TrainingClass.State.CLOSED)
    held = list(closed.order_by("pk").select_for_update(no_key=True))
    stays = merge_cadre(double, into, actor=actor, reason=reason, seen=seen)
    if held:
        post_seats(list(seats.filter(training_class__in=held)), actor=actor, reason="合并重复建档")
    return stays
