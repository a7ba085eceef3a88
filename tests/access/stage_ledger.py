"""Rows of the ledger that the matrix of access asks for."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from core.keys import new_key
from tests.cast import City
from trainees.models import CreditBalance, CreditEntry, FrozenYear, LedgerAct, LedgerYear, Recomputation, RuleSet
from trainees.services.ledger import Learning, post
from trainees.services.rule_sets import adopt_shipped


def entry(city: City) -> CreditEntry:
    """The trainee's class of this spring, posted."""
    learned = Learning(
        city.cadres[0].pk,
        date(2026, 3, 13),
        "off_job",
        Decimal(36),
        Decimal(5),
        f"{city.word}春季班",
        "class",
        new_key(),
    )
    post([learned], actor=city.staff)
    return CreditEntry.objects.get(source_id=learned.source_id)


def balance(city: City) -> CreditBalance:
    return CreditBalance.objects.get(cadre=entry(city).cadre, year=2026, adjustment=False)


def rules(city: City) -> RuleSet:
    adopt_shipped(city.root)
    return RuleSet.objects.get(unit=city.root, version=1)


def year(city: City) -> LedgerYear:
    return LedgerYear.objects.get_or_create(authority=city.root, year=2026)[0]


def recomputation(city: City) -> Recomputation:
    return Recomputation.objects.create(authority=city.root, rule_set=rules(city), year=2026, report={"changed": 0})


def act(city: City) -> LedgerAct:
    """Of 2025, closed by a worker; it waits."""
    return LedgerAct.objects.create(kind="close", unit=city.root, year=2025, asked_by_id=city.staff.pk)


def frozen(city: City) -> FrozenYear:
    """A year in which nothing is posted here, so that it stands in nobody's way."""
    who = {"cadre": city.cadres[0], "year": 2024, "released_at": None}
    return FrozenYear.objects.get_or_create(**who, defaults={"words": "余额不符", "run": new_key()})[0]


ADMIN_OBJECTS: dict[str, Callable[[City], Any]] = {
    "trainees.CreditEntry": lambda city: entry(city).pk,
    "trainees.CreditBalance": lambda city: balance(city).pk,
    "trainees.RuleSet": lambda city: rules(city).pk,
    "trainees.FrozenYear": lambda city: frozen(city).pk,
    "trainees.LedgerYear": lambda city: year(city).pk,
    "trainees.LedgerAct": lambda city: act(city).pk,
    "trainees.Recomputation": lambda city: recomputation(city).pk,
}
