"""What agreeing to a correction would do to the ledger: hours and credits of the class, before and after."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from core.scope import unscoped
from trainees.models import CreditEntry
from trainees.rules.credits import Counted
from trainees.services.settling import Order, Plan, plan_of
from training.models import CorrectionRequest
from training.services.corrections import seats_of
from training.services.learned import SOURCE, Supposed, learned_in

WHY = "what the ledger makes of a correction whose request was fetched in scope"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amount:
    """What the class gives the trainee in a year."""

    days: Decimal = ZERO
    hours: Decimal = ZERO
    credits: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Difference:
    """One year of the ledger: what stands there and what would. `others`: entries of other learning change with it."""

    year: int
    before: Amount
    after: Amount
    others: int = 0

    @property
    def changes(self) -> bool:
        return self.before != self.after or self.others > 0


def differences(request: CorrectionRequest) -> list[Difference]:
    """Year by year, the earliest first; nothing is written, nothing held. Empty where the ledger has nothing of it."""
    if request.session_id is None:
        return []
    with unscoped(WHY):
        seats = {seat.pk for seat in seats_of(request)}
        plan = _plan(request, request.session_id, seats)
        before = {(one.source_id, one.year): _amount(one) for one in _standing(seats)}
    own, others = _split(plan, seats)
    gone = {(award.learning.source_id, award.year) for award in plan.gone}
    after = {key: amount for key, amount in before.items() if key not in gone} | own
    then, now = _by_year(before), _by_year(after)
    return [Difference(year, then[year], now[year], others[year]) for year in sorted(then.keys() | now.keys())]


def _plan(request: CorrectionRequest, session: UUID, seats: set[UUID]) -> Plan:
    """What posting the trainee's hours would write if the mark stood already."""
    supposed = Supposed(request.enrolment_id, session, request.after)
    learned = learned_in([request.training_class_id], supposing=supposed)
    own = [one for one in learned if one.source_id in seats]
    return plan_of(Order(own, frozenset((SOURCE, seat) for seat in seats)), hold=False)


def _standing(seats: set[UUID]) -> QuerySet[CreditEntry]:
    return CreditEntry.objects.live().filter(source_kind=SOURCE, source_id__in=seats)


def _split(plan: Plan, seats: set[UUID]) -> tuple[dict[tuple[UUID, int], Amount], Counter[int]]:
    """What would come of the class, and by year how many entries of other learning a yearly cap changes with it."""
    own, others = {}, Counter[int]()
    for wish, one in plan.come:
        source, year = wish.learning.source_id, wish.learning.on.year
        if source in seats:
            own[source, year] = _amount(one)
        else:
            others[year] += 1
    return own, others


def _amount(one: CreditEntry | Counted) -> Amount:
    return Amount(one.days, one.hours, one.credits)


def _by_year(amounts: dict[tuple[UUID, int], Amount]) -> defaultdict[int, Amount]:
    found: defaultdict[int, Amount] = defaultdict(Amount)
    for (_, year), one in amounts.items():
        there = found[year]
        found[year] = Amount(there.days + one.days, there.hours + one.hours, there.credits + one.credits)
    return found
