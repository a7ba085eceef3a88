"""What the ledger's tests share: a learning, a balance, a rule set. Nothing here computes what a test expects."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.keys import new_key
from organization.models import Unit
from trainees.models import Cadre, CreditBalance, RuleSet
from trainees.services.ledger import Learning
from trainees.services.rule_sets import shipped_rules


def learned(
    cadre: Cadre,
    on: date = date(2026, 3, 13),
    hours: str = "12",
    days: str = "2",
    channel: str = "off_job",
    **facts: Any,
) -> Learning:
    known: dict[str, Any] = {"title": "春季班", "source_kind": "class", "source_id": new_key()} | facts
    return Learning(cadre.pk, on, channel, Decimal(hours), Decimal(days), **known)


def balance(cadre: Cadre, year: int = 2026, *, adjustment: bool = False) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Days and hours off the job, required and elective credits."""
    row = CreditBalance.objects.get(cadre=cadre, year=year, adjustment=adjustment)
    return row.off_job_days, row.off_job_hours, row.required, row.elective


def rules(unit: Unit, since: date = date(2020, 1, 1), version: int = 1, **changes: Any) -> RuleSet:
    return RuleSet.objects.create(unit=unit, name="规则", version=version, since=since, rules=shipped_rules() | changes)


def changed(**channels: dict[str, Any]) -> dict[str, Any]:
    """The shipped rules with other facts of some channels."""
    rules = shipped_rules()
    for channel, facts in channels.items():
        rules["channels"][channel] |= facts
    return rules


def in_house_cap(credits: str) -> dict[str, Any]:
    return {"caps": [{"channel": "in_house", "credits": credits}]}
