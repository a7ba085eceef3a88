"""From class to ledger: hours of closed classes are posted, corrected and taken back; the same call twice writes once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from core.operations import intention
from organization.models import Account
from trainees.services.ledger import Learning, Posting, post, withdraw
from training.models import Enrolment, TrainingClass
from training.services.learned import SOURCE, learned_in


@intention
def post_classes(class_ids: Collection[UUID], *, actor: Account | None, reason: str = "") -> Posting:
    """Make the ledger say what these closed classes gave; who learned nothing in them (any more) has nothing there."""
    return _post(learned_in(class_ids), _enrolments(class_ids), actor=actor, reason=reason)


@intention
def post_seats(seats: Collection[Enrolment], *, actor: Account, reason: str) -> Posting:
    """The same of these seats in closed classes alone."""
    keys = {seat.pk for seat in seats}
    learned = learned_in({seat.training_class_id for seat in seats})
    return _post([each for each in learned if each.source_id in keys], keys, actor=actor, reason=reason)


def _post(learned: Sequence[Learning], seats: set[UUID], *, actor: Account | None, reason: str) -> Posting:
    done = post(learned, actor=actor, reason=reason)
    nothing = seats - {each.source_id for each in learned}
    taken = withdraw(SOURCE, nothing, actor=actor, reason=reason) if nothing else Posting()
    return Posting(done.awarded, done.reversed + taken.reversed, done.unchanged)


@intention
def withdraw_classes(class_ids: Collection[UUID], *, actor: Account, reason: str) -> Posting:
    """Take back everything that these classes gave."""
    return withdraw(SOURCE, _enrolments(class_ids), actor=actor, reason=reason)


@intention
def post_year(year: int, *, actor: Account | None, reason: str) -> tuple[int, Posting]:
    """All closed classes that touch a year, at once: how many, and what the ledger did.

    For classes closed before there was a ledger. The classes are held, so that none is opened meanwhile.
    """
    closed = TrainingClass.objects.filter(state=TrainingClass.State.CLOSED, start__year__lte=year, end__year__gte=year)
    keys = list(closed.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    return len(keys), post_classes(keys, actor=actor, reason=reason)


def _enrolments(class_ids: Collection[UUID]) -> set[UUID]:
    return set(Enrolment.objects.filter(training_class__in=class_ids).values_list("pk", flat=True))
