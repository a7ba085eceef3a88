"""The demo city's ledger of years: three past ones and this one; of the past all but one county's are closed."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from uuid import uuid5

from organization.models import Account, Unit
from portal.demo.dice import Dice, dice
from reports.models import ArchivePaper
from reports.services.year_end import close_with_statements, write_statements
from trainees.models import Cadre, CreditEntry
from trainees.services.duties import assign_duties
from trainees.services.ledger import Learning, post
from trainees.services.rule_sets import adopt_rule_set, shipped_rules
from trainees.services.years import close_year
from training.services.years import class_checks

PAST = 3
REASON = "启用平台，补录以前年度台账"
Channel, OPENING = CreditEntry.Channel, CreditEntry.Source.OPENING
NONE, STEP = Decimal(0), Decimal("0.5")
TITLES = {
    Channel.OFF_JOB: "脱产培训（原台账）", Channel.ONLINE: "网络学习（原台账）", Channel.STUDY_GROUP: "理论学习中心组学习",
    Channel.TEACHING: "到党校授课", Channel.SELF_STUDY: "在职自学", Channel.IN_HOUSE: "单位内训",
}  # fmt: skip


def keep_ledger(units: Mapping[str, Unit], accounts: Mapping[str, Account], today: date) -> None:
    """What was learned before the portal, year by year; then the past is closed, and something comes late."""
    department = accounts["zuzhibu"]
    decide_rules(units["YL"], department, today)
    cadres = list(Cadre.objects.filter(canonical=None).order_by("pk"))
    years = range(today.year - PAST, today.year + 1)
    post(
        [one for who in cadres for year in years for one in learned(who, year, today)], actor=department, reason=REASON
    )
    for year in years:
        assign_duties(None, year, actor=department)
    last = close_past(units["YL"], department, today)
    close_past(units["QX"], accounts["qingxi"], today)
    post(list(late(cadres, last)), actor=department, reason="结账后收到培训证明，补记入账")


def decide_rules(unit: Unit, department: Account, today: date) -> None:
    """The city's own version, from this year on: in-house training counts so much a year and no more."""
    rules = shipped_rules() | {"caps": [{"channel": Channel.IN_HOUSE.value, "credits": "36"}]}
    note = f"云组通〔{today.year}〕3号：单位内训每年计入不超过 36 学分"
    adopt_rule_set(unit, rules, date(today.year, 1, 1), note, actor=department)


def learned(who: Cadre, year: int, today: date) -> Iterator[Learning]:
    """A year of somebody: most do what is asked, some come near, some stay short; this year is under way."""
    chance = dice("ledger", who.name, who.pinyin, year)
    share = min(1.0, today.timetuple().tm_yday / 365) if year == today.year else 1.0
    for channel, hours, sessions in _year(who, chance):
        amount = _half(hours * share)
        if amount or sessions:
            yield _one(who, year, channel, amount, round(sessions * share), _day(chance, year, today))


def _year(who: Cadre, chance: Dice) -> Iterator[tuple[str, float, int]]:
    """(channel, hours, sessions)"""
    high = who.band == Cadre.Band.COUNTY_UP
    off_job = chance.choices(((95, 135), (80, 89), (30, 70)), (60, 18, 22))[0]
    online = chance.choices(((50, 66), (42, 49), (12, 40)), (68, 14, 18))[0]
    yield Channel.OFF_JOB, chance.uniform(*off_job), 0
    yield Channel.ONLINE, chance.uniform(*online), 0
    if high:
        yield Channel.STUDY_GROUP, 0, chance.randint(5, 12)
    if high and chance.random() < 0.3:
        yield Channel.TEACHING, chance.choice((2, 4, 6)), 0
    if chance.random() < 0.35:
        yield Channel.IN_HOUSE, chance.uniform(6, 18), 0


def _half(hours: float) -> Decimal:
    """Down to half an hour."""
    return int(hours * 2) * STEP


def _day(chance: Dice, year: int, today: date) -> date:
    last = min(date(year, 12, 20), today)
    return last - timedelta(days=chance.randrange(max(1, last.timetuple().tm_yday)))


def _one(who: Cadre, year: int, channel: str, hours: Decimal, sessions: int, on: date) -> Learning:
    days = int(hours / Decimal("7.5") * 2) * STEP if channel == Channel.OFF_JOB else NONE
    title = f"{year}年{TITLES[Channel(channel)]}"
    key = uuid5(who.pk, f"{year} {channel}")
    return Learning(who.pk, on, channel, hours, days, title, OPENING, key, sessions=sessions)


def close_past(unit: Unit, actor: Account, today: date) -> int:
    """In order, as far as nothing stands in the way; the last one, returned, tells everybody what it came to."""
    years = list(takewhile(lambda year: _is_ready(unit, year), range(today.year - PAST, today.year)))
    for year in years[:-1]:
        close_year(unit, year, actor=actor, on=today, more=class_checks(unit, year), accepted=True)
    for year in years[-1:]:
        close_with_statements(unit, year, actor=actor, on=today, accepted=True)
        write_statements(ArchivePaper.objects.get(unit=unit, year=year).pk)
    return max(years, default=today.year - 1)


def _is_ready(unit: Unit, year: int) -> bool:
    """Whether its classes are closed; early in a year those of the last are not."""
    return not any(check.blocks and check.open for check in class_checks(unit, year))


def late(cadres: list[Cadre], year: int) -> Iterator[Learning]:
    """What reached the department after the year was closed."""
    for who in cadres[:40:10]:
        key = uuid5(who.pk, f"{year} late")
        on = date(year, 11, 18)
        yield Learning(who.pk, on, Channel.OFF_JOB, Decimal(16), Decimal(2), "省委党校专题培训班", OPENING, key)
