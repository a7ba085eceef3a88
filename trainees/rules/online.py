"""How far somebody in a virtual on-line class should be by a day: the target, in proportion to the days gone."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


def expected_by(since: date, until: date, target: Decimal, today: date) -> Decimal:
    """Hours, to one decimal: nothing before the first day, all of the target from the last day on."""
    if today < since:
        return Decimal(0)
    gone = min((today - since).days + 1, (until - since).days + 1)
    return (target * gone / ((until - since).days + 1)).quantize(TENTH, ROUND_HALF_UP)
