"""Entries written straight into the ledger, for what only reads it."""

from datetime import date
from decimal import Decimal

from core.keys import new_key
from trainees.models import Cadre, CreditEntry, LedgerYear, RuleSet


def rule_set(unit) -> RuleSet:
    """Some version of the rules of conversion: what reads the ledger does not ask which."""
    found = RuleSet.objects.filter(unit=unit).order_by("version").first()
    return found or RuleSet.objects.create(unit=unit, name="测试换算规则", version=1, since=date(2000, 1, 1), rules={})


def entry(who: Cadre, on: date, hours: str = "0", days: str = "0", **facts) -> CreditEntry:
    """An award in the year of its day, off the job unless told otherwise; an hour is a required credit."""
    authority = who.managing_authority
    LedgerYear.objects.get_or_create(authority=authority, year=on.year)
    given = {
        "channel": CreditEntry.Channel.OFF_JOB,
        "kind": CreditEntry.Kind.REQUIRED,
        "credits": Decimal(hours),
        "year": on.year,
        "title": "测试学习",
        "source_kind": CreditEntry.Source.OPENING,
        "source_id": new_key(),
    } | facts
    return CreditEntry.objects.create(
        cadre=who, on=on, hours=Decimal(hours), days=Decimal(days), unit=who.unit, authority=authority,
        rule_set=rule_set(authority), **given,
    )  # fmt: skip
